"""Videos whose learned parts run frame by frame name them all the same, in a head that is written before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest

from tests.engines.sketch.remake import world

ORDERS: dict[str, dict[str, Any]] = {
    "fal-ai/pixverse/extend/fast": {"prompt": "it goes on", "style": "comic", "resolution": "360p"},
    "fal-ai/luma-dream-machine/ray-2-flash/modify": {"prompt": "a watercolour of a forest", "mode": "reimagine_3"},
    "fal-ai/luma-dream-machine/ray-2-flash/reframe": {"prompt": "a forest in oil paint", "aspect_ratio": "1:1"},
}


@pytest.mark.long
@pytest.mark.parametrize("id_", ORDERS)
def test_every_part_that_ran_is_in_the_head(tmp_path: Path, id_: str) -> None:
    source = world.saved(tmp_path / "source.mp4", [*world.moving(4, 3)], 8)
    result, _ = world.ordered(tmp_path, id_, {"video_url": source}, **ORDERS[id_])
    with av.open(str(result.files["video"][0].path), "r") as file:
        told = file.metadata["Parts"]
    assert result.parts
    assert told.split(", ") == [*dict.fromkeys(result.parts)]
