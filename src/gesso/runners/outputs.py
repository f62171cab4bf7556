"""From the files an engine has written to what the endpoint answers: stored, described, and fitted to its output."""

from __future__ import annotations

import asyncio
import base64
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import structlog
from pydantic_core import to_json

from gesso.blobs.store import Blobs, Kind
from gesso.endpoint import Endpoint
from gesso.engines.engine import Made, Result
from gesso.jobs.job import NewJob, Preview
from gesso.runners.work import Previewed
from gesso.shapes import EXTENSIONS, ORIGIN
from gesso.tasks import Task

log = structlog.get_logger(__name__)


class Outputs:
    """The files of one attempt. What it has stored is deleted again by `discard` where the attempt comes to nothing."""

    def __init__(self, blobs: Blobs, endpoint: Endpoint, job: NewJob, task: Task, *, inline: bool) -> None:
        self._blobs = blobs
        self._endpoint = endpoint
        self._job = job
        self._known = {name: getattr(task, name) for name in ("seed", "prompt") if hasattr(task, name)}
        self.inline = inline
        """`sync_mode`: the bytes themselves as data URIs, nothing kept."""
        self.stored: list[str] = []
        """Names of the stored result files."""

    async def answer(self, result: Result, now: float) -> tuple[bytes, Mapping[str, Any]]:
        """The endpoint's output as JSON, and the values it was made of."""
        values = {**self._known, **await self._files(result.files, now), **result.values}
        output = self._endpoint.output.model_validate(values)
        return to_json(output, inf_nan_mode="null"), values

    async def preview(self, event: Previewed) -> Preview:
        """An intermediate picture in the form of the endpoint's output, of which it has what is known by now."""
        file = await self._describe(event.made, "preview", None)
        values = {**self._known, "images": [file], "image": file, **event.values}
        fields = self._endpoint.output.model_fields
        return Preview(to_json({name: values[name] for name in fields if name in values}, inf_nan_mode="null"))

    async def discard(self) -> None:
        """Delete what was stored: nobody will be told of it."""
        for name in self.stored:
            await self._blobs.delete(name)
        self.stored.clear()

    async def _files(self, files: Mapping[str, Sequence[Made]], now: float) -> dict[str, Any]:
        keep = self._job.lifecycle.expires_in
        expires_at = None if keep is None else now + keep
        values: dict[str, Any] = {}
        stored: dict[Path, dict[str, Any]] = {}  # a file may have two names, but is moved into the store once
        for name, several in files.items():
            for made in several:
                if made.path not in stored:
                    stored[made.path] = await self._describe(made, "result", expires_at)
            described = [stored[made.path] for made in several]
            if described and not self._is_list(name):
                values[name] = described[0]
            else:
                values[name] = described
        if values.get("images"):
            values["image"] = values["images"][0]
        return _nested(values)

    def _is_list(self, name: str) -> bool:
        field = self._endpoint.output.model_fields.get(name)
        return name == "images" or (field is not None and typing.get_origin(field.annotation) is list)

    async def _describe(self, made: Made, kind: Kind, expires_at: float | None) -> dict[str, Any]:
        """The file's own fields, true of its bytes, and what the engine measured."""
        if self.inline:
            return await asyncio.to_thread(_data_uri, made)
        blob = await self._blobs.put(
            made.path,
            owner=self._job.owner,
            content_type=made.content_type,
            kind=kind,
            file_name=made.facts.get("file_name"),
            expires_at=expires_at,
            acl=None if self._job.lifecycle.acl is None else dict(self._job.lifecycle.acl),
            job_id=self._job.id,
        )
        if kind == "result":
            self.stored.append(blob.name)
        own = {
            "url": f"{ORIGIN}/files/{blob.name}",
            "content_type": blob.content_type,
            "file_name": blob.file_name or blob.name,
            "file_size": blob.size,
        }
        return {**made.facts, **own}


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted names as objects in objects; a number is a place in a list: `texture_urls.0.base_color`."""
    out: dict[str, Any] = {}
    for name, value in values.items():
        *way, last = name.split(".")
        inner = out
        for step in way:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return {name: _listed(value) for name, value in out.items()}


def _listed(value: object) -> object:
    """The list that an object with numbers for names stands for."""
    if not isinstance(value, dict):
        return value
    inside = cast("dict[str, Any]", value)
    return list(inside.values()) if inside and all(name.isdigit() for name in inside) else inside


def _data_uri(made: Made) -> dict[str, Any]:
    data = made.path.read_bytes()
    own = {
        "url": f"data:{made.content_type};base64,{base64.b64encode(data).decode()}",
        "content_type": made.content_type,
        "file_name": _name(made.path, made.content_type),
        "file_size": len(data),
    }
    return {**made.facts, **own}


def _name(path: Path, content_type: str) -> str:
    extension = EXTENSIONS.get(content_type)
    return path.with_suffix(f".{extension}").name if extension else path.name


class Previews:
    """Sends an attempt's previews on in their order, while the engine goes on."""

    def __init__(self, outputs: Outputs, send: typing.Callable[[Preview], None] | None) -> None:
        self._outputs = outputs
        self._send = send
        self._last: asyncio.Task[None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether anybody watches."""
        return self._send is not None

    def add(self, event: Previewed) -> None:
        """Take one that the engine has just written."""
        if self._send is not None:
            self._last = asyncio.get_running_loop().create_task(self._forward(event, self._last, self._send))

    async def _forward(
        self, event: Previewed, before: asyncio.Task[None] | None, send: typing.Callable[[Preview], None]
    ) -> None:
        if before is not None:
            await before
        try:
            send(await self._outputs.preview(event))
        except Exception:
            # The result matters more than a look at it on the way.
            log.exception("a preview was lost")

    async def settled(self) -> None:
        """Return when all have been sent."""
        if self._last is not None:
            await self._last

    async def drop(self) -> None:
        """Send no more."""
        self._send = None
        if self._last is not None and not self._last.done():
            self._last.cancel()
            await asyncio.wait([self._last])
