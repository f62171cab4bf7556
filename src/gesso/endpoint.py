"""What an endpoint is: one typed definition from which validation, docs, CLI, routing and billing derive.

The catalog's modules define endpoints; the wiring registers them here; everything else only asks `find` and
`all_endpoints`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from gesso.errors import InputError, Loc, RequestError
from gesso.media import Media
from gesso.shapes import ImageSize, MediaRule, Output, size_of
from gesso.tasks import Lora, Task
from gesso.validation import MAX_TEXT, validate

Category = Literal[
    "text-to-image",
    "image-to-image",
    "text-to-video",
    "image-to-video",
    "video-to-video",
    "text-to-audio",
    "video-to-audio",
    "audio-to-video",
    "image-to-3d",
    "vision",
    "training",
]


class Input(BaseModel):
    """Base of endpoint inputs. Unknown fields are ignored, as fal does; `task` says what the input means."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    secrets: ClassVar[frozenset[str]] = frozenset()
    """Fields that are never stored, echoed, logged or shown."""

    def task(self) -> Task:
        """The engine-neutral work order."""
        raise NotImplementedError

    def media(self, name: str) -> Media:
        """The media that the required URL field `name` holds."""
        return Media(getattr(self, name), (name,), self._rule(name))

    def optional_media(self, name: str) -> Media | None:
        """The media of URL field `name`, or none where it is absent or empty."""
        return self.media(name) if getattr(self, name) else None

    def media_list(self, name: str) -> tuple[Media, ...]:
        """The media of a field that holds a list of URLs."""
        rule = self._rule(name)
        return tuple(Media(url, (name, index), rule) for index, url in enumerate(getattr(self, name) or ()))

    @classmethod
    def _rule(cls, name: str) -> MediaRule:
        return media_rule(cls, name)


def media_rule(model: type[BaseModel], name: str) -> MediaRule:
    """The `MediaRule` that a URL field's annotation carries, e.g. `image_url: ImageUrl`."""
    rule = find_rule(model, name)
    if rule is None:
        raise TypeError(f"{model.__name__}.{name} is annotated with no MediaRule")
    return rule


def find_rule(model: type[BaseModel], name: str) -> MediaRule | None:
    """The `MediaRule` of field `name`, through `| None` and `list[...]`; none where it is no media field."""
    info = model.model_fields[name]
    return next(_rules(info.metadata), None) or next(_rules_in(info.annotation), None)


def _rules(metadata: Iterable[Any]) -> Iterator[MediaRule]:
    return (item for item in metadata if isinstance(item, MediaRule))


def _rules_in(annotation: Any) -> Iterator[MediaRule]:
    yield from _rules(getattr(annotation, "__metadata__", ()))
    for part in getattr(annotation, "__args__", ()):
        yield from _rules_in(part)


LORA_RULE = MediaRule("weights", formats=("safetensors",))


def lora_at(path: str, loc: Loc, scale: float = 1.0, weight_name: str | None = None) -> Lora:
    """A LoRA as an input names it: `loc` is the place of its path in the input."""
    is_url = path.startswith(("http://", "https://", "data:"))
    return Lora(path, scale, weight_name, Media(path, loc, LORA_RULE) if is_url else None)


@dataclass(frozen=True, slots=True)
class Units:
    """How many billing units a request is: `base`, times the number in field `count`, times the matching factors,
    times the number in output field `measured`.

    `times={"resolution": {"1080p": 4}}` counts four where that field has that value; a value that ends in `*`
    matches as a prefix (`{"style": {"vector_illustration*": 2}}`). Facts of the pages, never prices.
    """

    unit: str = "request"
    base: float = 1.0
    count: str | None = None
    times: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    measured: str | None = None
    """Output field that counts what only the result knows, e.g. seconds of video."""

    def of(self, values: Input, result: Mapping[str, Any] | None = None) -> float:
        """The billing units of one successful request, whose output's values are `result`."""
        total = self.base
        if self.count is not None:
            total *= _number(getattr(values, self.count))
        for name, factors in self.times.items():
            total *= _factor(str(getattr(values, name)), factors)
        if self.measured is not None and result is not None:
            total *= _number(result.get(self.measured))
        return total


def _number(value: Any) -> float:
    return float(str(value).removesuffix("s")) if value is not None else 1.0


