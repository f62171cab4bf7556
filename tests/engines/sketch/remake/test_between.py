"""Frames between two: on the way, moved and not mixed, nothing across a cut, the same from every thread, any size."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame

from gesso.engines.sketch.remake import between, planes
from gesso.engines.sketch.video import clips, writer
from tests.engines.sketch.remake import world


def laid(pixels: world.Pixels) -> planes.Frame:
    """A frame from RGB of even sides."""
    rgb = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return planes.of(writer.for_encoder(rgb))


def shown(samples: planes.Samples) -> world.Pixels:
    """A frame's samples as RGB."""
    frame = VideoFrame.from_ndarray(samples, format="yuv420p")
    frame.colorspace = 1
    return clips.upright(frame)


def kept(pixels: world.Pixels) -> world.Pixels:
    """What half as many colour samples leave of a picture: all that a new frame can be."""
    return shown(laid(pixels).samples)


def made(first: world.Pixels, second: world.Pixels, time: float) -> world.Pixels:
    return shown(between.at(between.gap(laid(first), laid(second)), time))


@pytest.mark.parametrize("time", [0.25, 0.5, 0.75])
def test_a_moving_square_is_on_its_way(time: float) -> None:
    start, end = world.square_at(20, 50), world.square_at(32, 50)
    new = made(start, end, time)
    truth = kept(world.square_at(20 + round(12 * time), 50))
    assert world.centre_of_red(new)[0] == pytest.approx(world.centre_of_red(truth)[0], abs=1.0)
    mixed = cv2.addWeighted(kept(start), 1 - time, kept(end), time, 0)
    assert world.psnr(new, truth) > world.psnr(mixed, truth) + 5


def test_a_pan_is_moved_and_not_mixed() -> None:
    frames = world.panning(3, 5)
    assert world.psnr(made(frames[0], frames[2], 0.5), kept(frames[1])) > 38


def test_what_a_pan_shows_at_its_edges_comes_from_the_frame_that_has_it() -> None:
    frames = world.panning(3, 8)
    new, truth = made(frames[0], frames[2], 0.5), kept(frames[1])
    assert world.psnr(new[:, :8], truth[:, :8]) > 32
    assert world.psnr(new[:, -8:], truth[:, -8:]) > 32


@pytest.mark.parametrize("size", [(192, 128), (1000, 300), (326, 198), (34, 18), (6, 4)])
def test_any_size_is_moved(size: tuple[int, int]) -> None:
    """At half and at a quarter of the size, where sides divide and where they do not, and below what a search needs."""
    width, height = size
    frames = [kept(pixels) for pixels in world.panning(3, 2, width, height)]
    new = made(frames[0], frames[2], 0.5)
    assert new.shape == (height, width, 3)
    if width > 10:
        mixed = cv2.addWeighted(frames[0], 0.5, frames[2], 0.5, 0)
        assert world.psnr(new, frames[1]) > world.psnr(mixed, frames[1]) + 4
    else:
        assert world.psnr(new, frames[1]) > max(world.psnr(frames[0], frames[1]), world.psnr(frames[2], frames[1]))


def test_a_cut_shows_the_nearer_side() -> None:
    one, other = laid(world.moving(1)[0]), laid(world.ground(seed=9)[::-1])
    gap = between.gap(one, other)
    assert gap.cut
    assert np.array_equal(between.at(gap, 0.4), one.samples)
    assert np.array_equal(between.at(gap, 0.6), other.samples)
    assert np.array_equal(between.at(gap, 0.0), one.samples)


def test_threads_make_the_same_frames() -> None:
    frames = [laid(pixels) for pixels in world.moving(7, 3)]
    pairs = list(pairwise(frames))

    def middle(pair: tuple[planes.Frame, planes.Frame]) -> planes.Samples:
        return between.at(between.gap(*pair), 0.5)

    alone = [middle(pair) for pair in pairs]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(middle, pairs))
    assert all(np.array_equal(one, two) for one, two in zip(alone, together, strict=True))
