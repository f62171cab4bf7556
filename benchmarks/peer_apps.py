"""The HTTP servers that Gesso is held against, each as small as its framework allows, under uvicorn's fastest set-up.

python -m benchmarks.peer_apps raw|fastapi|files PORT [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]


def raw() -> ASGIApp:
    """Bare ASGI: one dict, one write. The limit of the stack."""
    body = b'{"status":"COMPLETED"}'
    headers: Headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    end = {"type": "http.response.body", "body": body}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send(start)
            await send(end)

    return app


def fastapi() -> ASGIApp:
    """See `peer_fastapi`."""
    from benchmarks.peer_fastapi import app

    return app


def files(path: Path) -> ASGIApp:
    """Starlette's `FileResponse` on one route: ETag and Range, no access check."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import FileResponse
    from starlette.routing import Route

    async def one(request: Request) -> FileResponse:
        return FileResponse(path, media_type="image/png")

    return Starlette(routes=[Route("/file", one)])


def serve(app: Any, port: int) -> None:
    """uvicorn with uvloop and httptools, no access log."""
    import uvicorn

    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="error",
        lifespan="off",
    )


def main(kind: str, port: str, path: str = "") -> None:
    """Serve one of them until the process is ended."""
    app = {"raw": raw, "fastapi": fastapi, "files": lambda: files(Path(path))}[kind]()
    serve(app, int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
