"""A 256 KiB result file on one core: access rules, ETag and Range, against Starlette's FileResponse.

The file is private: its rules let its owner alone read it, so that every answer has looked at a key and at the rules.
"""

from __future__ import annotations

import json
import os
import urllib.request

from benchmarks.load import get
from benchmarks.processes import folder
from benchmarks.report import Report
from benchmarks.rounds import Subject, run_rounds
from benchmarks.servers import Server, gesso, peer

SIZE = 256 * 1024
PRIVATE = {"default": "hide", "rules": []}
HALF = {"range": f"bytes=0-{SIZE // 2 - 1}"}


def main(rounds: int = 4, seconds: float = 1.5) -> None:
    """The whole file, private and public, and half of it."""
    report = Report("file_get", "GET of a 256 KiB file, one core, 32 connections")
    data = os.urandom(SIZE)
    with folder() as place, gesso("none") as server:
        path = place / "file.png"
        path.write_bytes(data)
        private, public = upload(server, data, private=True), upload(server, data)
        with peer("files", str(path)) as starlette:
            headers = server.headers
            subjects = [
                Subject("FileResponse", starlette, [get("/file")]),
                Subject("private file", server, [get(private, headers)]),
                Subject("public file", server, [get(public)]),
                Subject("FileResponse, half", starlette, [get("/file", HALF)], 206),
                Subject("private file, half of it by Range", server, [get(private, {**headers, **HALF})], 206),
            ]
            results = run_rounds(subjects, rounds=rounds, seconds=seconds, connections=32)
    for subject in (subjects[1], subjects[2], subjects[4]):
        half = subject.status == 206
        theirs = results["FileResponse, half" if half else "FileResponse"]
        report.compare(
            subject.name,
            ours=results[subject.name].rate,
            peer=theirs.rate,
            unit="requests/s",
            against="Starlette FileResponse",
            at_least=None if half else 2.8,
            note=results[subject.name].beside(theirs),
        )
    report.finish()


def upload(server: Server, data: bytes, *, private: bool = False) -> str:
    """Store a file as the Python client does; its path."""
    token = _post(server, "/storage/auth/token", b"{}", {**server.headers, "content-type": "application/json"})
    headers = {"authorization": f"{token['token_type']} {token['token']}", "content-type": "image/png"}
    if private:
        headers["x-fal-object-lifecycle-preference"] = json.dumps({"initial_acl": PRIVATE})
    return "/" + _post(server, "/files/upload", data, headers)["access_url"].split("/", 3)[3]


def _post(server: Server, path: str, body: bytes, headers: dict[str, str]) -> dict[str, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", body, headers)
    with urllib.request.urlopen(request) as response:  # noqa: S310  our own loopback address
        answer: dict[str, str] = json.load(response)
        return answer


if __name__ == "__main__":
    main()
