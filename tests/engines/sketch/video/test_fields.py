"""Every field of the endpoints that make videos from words and pictures does what its description says.

Two tables, both held against the contract: what a field changes in the task, and how what the task asks for is seen in
the video. A field without an entry, or an entry without a check, fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import gesso.catalog
from gesso.endpoint import find
from gesso.media import Media
from gesso.shapes import Size
from gesso.tasks import Condition, ImageToVideo, Look, Safety, Sampling, Task, TextToVideo
from tests.engines.sketch.video.cutting_room import Archive, Film, change, difference, scene
from tests.engines.sketch.video.dressing import magenta, magentaness
from tests.engines.sketch.video.filming import Pixels, film, media, psnr

CONTRACT = json.loads((Path(__file__).parents[3] / "fixtures" / "endpoints.json").read_text(encoding="utf-8"))
URL, OTHER = "https://example.com/a.png", "https://example.com/b.png"
KEY = {"image_url": URL, "start_frame_num": 0}
CLIP = {"video_url": "https://example.com/a.mp4", "start_frame_num": 0}


def contract(id_: str) -> dict[str, Any]:
    return CONTRACT[id_]


@dataclass(frozen=True)
class Field:
    """Two values of a field, and the path in the task that they change; no path: the reason why nothing is drawn."""

    one: Any
    other: Any
    path: str = ""
    reason: str = ""


FIELDS: Mapping[str, Field] = {
    "prompt": Field("a dog runs", "a cat sleeps", "prompt"),
    "negative_prompt": Field("", "a dog", "sampling.negative_prompt"),
    "image_url": Field(URL, OTHER, "start"),
    "end_image_url": Field(URL, OTHER, "end"),
    "loop": Field(False, True, "loop"),
    "seed": Field(1, 2, "seed"),
    "style": Field(None, "clay", "look.style"),
    "cfg_scale": Field(0.1, 0.9, "sampling.guidance"),
    "num_inference_steps": Field(5, 50, "sampling.steps"),
    "audio_negative_prompt": Field("", "rain", "audio_negative_prompt"),
    "prompt_optimizer": Field(False, True, "expand_prompt"),
    "expand_prompt": Field(False, True, "expand_prompt"),
    "video_length": Field("5s", "10s", "seconds"),
    "loras": Field(None, [{"path": "x"}], "look.loras"),
    "num_frames": Field(9, 17, "frames"),
    "frame_rate": Field(24, 30, "fps"),
    "reverse_video": Field(False, True, "reverse"),
    "enable_safety_checker": Field(False, True, "safety.check"),
    "images": Field(None, [KEY], "conditions"),
    "videos": Field(None, [CLIP], "conditions"),
    "first_pass_num_inference_steps": Field(8, 20, "sampling.steps"),
    "first_pass_skip_final_steps": Field(1, 3, "options.first_pass_skip_final_steps"),
    "second_pass_num_inference_steps": Field(8, 20, "options.second_pass_steps"),
    "second_pass_skip_initial_steps": Field(5, 3, "options.second_pass_skip_initial_steps"),
    "constant_rate_factor": Field(35, 45, "options.constant_rate_factor"),
    "enable_detail_pass": Field(False, True, "options.detail_pass"),
    "temporal_adain_factor": Field(None, 0.5, "options.temporal_adain_factor"),
    "tone_map_compression_ratio": Field(None, 0.5, "options.tone_map_compression_ratio"),
    "sync_mode": Field(False, True, reason="how the answer carries its file; the runner's, not the engine's"),
    "api_key": Field("a", "b", reason="a secret for a vendor; no engine sees it"),
}
"""What a field of that name changes, wherever an endpoint has one."""

OWN: Mapping[tuple[str, str], Field] = {
    ("fal-ai/kandinsky5/text-to-video", "resolution"): Field("768x512", "512x512", "size"),
    ("fal-ai/kandinsky5/text-to-video", "aspect_ratio"): Field("3:2", "1:1", "size"),
    ("fal-ai/kandinsky5/text-to-video", "duration"): Field("5s", "10s", "seconds"),
    ("fal-ai/ovi", "resolution"): Field("512x992", "720x720", "size"),
    ("fal-ai/ltx-video-13b-distilled/multiconditioning", "resolution"): Field("480p", "720p", "lines"),
    ("fal-ai/ltx-video-13b-distilled/multiconditioning", "aspect_ratio"): Field("9:16", "1:1", "aspect"),
}


def ours() -> Iterator[str]:
    gesso.catalog.load()
    for id_ in CONTRACT:
        task = find(id_).input.task
        made = task.__annotations__.get("return")
        if made in ("TextToVideo", "ImageToVideo"):
            yield id_


def field_of(id_: str, name: str) -> Field:
    """The table's entry, with the values that this endpoint has for an enum."""
    if (id_, name) in OWN:
        return OWN[(id_, name)]
    if name in FIELDS:
        return FIELDS[name]
    stated = {**contract(id_)["input"], **contract(id_).get("newer_fields", {})}[name]
    path = {"duration": "seconds", "resolution": "", "aspect_ratio": ""}[name]
    values = stated["enum"]
    text = find(id_).input.task.__annotations__["return"] == "TextToVideo"
    path = path or ("size" if text else "lines" if name == "resolution" else "aspect")
    return Field(values[0], values[1], path)


