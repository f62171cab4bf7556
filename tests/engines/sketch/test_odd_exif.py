"""EXIF of a size that no camera writes: the first segments count, very many are refused before they cost time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gesso.engines.sketch import pictures
from gesso.errors import InputError
from gesso.media import Media
from gesso.shapes import MediaRule
from tests.media import odd_pictures


def _given(data: bytes, folder: Path) -> Media:
    path = folder / "given.jpeg"
    path.write_bytes(data)
    return Media("https://example.com/given.jpeg", ("image_url",), MediaRule("image"), path)


@pytest.mark.parametrize("segments", [0, 1, pictures.MAX_EXIF - 1])
def test_a_picture_with_some_exif_is_set_upright(tmp_path: Path, segments: int) -> None:
    read = pictures.read(_given(odd_pictures.with_exif(6, segments), tmp_path))
    upright = np.asarray(odd_pictures.photo())
    assert read.shape == upright.shape
    assert np.abs(read.astype(int) - upright).mean() < 3


@pytest.mark.parametrize("megabytes", [2, 40])
def test_a_picture_of_exif_is_refused(tmp_path: Path, megabytes: int) -> None:
    with pytest.raises(InputError) as caught:
        pictures.read(_given(odd_pictures.with_exif(6, megabytes * 16), tmp_path))
    problem = caught.value.problems[0]
    assert (problem.loc, problem.type) == (("body", "image_url"), "image_load_error")
    assert "EXIF" in problem.msg
