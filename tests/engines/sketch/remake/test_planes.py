"""Frames in planes: samples that need no conversion stay as they are; everything else comes out upright and BT.709."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from gesso.engines.sketch.remake import planes
from gesso.engines.sketch.video import clips, writer
from tests.engines.sketch.remake import world


def stored(path: Path) -> list[Any]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def shown(samples: planes.Samples) -> world.Pixels:
    frame = VideoFrame.from_ndarray(samples, format="yuv420p")
    frame.colorspace = 1
    return clips.upright(frame)


def test_what_the_writer_made_goes_through_sample_by_sample(tmp_path: Path) -> None:
    path = tmp_path / "own.mp4"
    with writer.Writer(path, (192, 128), 8, texts={}) as out:
        for pixels in world.moving(3):
            out.add(pixels)
    frames = list(planes.frames(world.media(path), Fraction(8)))
    for frame, samples in zip(frames, stored(path), strict=True):
        assert np.array_equal(frame.samples, samples)
    y, u, v = frames[0].planes
    assert (y.shape, u.shape, v.shape) == ((128, 192), (64, 96), (64, 96))
    assert np.shares_memory(v, frames[0].samples)
    assert frames[0].small.shape == (64, 96, 3)


@pytest.mark.parametrize(("codec", "pixel_format"), [("libx264", "yuv420p"), ("libx264", "yuv444p"), ("ffv1", "bgr0")])
def test_other_colours_are_converted(tmp_path: Path, codec: str, pixel_format: str) -> None:
    """The small clip's matrix is BT.601, unsaid, as everywhere below 720 lines."""
    frames = world.moving(2)
    path = world.saved(tmp_path / "clip.mkv", frames, 8, codec=codec, pixel_format=pixel_format)
    for frame, pixels in zip(planes.frames(world.media(path), Fraction(8)), frames, strict=True):
        assert world.apart(shown(frame.samples), pixels) < 4
        assert np.abs(frame.small.mean(axis=(0, 1)) - pixels.mean(axis=(0, 1))).max() < 2


def test_an_odd_side_gets_its_last_row_again(tmp_path: Path) -> None:
    pixels = world.ground(63, 47)
    path = world.saved(tmp_path / "odd.mkv", [pixels], 8, codec="ffv1", pixel_format="bgr0")
    (frame,) = planes.frames(world.media(path), Fraction(8))
    y, u, _ = frame.planes
    assert (y.shape, u.shape) == ((48, 64), (24, 32))
    assert np.abs(y[47].astype(int) - y[46]).max() <= 1
    assert np.abs(y[:, 63].astype(int) - y[:, 62]).max() <= 1


def test_a_size_that_changes_on_the_way_is_the_first_ones(tmp_path: Path) -> None:
    parts = [world.saved(tmp_path / f"{side}.ts", world.moving(3, width=side), 8) for side in (192, 96)]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with av.open(str(path)) as container:
        assert {frame.width for frame in container.decode(video=0)} == {192, 96}
    assert {frame.samples.shape for frame in planes.frames(world.media(path), Fraction(8))} == {(192, 192)}


def test_a_frame_that_stands_is_the_same_object(tmp_path: Path) -> None:
    path = world.saved(tmp_path / "vfr.mkv", world.moving(3), 10, times=[0, 100, 400])
    frames = list(planes.frames(world.media(path), Fraction(10)))
    assert [frame is before for before, frame in pairwise(frames)][:4] == [
        False,
        True,
        True,
        False,
    ]


def test_large_frames_are_looked_at_at_a_quarter() -> None:
    flat = planes.laid(np.full((1080, 1280), 128, np.uint8))
    assert (flat.times, flat.small.shape) == (4, (180, 320, 3))
    odd = planes.laid(np.full((747, 962), 128, np.uint8))
    assert odd.small.shape == (125, 241, 3)
    tiny = planes.laid(np.full((3, 2), 128, np.uint8))
    assert (tiny.times, tiny.small.shape) == (2, (16, 16, 3))
    # Grey of limited range, 128, is 130.4 of full range.
    assert set(np.unique(flat.small)) == {130}
