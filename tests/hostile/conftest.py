"""A running server, and the promises that every refusal of it keeps."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from tests.live import Server

RUN = "/run/fal-ai/flux-1/schnell"
EDIT = "/run/fal-ai/flux-pro/kontext/max"
INPAINT = "/run/fal-ai/flux-kontext-lora/inpaint"
SMALL: dict[str, Any] = {"prompt": "two red apples", "image_size": {"width": 64, "height": 64}}

TELLTALE = re.compile(r"0x[0-9a-f]{6,}|Traceback|site-packages|\.py\b|/(tmp|home|usr|root|work)/|sqlite|PIL\.")
"""What an answer must not let out: addresses, paths, names of the insides."""


class Target:
    """One server under attack."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = httpx2.Client(base_url=server.url, timeout=60, trust_env=False)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> httpx2.Response:
        """Send `body`: bytes and text as they are, everything else as JSON."""
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.http.post(path, content=content, headers={"content-type": "application/json", **(headers or {})})

    def refused(self, reply: httpx2.Response, status: int, error_type: str | None = None, *loc: str | int) -> None:
        """Hold `reply` to the form of a refusal; `loc` is where in the body the first mistake is."""
        assert reply.status_code == status, reply.text[:500]
        assert reply.headers["x-fal-request-id"]
        assert not TELLTALE.search(_own_words(reply.json())), reply.text[:500]
        if error_type is not None:
            detail = reply.json()["detail"][0]
            assert (detail["type"], detail["loc"]) == (error_type, ["body", *loc])
            assert detail["msg"]
            assert detail["url"].endswith(f"#{error_type}")
        assert len(reply.content) < 8_000

    def is_well(self) -> None:
        """A good request works, nothing temporary is left, and rows and files are the same set."""
        good = self.post(RUN, SMALL)
        assert good.status_code == 200, good.text[:500]
        assert self.http.get(good.json()["images"][0]["url"]).status_code == 200
        data = self.server.data_dir
        assert [path for path in (data / "tmp").rglob("*") if path.is_file()] == []
        assert names_in_database(data) == {path.name for path in (data / "files").rglob("*") if path.is_file()}
        assert "Traceback" not in self.server.output()


def _own_words(body: Any) -> str:
    """The body without what the client itself had sent."""
    if isinstance(body, dict):
        return " ".join(
            _own_words(value) for key, value in cast("dict[str, Any]", body).items() if key not in ("input", "url")
        )
    if isinstance(body, list):
        return " ".join(_own_words(value) for value in cast("list[Any]", body))
    return str(body)


def names_in_database(data: Path) -> set[str]:
    """The names of all files that the server knows of."""
    with sqlite3.connect(f"file:{data / 'gesso.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT name FROM files").fetchall()
    database.close()
    return {str(name) for (name,) in rows}


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    server = Server(tmp_path_factory.mktemp("hostile"))
    target = Target(server)
    yield target
    target.http.close()
    server.close()


@pytest.fixture(autouse=True, scope="module")
def aftermath(target: Target) -> Iterator[None]:
    """After each module's attacks the server still serves and has kept nothing of them."""
    yield
    target.is_well()
