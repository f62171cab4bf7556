"""Drawn anew on what a video shows of space and of people: on its depth, or around its figure's pose."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gesso.engines.sketch.remake import colours, motion
from gesso.engines.sketch.remake.carry import Place, Plain
from gesso.engines.sketch.remake.motion import Pixels, Plane
from gesso.engines.sketch.remake.repaint import Repaint
from gesso.engines.sketch.style import looks
from gesso.engines.sketch.style.palette import flatten

RELIEF = 0.10
"""How much of its brightness's fine course a surface is taken to come forward by."""

OWN = 0.45
"""How much of a figure in front keeps of its own painting where the world is laid over the depth."""

GIVEN = 0.55
"""How much a given depth, beside the row, says of what lies where."""

INK = 0.55
"""How dark lines are where the depth jumps."""

STICK, THICK = 40, 0.022
"""Brightness from which a pose drawing's lines count, and the share of the height by which limbs are thicker."""

TONES = 7
"""Flat colours of a figure."""


@dataclass(slots=True)
class Draped:
    """The prompt's world laid over the depth of each frame, as a cloth takes the form of what it covers."""

    brush: Repaint
    estimate: bool
    """Whether depth is estimated; else the video shows it, near things bright."""
    whole: bool = True

    def key(self, pixels: Pixels, place: Place) -> Pixels:
        """The world on this frame's depth."""
        height, width = pixels.shape[:2]
        subject = self.brush.subject(pixels, place) if self.estimate else np.zeros((height, width), np.float32)
        near = depth_of(pixels, subject) if self.estimate else given_depth(pixels)
        world = self.brush.world_at(place, width, height)
        painted = self.brush.target(pixels, place) if self.estimate or world is None else pixels
        cloth = painted if world is None else world
        laid = motion.sample(cloth, _rows_of(near, 1.0 if self.estimate else GIVEN))
        if self.estimate:
            share = (subject * np.float32(OWN))[..., None]
            laid = laid + (painted.astype(np.float32) - laid) * share
        return shaded(np.asarray(laid, np.float32), near)

    def plain(self, pixels: Pixels, made: Pixels) -> Plain:
        """The change of colours."""
        return colours.learn(pixels, made)


def depth_of(pixels: Pixels, subject: Plane) -> Plane:
    """Nearness 0..1 (H, W) without a network: ground comes nearer down the frame, things stand where their feet are."""
    height, width = pixels.shape[:2]
    ground = np.broadcast_to(np.linspace(0.05, 0.95, height, dtype=np.float32)[:, None], (height, width))
    light = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    wide = cv2.GaussianBlur(light, (0, 0), max(2.0, height / 24))
    fine = cv2.GaussianBlur(light, (0, 0), max(0.8, height / 240)) - wide
    near = ground + np.float32(RELIEF) * fine
    rows = np.nonzero((subject > 0.5).any(axis=1))[0]
    if len(rows):
        feet = np.float32(min(0.97, 0.08 + 0.9 * float(rows[-1]) / height))
        near = near + (feet + np.float32(RELIEF) * fine - near) * subject
    return np.asarray(np.clip(near, 0, 1), np.float32)


def given_depth(pixels: Pixels) -> Plane:
    """Nearness as a depth video shows it."""
    return np.asarray(colours.lit(cv2.GaussianBlur(pixels, (0, 0), 0.8)) / 255, np.float32)


def _rows_of(near: Plane, share: float) -> Plane:
    """Where in an upright picture a nearness is usually seen: the same column, nearer is lower.

    Less than a `share` of 1 keeps the rest of each pixel's own row, so that what is level is not drawn out of one row.
    """
    height, width = near.shape
    at = motion.grid(width, height).copy()
    at[..., 1] = near * np.float32(share * (height - 1)) + at[..., 1] * np.float32(1 - share)
    return at


def shaded(colour: Plane, near: Plane) -> Pixels:
    """Colours (H, W, 3) 0..255 in a light from the upper left on the depth's surface, with lines where it jumps."""
    scale = near.shape[0] / 480
    soft = cv2.GaussianBlur(near, (0, 0), max(0.7, 1.6 * scale))
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=3)
    light = 1 + np.clip((across * 0.8 + (down - np.median(down))) * (3.5 * scale), -0.35, 0.35)
    jump = np.clip((cv2.magnitude(across, down) - 0.10 / scale) * 4 * scale, 0, 1) * np.float32(INK)
    return np.rint(np.clip(colour * (light * (1 - jump))[..., None], 0, 255)).astype(np.uint8)


@dataclass(slots=True)
class Posed:
    """The figure of each frame as a flat puppet in the prompt's world; its pose and place stay."""

    brush: Repaint
    estimate: bool
    """Whether the figure is looked for; else the video shows a pose as bright lines on a dark ground."""
    whole: bool = True

    def key(self, pixels: Pixels, place: Place) -> Pixels:
        """The puppet in its world."""
        height, width = pixels.shape[:2]
        figure = self.brush.subject(pixels, place) if self.estimate else limbs(pixels)
        world = self.brush.world_at(place, width, height)
        ground = cv2.GaussianBlur(pixels, (0, 0), height / 20) if world is None else world
        body = self._body(pixels, figure, place)
        ring = cv2.dilate(figure, np.ones((3, 3), np.uint8), iterations=max(1, round(height / 240))) - figure
        out = ground + (body.astype(np.float32) - ground) * figure[..., None]
        return np.rint(np.clip(out * (1 - np.clip(ring, 0, 1) * np.float32(0.85))[..., None], 0, 255)).astype(np.uint8)

    def _body(self, pixels: Pixels, figure: Plane, place: Place) -> Pixels:
        """What the figure is coloured with: its own painting in a few flat tones."""
        if not self.estimate:
            # Drawn limbs have a colour each; inside a limb it is spread to its full width.
            side = max(3, round(pixels.shape[0] * THICK) * 2 + 1)
            pixels = np.asarray(cv2.dilate(pixels, np.ones((side, side), np.uint8)), np.uint8)
        painted = self.brush.target(pixels, place) if self.estimate else self._tinted(pixels)
        labels, tones = flatten(painted, TONES, np.random.Generator(np.random.PCG64(self.brush.seed)))
        return np.rint(np.clip(tones, 0, 255)).astype(np.uint8)[labels]

    def _tinted(self, pixels: Pixels) -> Pixels:
        scene = self.brush.drawn(pixels.shape[1], pixels.shape[0])
        return pixels if scene is None else looks.like(pixels, scene, 0.5)

    def plain(self, pixels: Pixels, made: Pixels) -> Plain:
        """The change of colours."""
        return colours.learn(pixels, made)


def limbs(pixels: Pixels) -> Plane:
    """The figure that a pose drawing stands for: its lines, as thick as limbs, 0..1."""
    lines = (pixels.max(axis=2) > STICK).astype(np.float32)
    reach = max(1, round(pixels.shape[0] * THICK))
    thick = cv2.dilate(lines, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return np.asarray(cv2.GaussianBlur(thick, (0, 0), 0.8), np.float32)
