"""LoRAs and styles of one's own: what is read from files, and what nonsense in them comes to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.endpoint import LORA_RULE, lora_at
from gesso.engines.sketch.style import adapters
from gesso.errors import InputError
from gesso.media import Media
from gesso.tasks import Look, Lora

LOOK = {"palette": [[10, 20, 30], [200, 100, 50]], "texture": {"grain": 0.1, "contrast": 0.7, "edge": 1}}


def written(path: Path, header: Any, rest: bytes = b"") -> Path:
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(data).to_bytes(8, "little") + data + rest)
    return path


def test_an_own_file_says_its_look(tmp_path: Path) -> None:
    path = written(tmp_path / "a.safetensors", {"__metadata__": {"gesso.look": json.dumps(LOOK)}})
    assert adapters.read_look(path) == adapters.Trained(((10, 20, 30), (200, 100, 50)), 0.1, 0.7, 1.0, own=True)


def test_a_foreign_file_has_a_look_of_its_bytes(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{name}.safetensors", {"a": {}}, name[:1].encode()) for name in ("x", "y", "xx")]
    one, two, again = (adapters.read_look(path) for path in files)
    assert one == again != two
    assert not one.own
    assert len(one.palette) == 5
    assert all(0 <= value <= 1 for value in (one.grain, one.contrast, one.edge))


@pytest.mark.parametrize(
    "look",
    [
        "no json", "[]", "{}", '{"palette": 5, "texture": {}}',
        json.dumps({**LOOK, "palette": [[1, 2]]}),
        json.dumps({**LOOK, "palette": [[1, 2, 999]]}),
        json.dumps({**LOOK, "texture": {"grain": 7, "contrast": 0, "edge": 0}}),
        json.dumps(LOOK).replace("0.1", "NaN"),
        "[" * 3000,
    ],
)  # fmt: skip
def test_a_broken_look_is_named(tmp_path: Path, look: str) -> None:
    path = written(tmp_path / "a.safetensors", {"__metadata__": {"gesso.look": look}})
    with pytest.raises(ValueError, match=adapters.KEY):
        adapters.read_look(path)


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 8, b"\xff" * 30, b"\x05" + b"\x00" * 7 + b"[1,2]", b"\x02" + b"\x00" * 7]
)
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="header"):
        adapters.read_look(path)


def test_an_unusable_lora_is_an_error_of_its_field(tmp_path: Path) -> None:
    path = written(tmp_path / "a.safetensors", {"__metadata__": {"gesso.look": "{}"}})
    media = Media("https://example.com/a", ("loras", 2, "path"), LORA_RULE, path)
    look = Look(loras=(Lora(media.url, file=media),))
    with pytest.raises(InputError) as caught:
        adapters.added(np.zeros((4, 4, 3), np.uint8), look, np.random.default_rng(0), print)
    assert caught.value.problems[0].loc == ("body", "loras", 2, "path")


def test_only_urls_are_fetched() -> None:
    for path in ("https://example.com/a", "http://127.0.0.1/files/a", "data:application/octet-stream;base64,AA"):
        file = lora_at(path, ("loras", 0, "path")).file
        assert file is not None
        assert (file.url, file.rule.kind) == (path, "weights")
    for path in ("owner/name", "", "/etc/passwd", "file:///etc/passwd"):
        assert lora_at(path, ("loras", 0, "path")).file is None


def test_dressing_is_monotone_and_endless_scales_are_bounded() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (40, 50, 3)).astype(np.uint8)
    look = adapters.derived("x")
    away = [
        np.abs(adapters.dress(pixels, look, scale, np.random.default_rng(1)).astype(int) - pixels).mean()
        for scale in (0, 0.3, 0.8, 1.5)
    ]
    assert away[0] == 0
    assert away == sorted(away)
    huge = [adapters.dress(pixels, look, scale, np.random.default_rng(1)) for scale in (1.6, 1e30)]
    assert np.array_equal(huge[0], huge[1])