def _factor(value: str, factors: Mapping[str, float]) -> float:
    for pattern, factor in factors.items():
        if value == pattern or (pattern.endswith("*") and value.startswith(pattern[:-1])):
            return factor
    return 1.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Open weights that can serve an endpoint: facts for the `local` engine, the docs and `gesso where`."""

    repo: str
    pipeline: str
    licence: str
    memory_gb: float | None = None
    """GPU memory for bf16 weights, GB."""
    exact: bool = True
    """False for a named substitute: another model than the endpoint's."""
    gated: bool = False

    def as_substitute(self) -> Weights:
        """The same weights, named as a stand-in for another model's."""
        return replace(self, exact=False)


@dataclass(frozen=True, slots=True)
class Vendor:
    """The vendor's own API for an endpoint: facts for the `upstream` engine."""

    name: str
    model: str
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Our field to the vendor's, where the names differ."""
    shut: str | None = None
    """The day the vendor closed it (ISO date), where it did."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that the operator sets where a page states none."""

    max_images: int = 8
    max_pixels: int = 4096 * 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endpoint:
    """One callable id and everything that is known of it. Equal to itself alone, so what is made of it can be kept."""

    id: str
    title: str
    about: str
    """One to three sentences in our own words: what it does and what it is good for."""
    category: Category
    input: type[Input]
    output: type[Output]
    example: Mapping[str, Any]
    """A valid input, with our own words and with example.com media URLs."""
    units: Units = Units()
    streams: bool = False
    streams_one: bool = False
    """A stream makes one picture, whatever `num_images` says."""
    weights: tuple[Weights, ...] = ()
    """Exact weights first, substitutes after."""
    vendor: Vendor | None = None
    aliases: tuple[str, ...] = ()
    """Other ids that clients hard-code for it; served, not counted."""
    tags: tuple[str, ...] = ()

    @property
    def app(self) -> str:
        """`owner/alias`: the first two segments of the id, which all its request URLs share."""
        return "/".join(self.id.split("/")[:2])

    def parse(self, raw: Mapping[str, Any], limits: Limits) -> Input:
        """The typed input, or `InputError`."""
        values = validate(self.input, raw)
        _check_bounds(values, limits)
        _check_texts(values)
        return values


def _check_texts(values: Input) -> None:
    """A long text that begins like a data URI is one only in a field that takes media: a prompt may begin so too."""
    for name, value in values.__dict__.items():
        if isinstance(value, str) and len(value) > MAX_TEXT and find_rule(type(values), name) is None:
            msg = f"String should have at most {MAX_TEXT} characters"
            raise InputError(name, "sequence_too_long", msg, {"max_length": MAX_TEXT}, value)


def _check_bounds(values: Input, limits: Limits) -> None:
    count = getattr(values, "num_images", None)
    if count is not None and count > limits.max_images:
        msg = f"Input should be less than or equal to {limits.max_images}"
        raise InputError("num_images", "less_than_equal", msg, {"le": limits.max_images}, count)
    size = getattr(values, "image_size", None)
    if isinstance(size, ImageSize) and size_of(size).area > limits.max_pixels:
        side = int(limits.max_pixels**0.5)
        loc: Loc = ("image_size",)
        msg = f"The picture would have more than {limits.max_pixels} pixels"
        raise InputError(loc, "image_too_large", msg, {"max_height": side, "max_width": side}, size.model_dump())


# ---------------------------------------------------------------- registry

_endpoints: dict[str, Endpoint] = {}
_aliases: dict[str, Endpoint] = {}


def register(endpoints: Iterable[Endpoint]) -> None:
    """Make endpoints findable; registering the same definition twice is harmless, two for one id is an error."""
    for endpoint in endpoints:
        if _endpoints.setdefault(endpoint.id, endpoint) is not endpoint:
            raise ValueError(f"two definitions of {endpoint.id}")
        for alias in endpoint.aliases:
            _aliases[alias] = endpoint


def all_endpoints() -> list[Endpoint]:
    """Every registered endpoint, by id; aliases not counted."""
    return [_endpoints[id_] for id_ in sorted(_endpoints)]


def lookup(id_: str) -> Endpoint | None:
    """The endpoint of an id or alias, or none."""
    return _endpoints.get(id_) or _aliases.get(id_)


def find(id_: str) -> Endpoint:
    """The endpoint of an id or alias. Raises a 404 `RequestError` that names the nearest ids."""
    endpoint = lookup(id_)
    if endpoint is None:
        near = nearest(id_)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise RequestError(
            f'Application "{id_[:200]}" not found.{hint}',
            status=404,
            error_type="not_found",
            headers={"x-fal-billable-units": "0"},
            extra={"nearest": near},
        )
    return endpoint


def nearest(id_: str, count: int = 3) -> list[str]:
    """The registered ids most like `id_`, best first."""
    return difflib.get_close_matches(id_[:200], [*_endpoints, *_aliases], n=count, cutoff=0.5)
