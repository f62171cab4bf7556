"""Frames painted anew: as the instruction, the look or the pictures that are given say, as far as the strength goes.

Between a frame and its full repainting lies a path: from the frame to the target (its edits, its look, its palette),
and on from there to what the prompt alone would show. How far to go on it is measured once, on the first frame: the
share of the way's greatest distance grows with the strength, so a greater strength always changes more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from gesso.engines.sketch import text_to_image
from gesso.engines.sketch.edit import instruction
from gesso.engines.sketch.edit.canvas import Canvas
from gesso.engines.sketch.edit.perform import perform
from gesso.engines.sketch.edit.regions import View
from gesso.engines.sketch.edit.steps import Backdrop, Reshape, Step
from gesso.engines.sketch.edit_image import effect
from gesso.engines.sketch.remake import colours, motion
from gesso.engines.sketch.remake.carry import Before, Place, Plain
from gesso.engines.sketch.remake.fitting import covering
from gesso.engines.sketch.remake.motion import Pixels, Plane
from gesso.engines.sketch.style import looks, neural_style
from gesso.engines.sketch.words import prompt
from gesso.engines.sketch.words.description import Description
from gesso.shapes import Size
from gesso.tasks import Sampling, TextToImage, VideoTask

AREA = 420_000
"""Pixels that a frame is painted at: 480 lines. Brush strokes need no more, and larger frames take their colours."""

STYLED = 576
"""Longer side of the copy that a style network paints."""

MARGIN = 0.16
"""Share of the shorter side painted beyond the frame and cut off: looks that end in a paper's edge end outside."""

RISE = 0.65
"""The share of the greatest distance is the strength to this power: the gentle modes change enough to be seen."""

KEPT, KEPT_GIVEN = 0.5, 0.9
"""How much of what the key before made of a frame stays where the motion is sure; and where that key was given."""

THUMB = (192, 108)
FRESH, ASTRAY = 3, 0.001
"""Keys after which what stands in front is looked for again; and the share of a frame whose motion is not known, for
which it is looked for at once."""

STEPS = ((1, 22), (8, 16), (30, 12), (64, 8))
"""Denoising steps and how many frames lie from one key to the next."""

PLAIN_LOOKS = ("oil", "expressionist")
"""The learned styles for a prompt that says nothing: the target's, and the far end's."""


def spacing(sampling: Sampling) -> int:
    """Frames from one key to the next: more steps paint more keys, acceleration fewer."""
    steps, frames = zip(*STEPS, strict=True)
    found = float(np.interp(8 if sampling.steps is None else sampling.steps, steps, frames))
    return round(found * (1.0 if sampling.acceleration == "none" else 1.5))


def drawing(order: VideoTask, found: Description, width: int, height: int, seed: int) -> tuple[Pixels, tuple[str, ...]]:
    """What a description would show at this size, and the learned parts that ran."""
    scale = min(1.0, (AREA / (width * height)) ** 0.5)
    size = Size(max(16, round(width * scale)), max(16, round(height * scale)))
    scene = text_to_image.draw(TextToImage(prompt=order.prompt, size=size), found, size, seed)
    return covering(np.ascontiguousarray(scene.pixels[..., :3]), (width, height)), scene.parts


