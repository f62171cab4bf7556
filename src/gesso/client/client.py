"""The synchronous client: `Client("http://127.0.0.1:4747").subscribe("fal-ai/flux-1/schnell", {"prompt": ...})`.

A thin shell: `protocol` says what to send and how to read it, this module sends. fal's own clients work against Gesso
unmodified; this one exists for the command line and for programs that want no other dependency.
"""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_to_bytes

import httpx2

from gesso.client import protocol
from gesso.client.protocol import Answer, Request

_CHUNK = 1024 * 1024


class Client:
    """Talks to one Gesso server. Raises `protocol.ClientError` for errors, `httpx2.TransportError` when unreachable."""

    def __init__(self, url: str, key: str = "local", *, timeout: float | None = None) -> None:
        headers = {"authorization": f"Key {key}"}
        # The environment's proxies are for the outside world; `gesso exec` even points them back at Gesso.
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False)
        self.streamed: Mapping[str, str] = {}
        """Headers of the last stream: `x-gesso-engine`, `x-fal-request-id`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, request: Request) -> Any:
        """Send one request; the body of its answer."""
        return protocol.read(self.answer(request))

    def answer(self, request: Request) -> Answer:
        """Send one request; its whole answer, good or bad."""
        return _answer(self._http.request(request.method, request.path, **_sent(request)))

    def get(self, path: str, **params: str) -> Any:
        """GET any JSON route."""
        return self.call(Request("GET", path, params=params))

    def run(self, endpoint: str, arguments: Mapping[str, Any]) -> Any:
        """Run at once and wait for the output."""
        return self.call(protocol.run(endpoint, arguments))

    def submit(self, endpoint: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Queue a request; the answer has `request_id` and its URLs."""
        return self.call(protocol.submit(endpoint, arguments))

    def subscribe(
        self,
        endpoint: str,
        arguments: Mapping[str, Any],
        on_update: Callable[[dict[str, Any]], None] | None = None,
    ) -> Any:
        """Queue a request, follow it, and return its output."""
        request_id = self.submit(endpoint, arguments)["request_id"]
        for update in self.follow(endpoint, request_id):
            if on_update is not None:
                on_update(update)
        return self.result(endpoint, request_id)

    def follow(self, endpoint: str, request_id: str) -> Iterator[dict[str, Any]]:
        """Status events until the request is finished."""
        return self._events(protocol.status_stream(app_of(endpoint), request_id))

    def stream(self, endpoint: str, arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Run at once; outputs as they grow, the final one last."""
        return self._events(protocol.stream(endpoint, arguments))

    def status(self, endpoint: str, request_id: str, *, logs: bool = False) -> dict[str, Any]:
        """Where a request stands."""
        return self.call(protocol.status(app_of(endpoint), request_id, logs=logs))

    def result(self, endpoint: str, request_id: str) -> Any:
        """The output of a finished request."""
        return self.call(protocol.result(app_of(endpoint), request_id))

    def cancel(self, endpoint: str, request_id: str) -> dict[str, Any]:
        """Ask for a request's end."""
        return self.call(protocol.cancel(app_of(endpoint), request_id))

    def upload(self, path: Path) -> str:
        """Store a local file on the server; its URL."""
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        places = self.call(protocol.upload(path.name, kind))
        with path.open("rb") as file:
            request = self._request("PUT", places["upload_url"], content=file, headers={"content-type": kind})
            response = self._http.send(request)
        protocol.read(_answer(response))
        return places["file_url"]

    def download(self, url: str, to: Path) -> None:
        """Write the file at `url` (or the data URI) to `to`; nothing is there where that fails."""
        if url.startswith("data:"):
            to.write_bytes(_data_uri(url))
            return
        response = self._http.send(self._request("GET", url), stream=True)
        try:
            if response.status_code != 200:
                response.read()
                raise protocol.ClientError(_answer(response))
            _write(response, to)
        finally:
            response.close()

    def _request(self, method: str, url: str, **more: Any) -> httpx2.Request:
        """A request to a URL that an answer named: our key goes to the server that it is for, and to no other."""
        request = self._http.build_request(method, url, **more)
        if _origin(request.url) != _origin(self._http.base_url):
            del request.headers["authorization"]
        return request

    def _events(self, request: Request) -> Iterator[dict[str, Any]]:
        with self._http.stream(request.method, request.path, **_sent(request)) as response:
            if response.status_code >= 400:
                response.read()
                protocol.read(_answer(response))
            self.streamed = response.headers
            yield from protocol.events(response.iter_lines())


def app_of(endpoint: str) -> str:
    """`owner/alias` of an endpoint id: what its request URLs carry."""
    return "/".join(endpoint.split("/")[:2])


def _sent(request: Request) -> dict[str, Any]:
    """What goes with a request's method and path."""
    content = request.content
    headers = dict(request.headers) if content is None else {"content-type": "application/json", **request.headers}
    return {"content": content, "headers": headers, "params": request.params}


def _answer(response: httpx2.Response) -> Answer:
    is_json = "json" in response.headers.get("content-type", "")
    body = response.json() if is_json and response.content else response.text
    return Answer(response.status_code, response.headers, body)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _write(response: httpx2.Response, to: Path) -> None:
    with to.open("wb") as file:
        try:
            for chunk in response.iter_bytes(_CHUNK):
                file.write(chunk)
        except BaseException:
            to.unlink()
            raise


def _data_uri(url: str) -> bytes:
    head, _, data = url.partition(",")
    return base64.b64decode(data) if head.endswith(";base64") else unquote_to_bytes(data)