CASES = [(id_, name) for id_ in ours() for name in {**contract(id_)["input"], **contract(id_).get("newer_fields", {})}]


def task_of(id_: str, **given: Any) -> Task:
    usual = {"prompt": "a street", "image_url": URL}
    names = {**contract(id_)["input"], **contract(id_).get("newer_fields", {})}
    values = {name: value for name, value in usual.items() if name in names} | given
    return find(id_).input.model_validate(values).task()


def attribute(task: Any, path: str) -> Any:
    for step in path.split("."):
        task = task[step] if isinstance(task, Mapping) else getattr(task, step)
    return task


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """A task's values by their paths."""
    if isinstance(value, Mapping):
        parts = {str(key): item for key, item in cast("Mapping[str, Any]", value).items()}
    elif is_dataclass(value) and not isinstance(value, (type, Media, Size)):
        parts = {one.name: getattr(value, one.name) for one in fields(value)}
    else:
        return {name: value}
    found: dict[str, Any] = {}
    for key, item in parts.items():
        found |= flat(item, f"{name}.{key}".strip("."))
    return found


@pytest.mark.parametrize(("id_", "name"), CASES)
def test_a_field_changes_its_place_in_the_task(id_: str, name: str) -> None:
    field = field_of(id_, name)
    assert field.path or field.reason
    one, other = (flat(task_of(id_, **{name: value})) for value in (field.one, field.other))
    changed = {path for path in one if one[path] != other[path]}
    if field.reason:
        assert not changed
        return
    together = {"seconds"} if name in ("num_frames", "frame_rate") else set[str]()
    assert {path.split(".size")[0] for path in changed} - together == {field.path}
    assert field.path in CHECKS


# ---------------------------------------------------------------- what is seen

TEXT = TextToVideo(
    prompt="a red car drives on a street", size=Size(96, 64), seconds=0.5, fps=8, seed=1, safety=Safety(check=False)
)
IMAGE = ImageToVideo(
    prompt="camera pans left", size=Size(96, 64), seconds=0.5, fps=8, seed=1, safety=Safety(check=False), frames=4
)


class Desk(Archive):
    """Makes the videos of two orders that differ in one thing."""

    def image_order(self, **more: Any) -> Film:
        return self.made(replace(IMAGE, **{"start": self.still(), **more}))

    def text_order(self, **more: Any) -> Film:
        return self.made(replace(TEXT, **more))

    def optioned(self, steps: int = 8, **options: Any) -> Film:
        usual = {"first_pass_skip_final_steps": 1, "second_pass_steps": 8, "second_pass_skip_initial_steps": 5}
        return self.image_order(options=usual | options, sampling=Sampling(steps=steps))


def crispness(film_: Film) -> float:
    grey = film_.frames[-1].mean(axis=2)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


def prompt(desk: Desk) -> None:
    assert difference(desk.text_order().frames[0], desk.text_order(prompt="a forest at night").frames[0]) > 8


