"""A small request to every endpoint, and every place in one that takes a file: read from the catalog, so that a new
endpoint or field is in the campaign without a line here."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from gesso import catalog
from gesso.endpoint import LORA_RULE, Endpoint, all_endpoints, find, find_rule
from gesso.shapes import MediaKind, MediaRule
from tests.media import files

Step = str | int

SIZE = {"image_size": {"width": 160, "height": 128}}

SMALL: Mapping[str, Mapping[str, Any]] = {
    "fal-ai/amt-interpolation": {"output_fps": 16, "recursive_interpolation_passes": 1},
    "fal-ai/fast-animatediff/turbo/video-to-video": {"first_n_seconds": 1},
    "fal-ai/f-lite/standard": SIZE,
    "fal-ai/ffmpeg-api/merge-audio-video": {"start_offset": 0.1},
    "fal-ai/flux-1/schnell": SIZE,
    "fal-ai/flux-kontext-lora/text-to-image": SIZE,
    "fal-ai/flux-krea-lora/stream": SIZE,
    "fal-ai/hidream-i1-fast": SIZE,
    "fal-ai/hidream-i1-full": SIZE,
    "fal-ai/imagen4/preview": {"resolution": "1K"},
    "fal-ai/imagen4/preview/fast": {"num_images": 1},
    "fal-ai/kandinsky5/text-to-video": {"resolution": "512x512"},
    "fal-ai/kling-video/v2.1/master/text-to-video": {"duration": "5"},
    "fal-ai/ltx-video-13b-distilled/multiconditioning": {"num_frames": 9, "images": []},
    "fal-ai/luma-dream-machine/ray-2": {"resolution": "540p", "aspect_ratio": "16:9"},
    "fal-ai/luma-dream-machine/ray-2-flash": {"duration": "5s"},
    "fal-ai/luma-dream-machine/ray-2/image-to-video": {"resolution": "540p"},
    "fal-ai/magi/extend-video": {"num_frames": 96},
    "fal-ai/meshy/v5/multi-image-to-3d": {"target_polycount": 500},
    "fal-ai/minimax-music": {"prompt": "##la la##"},
    "fal-ai/minimax-music/v1.5": {"prompt": "[verse]\nla la la la la"},
    "fal-ai/omnigen-v2": SIZE,
    "fal-ai/ovi": {"prompt": "A lighthouse at night <S>Fog.<E>"},
    "fal-ai/pixverse/extend/fast": {"resolution": "360p"},
    "fal-ai/pixverse/lipsync": {"text": "Hi."},
    "fal-ai/pixverse/v5/image-to-video": {"resolution": "360p"},
    "fal-ai/recraft/v2/text-to-image": SIZE,
    "fal-ai/recraft/v3/text-to-image": SIZE,
    "fal-ai/sora-2/text-to-video/pro": {"duration": "4"},
    "fal-ai/stable-diffusion-v35-large": SIZE,
    "fal-ai/video-upscaler": {"scale": 1.5},
    "fal-ai/wan-trainer/i2v-720p": {"number_of_steps": 2},
    "fal-ai/wan-trainer/t2v": {"number_of_steps": 2},
    "fal-ai/wan-trainer/t2v-14b": {"number_of_steps": 2},
    "fal-ai/wan-vace-14b": {"resolution": "480p"},
}
"""What makes an endpoint's own example quick."""

UNREAD: Mapping[str, str] = {
    "fal-ai/wan-vace-14b:last_frame_url": "nothing depends on it yet",
}
"""Places whose files nobody opens, with words of their fields' descriptions that say so."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field, or a part of one, that takes a file."""

    endpoint: str
    loc: tuple[Step, ...]
    rule: MediaRule
    required: bool

    @property
    def kind(self) -> MediaKind:
        return self.rule.kind

    @property
    def seconds(self) -> float:
        """How long a sound or clip it takes must be, with some to spare."""
        usual = 0.5 if self.kind == "video" else 0.8
        return max(usual, (self.rule.min_seconds or 0) * 1.05)

    @property
    def name(self) -> str:
        return f"{self.endpoint}:{'.'.join(map(str, self.loc))}"


@cache
def places() -> tuple[Place, ...]:
    """Every place of every endpoint."""
    catalog.load()
    contract = [endpoint for endpoint in all_endpoints() if not endpoint.id.startswith("test/")]
    found = [place for endpoint in contract for place in _places(endpoint.id, endpoint.input, ())]
    return tuple({place.name: place for place in found}.values())


def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint of the catalog; other tests register some of their own."""
    catalog.load()
    return tuple(endpoint for endpoint in all_endpoints() if not endpoint.id.startswith("test/"))


def _places(id_: str, model: type[BaseModel], above: tuple[Step, ...]) -> Iterator[Place]:
    for name, info in model.model_fields.items():
        shown, several = info.alias or name, "list[" in str(info.annotation)
        loc = (*above, shown, 0) if several else (*above, shown)
        rule = LORA_RULE if above and above[0] == "loras" and name == "path" else find_rule(model, name)
        if rule is not None:
            yield Place(id_, loc, rule, info.is_required() and not above)
        else:
            for inner in _models(info.annotation):
                yield from _places(id_, inner, loc)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def body(id_: str) -> dict[str, Any]:
    """The endpoint's example, small and with plain files in its required places."""
    example = {**copy.deepcopy(dict(find(id_).example)), **SMALL.get(id_, {})}
    own = {place.loc[0]: place for place in places() if place.endpoint == id_}
    asked = {name: value for name, value in example.items() if name not in own or own[name].kind == "weights"}
    if "seed" in find(id_).input.model_fields:
        asked["seed"] = 7
    for place in own.values():
        if place.required:
            asked = filled(asked, place, files.plain(place.kind, place.seconds))
    return asked


def ordered(place: Place, uri: str) -> dict[str, Any]:
    """A small request with `uri` in that place."""
    return filled(body(place.endpoint), place, uri)


def filled(asked: Mapping[str, Any], place: Place, uri: str) -> dict[str, Any]:
    """A copy of `asked` with `uri` in that place."""
    made: dict[str, Any] = _filled(copy.deepcopy(dict(asked)), place.loc, uri)
    if place.loc[0] in ("mask_image_url", "mask_video_url"):
        made = {"video_url": files.plain("video", 0.5), **made, "task": "inpainting"}
    return made


def _filled(value: Any, loc: tuple[Step, ...], uri: str) -> Any:
    if not loc:
        return uri
    step, rest = loc[0], loc[1:]
    if isinstance(step, int):
        items = list(value or [None])
        items[step] = _filled(items[step], rest, uri)
        return items
    inner = (value or {}).get(step) or _fresh(str(step))
    return {**(value or {}), step: _filled(inner, rest, uri)}


def _fresh(name: str) -> Any:
    """An object that lacks only its file."""
    match name:
        case "controlnet":
            return {"path": "owner/name"}
        case "ip_adapter":
            return {"path": "owner/name", "image_url": files.plain("image")}
        case _:
            return None
