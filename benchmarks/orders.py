"""Every endpoint's own example, asked for larger and longer: what the benchmarks of all endpoints order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from gesso.endpoint import Endpoint, Limits
from gesso.errors import InputError
from gesso.shapes import ImageSize

STEPS = 50
"""Of a training."""


def ordered(endpoint: Endpoint, *, lines: int, seconds: float, side: int | None = None) -> dict[str, Any]:
    """The example with what is smaller made larger, where the endpoint lets it.

    Videos of `lines` and `seconds`, or the nearest that is offered; stills of `side` where any size can be asked for.
    Where so long a video is refused at this resolution, half of it.
    """
    order = _larger(endpoint, lines, seconds, side)
    try:
        endpoint.parse(order, Limits())
    except InputError:
        return _larger(endpoint, lines, seconds / 2, side)
    return order


def _larger(endpoint: Endpoint, lines: int, seconds: float, side: int | None) -> dict[str, Any]:
    asked = {**_defaults(endpoint), **endpoint.example}
    for name, least in {"resolution": lines, "duration": seconds, "video_length": seconds}.items():
        offered = _offered(endpoint, name)
        if offered and isinstance(asked[name], str):
            asked[name] = max(_nearest(offered, least), asked[name], key=_number)
    fields = endpoint.input.model_fields
    if "image_size" in fields and side is not None and ImageSize in _inside(fields["image_size"].annotation):
        asked["image_size"] = {"width": side, "height": side}
    for name, value in _LENGTHS.items():
        if name in fields:
            asked[name] = _bounded(round(value(asked, seconds)), fields[name].metadata)
    return {
        name: value for name, value in asked.items() if name in endpoint.example or value != _defaults(endpoint)[name]
    }


def _number(option: str) -> float:
    found = re.search(r"\d+", option)
    return float(found[0]) if found else 0.0


def _nearest(options: tuple[str, ...], least: float) -> str:
    """The smallest that is enough, else the largest. Sizes as `960x512` are all alike: the first."""
    if "x" in options[0]:
        return options[0]
    enough = [one for one in options if _number(one) >= least]
    return min(enough, key=_number) if enough else max(options, key=_number)


_LENGTHS: Mapping[str, Callable[[Mapping[str, Any], float], float]] = {
    "num_frames": lambda asked, seconds: seconds * _rate(asked),
    "first_n_seconds": lambda asked, seconds: seconds,
    "number_of_steps": lambda asked, seconds: STEPS,
}


def _rate(asked: Mapping[str, Any]) -> float:
    return float(asked.get("frame_rate") or asked.get("frames_per_second") or 24)


def _defaults(endpoint: Endpoint) -> dict[str, Any]:
    fields = endpoint.input.model_fields
    return {name: field.default for name, field in fields.items()}


def _bounded(value: int, metadata: list[Any]) -> int:
    least = max((one.ge for one in metadata if hasattr(one, "ge")), default=1)
    most = min((one.le for one in metadata if hasattr(one, "le")), default=value)
    return min(max(value, least), most)


def _inside(annotation: Any) -> tuple[Any, ...]:
    return (annotation, *(deeper for one in get_args(annotation) for deeper in _inside(one)))


def _offered(endpoint: Endpoint, name: str) -> tuple[str, ...]:
    """The strings of a field's `Literal`, through `| None`; none where there is no such field."""
    fields = endpoint.input.model_fields
    return tuple(one for one in _inside(fields[name].annotation) if isinstance(one, str)) if name in fields else ()