def negative_prompt(desk: Desk) -> None:
    with_, without = desk.text_order(), desk.text_order(sampling=Sampling(negative_prompt="car"))
    assert difference(with_.frames[0], without.frames[0]) > 1
    assert any("Left out on request" in line for line in without.lines)
    held = desk.image_order(sampling=Sampling(negative_prompt="camera movement"))
    assert change(held) < 0.5 * change(desk.image_order())


def start(desk: Desk) -> None:
    assert psnr(desk.image_order().frames[0], scene(96, 64)) > 27


def end(desk: Desk) -> None:
    assert psnr(desk.image_order(end=desk.still(8)).frames[-1], scene(96, 64, 8)) > 27


def loop(desk: Desk) -> None:
    once, again = (desk.image_order(frames=12, loop=value) for value in (False, True))
    assert difference(again.frames[-1], again.frames[0]) < 0.7 * difference(once.frames[-1], once.frames[0])


def seed(desk: Desk) -> None:
    assert difference(desk.text_order(seed=1).frames[0], desk.text_order(seed=2).frames[0]) > 2
    assert desk.text_order(seed=2**63 - 1).result.values["seed"] == 2**63 - 1


def style(desk: Desk) -> None:
    plain = desk.image_order()
    looks = [
        desk.image_order(look=Look(style=name)) for name in ("anime", "3d_animation", "clay", "comic", "cyberpunk")
    ]
    for number, one in enumerate(looks):
        assert difference(one.frames[0], plain.frames[0]) > 2
        assert all(difference(one.frames[0], other.frames[0]) > 1 for other in looks[number + 1 :])


def guidance(desk: Desk) -> None:
    moved = [change(desk.image_order(sampling=Sampling(guidance=value))) for value in (0, 5, 10)]
    assert moved[0] < moved[1] < moved[2]


def steps(desk: Desk) -> None:
    large = Size(288, 192)
    crisp = [crispness(desk.text_order(size=large, sampling=Sampling(steps=value))) for value in (1, 30, 60)]
    assert crisp[0] < crisp[1] < crisp[2]
    moved = [change(desk.optioned(steps=value)) for value in (2, 8, 25)]
    assert moved[0] < moved[1] < moved[2]


def audio_negative_prompt(desk: Desk) -> None:
    heard = [
        next(
            line
            for line in desk.text_order(prompt="a street in the rain", audio=True, **more).lines
            if "Sound:" in line
        )
        for more in ({}, {"audio_negative_prompt": "rain"})
    ]
    assert "rain" in heard[0]
    assert "rain" not in heard[1]


def expand_prompt(desk: Desk) -> None:
    meadow = desk.text_order(prompt="a green meadow with clouds", size=Size(192, 128)).frames[0]
    given = {"start": desk.picture(meadow), "prompt": "static camera", "frames": 12, "size": Size(192, 128)}
    assert change(desk.image_order(expand_prompt=True, **given)) > 1.2 * change(desk.image_order(**given))


def seconds(desk: Desk) -> None:
    assert len(desk.text_order(seconds=0.25).frames) == 2
    assert len(desk.image_order(frames=None, seconds=1).frames) == 8


def frames(desk: Desk) -> None:
    assert [len(desk.image_order(frames=count).frames) for count in (1, 7)] == [1, 7]


def fps(desk: Desk) -> None:
    made = desk.image_order(fps=30)
    assert float(made.facts.fps) == 30
    assert made.facts.seconds == pytest.approx(4 / 30, abs=2e-3)


def size(desk: Desk) -> None:
    made = desk.text_order(size=Size(64, 112)).facts
    assert (made.width, made.height) == (64, 112)


def lines(desk: Desk) -> None:
    made = desk.image_order(size=None, lines=48).facts
    assert (made.width, made.height) == (72, 48)


def aspect(desk: Desk) -> None:
    made = desk.image_order(size=None, lines=48, aspect="9:16").facts
    assert (made.width, made.height) == (48, 86)


def reverse(desk: Desk) -> None:
    assert psnr(desk.image_order(reverse=True).frames[-1], scene(96, 64)) > 27


def loras(desk: Desk) -> None:
    without, with_ = (desk.image_order(look=magenta(desk, scale)) for scale in (0.0, 1.0))
    assert magentaness(without) + 8 < magentaness(with_)