@dataclass(slots=True)
class Repaint:
    """How the frames of one order are painted anew."""

    order: VideoTask
    strength: float
    seed: int
    log: Callable[[str], None]
    materials: tuple[Pixels, ...] = ()
    given: Pixels | None = None
    """The first frame as it shall look."""
    parts: list[str] = field(default_factory=list[str])
    whole: bool = True
    way: float | None = None
    """How far to go on the way of 2; none measures it by the strength."""
    _steps: list[Step] | None = None
    _told: bool = False
    _scene: Pixels | None = None
    _world: Pixels | None = None
    _bold: tuple[Pixels, Pixels] | None = None
    _front: tuple[int, Plane, int] | None = None
    """Number of the key, what stands in front at the motion's size, and keys since it was looked for."""

    def key(self, pixels: Pixels, place: Place) -> Pixels:
        """The frame as far on its way as the strength says."""
        if self.strength <= 0:
            return pixels
        if self.given is not None and place.number == 0:
            self.log("The first frame is the given one; the rest takes over its colours and carries it along.")
            return covering(self.given, (pixels.shape[1], pixels.shape[0]))
        target = self.target(pixels, place)
        made = self._along(pixels, target, place)
        before = place.before
        if before is None:
            return made
        kept = (before.sure * np.float32(KEPT if self.given is None else KEPT_GIVEN))[..., None]
        return np.asarray(np.rint(made + (before.made.astype(np.float32) - made) * kept), np.uint8)

    def plain(self, pixels: Pixels, made: Pixels) -> Plain:
        """The change of colours."""
        return colours.learn(pixels, made)

    def target(self, pixels: Pixels, place: Place) -> Pixels:
        """The frame fully edited or painted, its content still its own."""
        canvas = self._canvas(pixels)
        if any(isinstance(step, Backdrop) for step in self._ordered()):
            # As its own transparency would say it: what is in front is sought now and then, and goes along in between.
            front = motion.resized(self.subject(pixels, place), canvas.width, canvas.height)
            canvas.alpha = np.rint(front * 255).astype(np.uint8)
        edited = self._edited(canvas)
        if not edited or self.materials:
            self._painted(canvas, pixels)
        self._ran(canvas)
        return covering(canvas.pixels, (pixels.shape[1], pixels.shape[0]))

    def _canvas(self, pixels: Pixels) -> Canvas:
        height, width = pixels.shape[:2]
        scale = min(1.0, (AREA / (height * width)) ** 0.5)
        size = max(16, round(width * scale)), max(16, round(height * scale))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
        rng = np.random.Generator(np.random.PCG64(self.seed))
        return Canvas(
            np.ascontiguousarray(small), rng, effect=effect(self.order.sampling.guidance), materials=self.materials
        )

    def _edited(self, canvas: Canvas) -> bool:
        """Carry out what the prompt orders. False where it is no order, or none that can be carried out here."""
        steps = self._ordered()
        if not steps:
            return False
        canvas.log = _silent if self._told else self.log
        changed = perform(canvas, steps) > 0
        if not changed and not self._told:
            self.log("The prompt is taken as a description: nothing it orders was found.")
        if not changed:
            self._steps = []
        self._told = True
        return changed

    def _ordered(self) -> list[Step]:
        if self._steps is None:
            self._steps = edits(self.order.prompt, len(self.materials))
        return self._steps

    def _painted(self, canvas: Canvas, pixels: Pixels) -> None:
        """The look: of the given pictures, else of the prompt's words, else of the prompt's own picture."""
        margin = max(4, round(MARGIN * min(canvas.pixels.shape[:2])))
        wide = cv2.copyMakeBorder(canvas.pixels, margin, margin, margin, margin, cv2.BORDER_REFLECT_101)
        made = self._looked(np.asarray(wide, np.uint8), canvas)
        canvas.pixels = np.ascontiguousarray(made[margin:-margin, margin:-margin])

    def _looked(self, wide: Pixels, canvas: Canvas) -> Pixels:
        share = min(1.0, 0.65 * canvas.effect)
        models = self.materials or ((self.given,) if self.given is not None else ())
        if models:
            for model in models:
                canvas.ran(neural_style.name(model))
                wide = looks.like(_styled(wide, model, 0.8 / len(models)), model, share / len(models))
            return wide
        look = looks.choose(self.order.look.style, prompt.parse(self.order.prompt).looks)
        scene = self.drawn(wide.shape[1], wide.shape[0])
        if scene is not None:
            wide = looks.like(wide, scene, share * (0.6 if look else 1.0))
        if look:
            rng = np.random.Generator(np.random.PCG64(self.seed))
            looked = looks.apply(look, wide, rng)
            canvas.ran(*looked.parts)
            return np.ascontiguousarray(looked.pixels[..., :3])
        style: neural_style.Style = neural_style.LOOKS[PLAIN_LOOKS[0]] if scene is None else scene
        canvas.ran(neural_style.name(style))
        return _styled(wide, style, 0.75)

    def drawn(self, width: int, height: int) -> Pixels | None:
        """What the prompt alone would show; none where there is no prompt."""
        if not self.order.prompt.strip():
            return None
        if self._scene is None:
            found = prompt.parse(self.order.prompt, self.order.sampling.negative_prompt)
            self._scene, parts = drawing(self.order, found, width, height, self.seed)
            self.parts += [part for part in parts if part not in self.parts]
        return covering(self._scene, (width, height))

    def _along(self, pixels: Pixels, target: Pixels, place: Place) -> Pixels:
        """The place on the way that the strength says."""
        if self.way is None:
            self.way = self._measured(pixels, target, place)
            self.log(f"Strength {self.strength:.0%}: {self.way:.2f} of a way of 2 from the video to the prompt's own.")
        if self.way <= 1:
            return _mixed(pixels, target, self.way)
        return self._beyond(target, place, self.way - 1)

    def _measured(self, pixels: Pixels, target: Pixels, place: Place) -> float:
        """The first place 0..2 on the way whose distance from the frame is the strength's share of the greatest."""
        small = [cv2.resize(one, THUMB, interpolation=cv2.INTER_AREA) for one in (pixels, target)]
        near = np.linspace(0, 1, 21)
        far = np.linspace(0, 1, 6)[1:]
        distances = [colours.apart(small[0], _mixed(small[0], small[1], float(share))) for share in near]
        for share in far:
            beyond = cv2.resize(self._beyond(target, place, float(share)), THUMB, interpolation=cv2.INTER_AREA)
            distances.append(colours.apart(small[0], np.asarray(beyond, np.uint8)))
        places = [*near, *(1 + far)]
        wanted = max(distances) * min(1.0, self.strength) ** RISE
        reached = int(np.argmax(np.array(distances) >= wanted - 1e-9))
        if reached == 0:
            return 0.0
        low, high = distances[reached - 1], distances[reached]
        share = (wanted - low) / max(high - low, 1e-9)
        return float(places[reached - 1] + (places[reached] - places[reached - 1]) * share)

    def _beyond(self, target: Pixels, place: Place, share: float) -> Pixels:
        """The target, `share` of it in the prompt's own world: first what is far, in the end all but the subject."""
        height, width = target.shape[:2]
        world = None if self._steps else self.world_at(place, width, height)
        if world is None:
            return _mixed(target, self._overpainted(target), share)
        cover = receding(height, width, share) * (1 - self.subject(target, place))
        return np.asarray(np.rint(target + (world.astype(np.float32) - target) * cover[..., None]), np.uint8)

    def _overpainted(self, target: Pixels) -> Pixels:
        """Where nothing is described: the same, painted over boldly."""
        style = neural_style.LOOKS[PLAIN_LOOKS[1]]
        self.parts += [] if neural_style.name(style) in self.parts else [neural_style.name(style)]
        if self._bold is None or self._bold[0] is not target:
            made = _styled(self._canvas(target).pixels, style, 0.9)
            self._bold = target, covering(made, (target.shape[1], target.shape[0]))
        return self._bold[1]

    def world_at(self, place: Place, width: int, height: int) -> Pixels | None:
        """The prompt's place without its subjects, in the clip's look, moved with the camera."""
        if not self.order.prompt.strip():
            return None
        if self._world is None:
            found = prompt.parse(self.order.prompt, self.order.sampling.negative_prompt)
            scene, parts = drawing(self.order, replace(found, subjects=()), width, height, self.seed)
            self.parts += [part for part in parts if part not in self.parts]
            self._world = scene
        moved = cv2.warpAffine(self._world, place.camera, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(moved, np.uint8)

    def subject(self, pixels: Pixels, place: Place) -> Plane:
        """What stands in front, 0..1 (H, W): found now and then, carried along the motion in between."""
        if self._front is None or self._front[0] != place.number:
            old = self._front
            if old is not None and place.before is not None and old[2] % FRESH and not _astray(place.before):
                small = np.asarray(motion.sample(old[1], place.before.at), np.float32)
                # What was behind the subject has no place to come from: there the motion cannot be trusted.
                small *= motion.resized(place.before.sure, small.shape[1], small.shape[0]) > 0.5
                self._front = place.number, small, old[2] + 1
            else:
                rows, columns = motion.reduced(pixels).shape[:2]
                view = View(pixels)
                found = view.front
                self.parts += [part for part in view.parts if part not in self.parts]
                small = np.zeros((rows, columns), np.float32) if found is None else motion.resized(found, columns, rows)
                self._front = place.number, cv2.GaussianBlur(small, (0, 0), 1.2), 1
        return motion.resized(self._front[1], pixels.shape[1], pixels.shape[0])

    def _ran(self, canvas: Canvas) -> None:
        self.parts += [part for part in canvas.parts if part not in self.parts]


def _astray(before: Before) -> bool:
    """Whether a key before does not show where something comes from that was in view: a small thing that went fast."""
    rows, columns = before.at.shape[:2]
    seen = ((before.at >= 0) & (before.at <= np.array([columns - 1, rows - 1]))).all(axis=2)
    unsure = (motion.resized(before.sure, columns, rows) < 0.5) & seen
    return float(cv2.erode(unsure.astype(np.uint8), np.ones((3, 3), np.uint8)).mean()) > ASTRAY


def _styled(pixels: Pixels, style: neural_style.Style, strength: float) -> Pixels:
    """Painted by a style network on a smaller copy: its strokes are coarse, and its time goes with the area."""
    height, width = pixels.shape[:2]
    small = motion.reduced(pixels, STYLED)
    painted = neural_style.apply(small, style)
    large = cv2.resize(painted, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.addWeighted(pixels, 1 - strength, large, strength, 0), np.uint8)


def edits(words: str, materials: int = 0) -> list[Step]:
    """What a prompt orders to be done to a frame; its shape is the camera's and the canvas's affair."""
    return [step for step in instruction.parse(words, materials).steps if not isinstance(step, Reshape)]


def receding(height: int, width: int, share: float) -> Plane:
    """What is farthest, 0..1 (H, W): `share` of the frame, from its top, where far things are, down; softly edged."""
    soft = 0.25
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    line = np.float32(share * (1 + 2 * soft) - soft)
    cover = np.clip((line + soft - down) / (2 * soft), 0, 1)
    return np.broadcast_to(cover * cover * (3 - 2 * cover), (height, width))


def _mixed(one: Pixels, two: Pixels, share: float) -> Pixels:
    return np.asarray(cv2.addWeighted(one, 1 - share, two, share, 0), np.uint8)


def _silent(_message: str) -> None:
    return None
