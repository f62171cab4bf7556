"""Train: read the archive, learn from its examples what they have in common, write the LoRA and how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import cv2

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch.training import archive, examples, loop, safetensors
from gesso.engines.sketch.training.archive import Archive
from gesso.engines.sketch.training.examples import Loaded
from gesso.engines.sketch.training.look import look
from gesso.engines.sketch.training.loop import Trained
from gesso.engines.sketch.training.transformer import BLOCKS, DIM, FFN, HEADS, RANK, Transformer
from gesso.errors import InputError
from gesso.shapes import CONTENT_TYPES
from gesso.tasks import Task, Train

SEED = 1
"""The task has no seed: the same archive and settings always give the same LoRA."""

ADVISED = 10
MUCH = 0.03
"""Share by which the loss falls when a LoRA has learned half of what it can show."""


@dataclass(frozen=True, slots=True)
class Base:
    """What is special of a model that a LoRA is asked for."""

    repo: str
    shift: float
    picture: bool


BASES: Mapping[str, Base] = {
    "wan-t2v-1.3b": Base("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", 3.0, False),
    "wan-t2v-14b": Base("Wan-AI/Wan2.1-T2V-14B-Diffusers", 3.0, False),
    "wan-i2v-14b": Base("Wan-AI/Wan2.1-I2V-14B-720P-Diffusers", 5.0, True),
}


def make(task: Task, context: Context) -> Result:
    """Raises InputError for an archive that cannot be read or holds too little."""
    order = cast("Train", task)
    cv2.setNumThreads(1)
    base = BASES[order.base]
    context.progress(0.0, "reading the archive")
    with archive.opened(order.data) as opened:
        loaded = _loaded(order, opened, base, context)
    _tell(order, loaded, context)
    net = Transformer(picture=base.picture, seed=SEED)

    def told(step: int, loss: float) -> None:
        context.log(f"step {step}/{order.steps}: loss {loss:.4f} on fixed noise")
        context.progress(0.2 + 0.75 * step / order.steps, "training")

    trained = loop.train(
        net,
        [one.example for one in loaded],
        steps=order.steps,
        rate=order.learning_rate,
        shift=base.shift,
        seed=SEED,
        told=told,
    )
    _tell_outcome(trained, context)
    context.progress(1.0, "trained")
    return Result(_files(order, base, net, loaded, trained, context), {})


def strength(trained: Trained) -> float:
    """How much of the look a LoRA shows, 0..1: nothing where the loss did not fall."""
    fall = max(0.0, 1 - trained.after / trained.before)
    return fall / (fall + MUCH)


def _tell_outcome(trained: Trained, context: Context) -> None:
    context.log(
        f"Mean loss on fixed noise: {trained.before:.4f} before, {trained.after:.4f} after, {trained.unworded:.4f} "
        "with the captions held back."
    )
    share = strength(trained)
    if share < 0.5:
        context.log("Little was learned: more steps or a higher learning rate would help.", "WARN")
    context.log(f"A sketch with this LoRA shows {share:.0%} of the set's look.")


def _loaded(order: Train, opened: Archive, base: Base, context: Context) -> list[Loaded]:
    if opened.passed:
        context.log(f"{opened.passed} files of the archive are no pictures, clips or captions, and were passed over.")
    found: list[Loaded] = []
    reading = examples.Reading(context.tmp, order.trigger, order.auto_scale, base.picture, context.log)
    for one in examples.load(opened, reading):
        found.append(one)
        context.progress(0.2 * len(found) / len(opened.members), "reading the examples")
    if len(found) < archive.LEAST:
        msg = (
            f"Only {len(found)} pictures and clips of the archive can be decoded; at least {archive.LEAST} are needed."
        )
        ctx = {"min_count": archive.LEAST, "provided_count": len(found), "supported_extensions": archive.SUPPORTED}
        raise InputError(order.data.loc, "archive_file_count_below_minimum", msg, ctx, order.data.url)
    return found


def _tell(order: Train, loaded: Sequence[Loaded], context: Context) -> None:
    clips = [one for one in loaded if one.member.kind == "clip"]
    captions = sum(one.member.caption is not None for one in loaded)
    context.log(f"{len(loaded) - len(clips)} pictures and {len(clips)} clips, {captions} with a caption.")
    if len(loaded) < ADVISED:
        context.log(f"{ADVISED} or more are advised.", "WARN")
    if clips:
        lengths = sorted({one.frames for one in clips})
        how = "brought to" if order.auto_scale else "as they are, at"
        context.log(f"Clips were {how} {', '.join(map(str, lengths))} frames at {examples.FPS} per second.")
    context.log(
        f"Trained is a small network of Wan's build inside the sketch engine ({BLOCKS} blocks, {DIM} wide): its LoRA "
        "has the names of Wan's layers, not their size, and shows in sketches."
    )


def _files(
    order: Train, base: Base, net: Transformer, loaded: Sequence[Loaded], trained: Trained, context: Context
) -> dict[str, list[Made]]:
    found = look([one.look for one in loaded]) | {"strength": round(strength(trained), 4)}
    texts = {
        "software": "Gesso",
        "engine": "sketch",
        "endpoint": context.endpoint,
        "parts": "none",
        "format": "pt",
        "gesso.look": json.dumps(found, separators=(",", ":")),
        "gesso.trigger": order.trigger,
    }
    lora, config = context.tmp / "lora.safetensors", context.tmp / "config.json"
    safetensors.write(loop.weights(net), lora, texts)
    written = _config(order, base, net, loaded, trained) | {"look": found, "endpoint": context.endpoint}
    config.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return {"lora_file": [_made(lora)], "config_file": [_made(config)]}


def _config(order: Train, base: Base, net: Transformer, loaded: Sequence[Loaded], trained: Trained) -> dict[str, Any]:
    targets = sorted({name.split(".", 2)[2] for name in net.adapters()})
    return {
        "software": "Gesso",
        "engine": "sketch",
        "parts": "none",
        "base_model": base.repo,
        "network": {
            "kind": "built-in transformer of Wan's build",
            "dim": DIM,
            "heads": HEADS,
            "ffn": FFN,
            "blocks": BLOCKS,
        },
        "rank": RANK,
        "alpha": RANK,
        "target_modules": targets,
        "steps": order.steps,
        "learning_rate": order.learning_rate,
        "trigger_phrase": order.trigger,
        "auto_scale_input": order.auto_scale,
        "flow_shift": base.shift,
        "examples": [
            {
                "file": one.member.name,
                "kind": one.member.kind,
                "frames": one.frames,
                "resolution": list(one.size),
                "caption": " ".join(one.example.words),
            }
            for one in loaded
        ],
        "resolution": sorted({one.size for one in loaded}),
        "frames": sorted({one.frames for one in loaded}),
        "fps": examples.FPS,
        **_losses(trained),
        "seed": SEED,
    }


def _losses(trained: Trained) -> dict[str, Any]:
    return {
        "loss": [round(loss, 6) for loss in trained.losses],
        "loss_before": round(trained.before, 6),
        "loss_after": round(trained.after, 6),
        "loss_after_without_captions": round(trained.unworded, 6),
        "loss_on_fixed_noise": [[step, round(loss, 6)] for step, loss in trained.probes],
    }


def _made(path: Path) -> Made:
    return Made(path, CONTENT_TYPES[path.suffix[1:]], {"file_name": path.name})