def safety(desk: Desk) -> None:
    assert desk.image_order(safety=Safety(check=True)).result.parts[-1] == "open_nsfw"
    assert "open_nsfw" not in desk.image_order().result.parts


def conditions(desk: Desk) -> None:
    grey: list[Pixels] = [np.full((64, 96, 3), 30 + 60 * i, np.uint8) for i in range(3)]
    clip = media(film(desk.folder() / "clip.mp4", grey, fps=8))
    keys = (Condition(media=desk.still(8), frame=0), Condition(media=clip, frame=5))
    made = desk.image_order(start=None, conditions=keys, frames=8)
    assert psnr(made.frames[0], scene(96, 64, 8)) > 27
    assert [float(frame.mean()) for frame in made.frames[5:]] == pytest.approx([30, 90, 150], abs=3)


def first_pass(desk: Desk) -> None:
    assert change(desk.optioned(first_pass_skip_final_steps=6)) < change(desk.optioned())


def second_pass(desk: Desk) -> None:
    crisp = [crispness(desk.optioned(second_pass_steps=value)) for value in (5, 8, 30)]
    assert crisp[0] < crisp[1] < crisp[2]


def second_pass_skipped(desk: Desk) -> None:
    assert crispness(desk.optioned(second_pass_skip_initial_steps=8)) < crispness(desk.optioned())


def constant_rate_factor(desk: Desk) -> None:
    kept = [psnr(desk.optioned(constant_rate_factor=value).frames[0], scene(96, 64)) for value in (0, 35, 50)]
    assert kept[0] > kept[1] > kept[2]


def detail_pass(desk: Desk) -> None:
    assert crispness(desk.optioned(detail_pass=True)) > 1.05 * crispness(desk.optioned())


def temporal_adain_factor(desk: Desk) -> None:
    drift = []
    for factor in (None, 0.5, 1.0):
        options = {"temporal_adain_factor": factor}
        made = desk.image_order(prompt="day turns to night, static camera", options=options)
        drift.append(abs(float(made.frames[-1].mean()) - float(made.frames[0].mean())))
    assert drift[0] > drift[1] > drift[2]


def tone_map_compression_ratio(desk: Desk) -> None:
    range_ = [float(desk.optioned(tone_map_compression_ratio=value).frames[0].std()) for value in (None, 0.5, 1.0)]
    assert range_[0] > range_[1] > range_[2]


CHECKS: Mapping[str, Callable[[Desk], None]] = {
    "prompt": prompt,
    "sampling.negative_prompt": negative_prompt,
    "start": start,
    "end": end,
    "loop": loop,
    "seed": seed,
    "look.style": style,
    "sampling.guidance": guidance,
    "sampling.steps": steps,
    "audio_negative_prompt": audio_negative_prompt,
    "expand_prompt": expand_prompt,
    "seconds": seconds,
    "frames": frames,
    "fps": fps,
    "size": size,
    "lines": lines,
    "aspect": aspect,
    "reverse": reverse,
    "look.loras": loras,
    "safety.check": safety,
    "conditions": conditions,
    "options.first_pass_skip_final_steps": first_pass,
    "options.second_pass_steps": second_pass,
    "options.second_pass_skip_initial_steps": second_pass_skipped,
    "options.constant_rate_factor": constant_rate_factor,
    "options.detail_pass": detail_pass,
    "options.temporal_adain_factor": temporal_adain_factor,
    "options.tone_map_compression_ratio": tone_map_compression_ratio,
}
"""What the task asks for, and how it is seen in the video."""

SLOW = {
    *("look.style", "sampling.steps", "sampling.guidance", "expand_prompt", "loop", "options.temporal_adain_factor"),
    *("options.constant_rate_factor", "options.tone_map_compression_ratio", "options.second_pass_steps"),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=[pytest.mark.long] if path in SLOW else []) for path in CHECKS]
)
def test_what_is_asked_is_seen(path: str, desk: Desk) -> None:
    CHECKS[path](desk)


def test_every_check_belongs_to_a_field() -> None:
    assert {field_of(id_, name).path for id_, name in CASES} - {""} == set(CHECKS)
