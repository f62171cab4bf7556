"""Where an image to video order becomes frames: its pictures and clips as keys, one camera and one action over all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from gesso.engines.engine import Context
from gesso.engines.sketch import pictures
from gesso.engines.sketch.remake import outside
from gesso.engines.sketch.style import adapters, looks
from gesso.engines.sketch.text_to_image import fitted
from gesso.engines.sketch.video import animatic, drawn, excerpt, grade
from gesso.engines.sketch.video.acts import Clock
from gesso.engines.sketch.video.excerpt import Excerpt
from gesso.engines.sketch.video.keyframes import Key, Passage, Span, View, edges, merged
from gesso.engines.sketch.video.shot import Pixels
from gesso.engines.sketch.video.still import Wanted, stage
from gesso.engines.sketch.words import prompt
from gesso.shapes import Size
from gesso.tasks import Condition, ImageToVideo, Media

KEPT_SHARE = 0.55
"""A picture of another aspect is cut where this much of it stays, else its surroundings are painted."""

MOST_TAKEN_APART = 6
"""Pictures that are taken apart into layers; further ones move as a whole."""


class Studio:
    """Makes the frames of one order."""

    def __init__(self, order: ImageToVideo, size: Size, context: Context, seed: int, strength: float) -> None:
        self.order, self.size, self.context, self.seed = order, size, context, seed
        self.options = order.options or {}
        count = order.frames or max(1, round(order.seconds * order.fps))
        self.clock = Clock(count, order.fps, order.loop)
        strength *= grade.liveliness(order.sampling.steps, self.options)
        self.plan = animatic.plan(
            order.prompt,
            order.sampling.negative_prompt,
            self.clock,
            free=False,
            strength=strength,
            embellish=order.expand_prompt,
        )
        self.path = animatic.poses(self.plan, self._rng(0))
        self.parts: list[str] = []
        self._look = looks.choose(order.look.style, ()) if order.look.style else ""
        self._dress = adapters.dresser(order.look, order.prompt, context.log, seed)
        self._stills = 0
        for line in animatic.sentences(self.plan):
            context.log(line)

    def frames(self) -> View:
        """The video's frames, by number."""
        keys, spans = self._given()
        exact = [key.frame for key in keys] + [frame for span in spans for frame in range(span.frame, span.end)]
        weak = not keys or any(item.strength < 0.999 for item in (*keys, *spans)) or any(s.kind != "rgb" for s in spans)
        base = self._scene() if weak else None
        passage = Passage(merged(keys), spans, self.clock.count, base)
        size = (self.size.width, self.size.height)
        hung = [] if not keys else animatic.veiling(size, False, self.plan, self._rng(1), exact[:512])
        finish = grade.finisher(self.options, lambda: passage.frame(0))

        def frame(i: int) -> Pixels:
            pixels = passage.frame(i)
            for veil in hung:
                veil.apply(pixels, i)
            return finish(pixels) if finish else pixels

        return frame

    # ------------------------------------------------------------ what is given

    def _given(self) -> tuple[list[Key], list[Span]]:
        order, last = self.order, self.clock.count - 1
        keys: list[Key] = []
        if order.start is not None:
            keys.append(self._still(0, self._picture(order.start)))
        if order.end is not None:
            # A loop that starts from a picture reaches the other in its middle and comes back.
            back = order.loop and order.start is not None
            keys.append(self._still(self.clock.count // 2 if back else last, self._picture(order.end)))
            if back:
                keys.append(replace(keys[0], frame=self.clock.count))
        spans: list[Span] = []
        for condition in order.conditions:
            frame = self._place(condition)
            if condition.media.rule.kind == "video":
                span = self._span(condition, frame)
                spans.append(span)
                keys += edges(span, self._still, self.clock.count) if span.kind == "rgb" else []
            else:
                keys.append(self._still(frame, self._picture(condition.media), condition.strength))
        return keys, spans

    def _place(self, condition: Condition) -> int:
        last = self.clock.count - 1
        if condition.frame > last:
            self.context.log(f"Frame {condition.frame} is beyond the last frame {last}: taken as the last.")
        return min(condition.frame, last)

    def _span(self, condition: Condition, frame: int) -> Span:
        change = self._change(condition)
        crf = int(self.options.get("constant_rate_factor") or 0)
        clip = Excerpt(
            condition.media,
            self.size,
            fps=condition.fps,
            most=condition.max_frames,
            reverse=condition.reverse,
            change=change,
            prepare=(lambda frames: grade.compressed(frames, crf, self.context.tmp)) if crf else None,
        )
        return Span(frame, clip, condition.strength, condition.kind)

    def _change(self, condition: Condition) -> Callable[[Pixels], Pixels] | None:
        """What is done to every frame of a clip: its structure is found, or the look of LoRAs put on."""
        if condition.kind != "rgb":
            return excerpt.structure(condition.kind, condition.preprocess)
        if self._dress is None:
            return None
        return self._dress.steady(Excerpt(condition.media, self.size, reverse=condition.reverse).frame(0))

    def _picture(self, media: Media) -> Pixels:
        """A given picture, upright, at the video's size, in the asked style and the look of LoRAs."""
        pixels = pictures.read(media)
        if pixels.shape[2] == 4:
            cover = pixels[..., 3:].astype(np.uint16)
            pixels = ((pixels[..., :3] * cover + 255 * (255 - cover) + 127) // 255).astype(np.uint8)
        pixels = self._placed(np.ascontiguousarray(pixels))
        if self._look:
            looked = looks.apply(self._look, pixels, self._rng(2))
            self.parts += [part for part in looked.parts if part not in self.parts]
            pixels = fitted(looked.pixels, self.size)
        pixels = self._dress(pixels) if self._dress else pixels
        crf = int(self.options.get("constant_rate_factor") or 0)
        return grade.compressed([pixels], crf, self.context.tmp)[0] if crf else pixels

    def _placed(self, pixels: Pixels) -> Pixels:
        """Cut to the video's aspect; where that would cut too much, the whole picture with painted surroundings."""
        height, width = pixels.shape[:2]
        kept = min(width / height / self.size.aspect, self.size.aspect / (width / height))
        if kept >= KEPT_SHARE:
            return fitted(pixels, self.size)
        scale = min(self.size.width / width, self.size.height / height)
        inner = max(1, min(self.size.width, round(width * scale))), max(1, min(self.size.height, round(height * scale)))
        small = cv2.resize(pixels, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        canvas = np.zeros((self.size.height, self.size.width, 3), np.uint8)
        known = np.zeros(canvas.shape[:2], np.bool_)
        left, top = (self.size.width - inner[0]) // 2, (self.size.height - inner[1]) // 2
        canvas[top : top + inner[1], left : left + inner[0]] = small
        known[top : top + inner[1], left : left + inner[0]] = True
        self.context.log("The picture has another shape than the video: its surroundings were painted on.")
        return outside.completed(canvas, known, self._rng(3))

    # ------------------------------------------------------------ shots

    def _still(self, frame: int, picture: Pixels, strength: float = 1.0) -> Key:
        """A picture as a key: its own shot, which stands still at that frame."""
        self._stills += 1
        effects = self.plan.script.effects
        wanted = Wanted(
            margin=self._margin(frame),
            things=self._stills <= MOST_TAKEN_APART,
            water="water" in effects,
            plants="wind" in effects,
        )
        shot = stage(picture, wanted, self._rng(10 + frame))
        self.parts += [part for part in shot.parts if part not in self.parts]
        told = ", ".join(thing.label or "a thing that stands out" for thing in shot.things) or "nothing"
        self.context.log(f"Picture at frame {frame}, cut out in front: {told}.")
        renderer = animatic.renderer(shot, self.plan, self.path, self._rng(4), origin=frame, veiled=False)
        return Key(frame, picture, renderer.frame, strength)

    def _margin(self, frame: int) -> float:
        return animatic.margin(self.plan, animatic.counted(self.path, frame))

    def _scene(self) -> View:
        """The prompt drawn as a scene of its own, for what no picture shows."""
        order, plan = self.order, replace(self.plan, free=True)
        found = animatic.grounded(prompt.parse(animatic.shown(plan), order.sampling.negative_prompt), plan)
        drawing = drawn.Drawing(order.look.style, margin=self._margin(0), dress=self._dress)
        shot = drawn.stage(found, self.size, drawing, self._rng(5))
        self.parts += [part for part in shot.parts if part not in self.parts]
        return animatic.renderer(shot, plan, self.path, self._rng(4)).frame

    def _rng(self, purpose: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self.seed, purpose]))
