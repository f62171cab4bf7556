"""One attempt, on the real store of files and the real fetcher, in the calling process."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gesso import catalog
from gesso.blobs.disk import DiskStore
from gesso.blobs.fetch import Fetcher
from gesso.blobs.store import Blobs
from gesso.db.sqlite import SqliteDatabase
from gesso.egress import Egress
from gesso.endpoint import Units, find
from gesso.engines.engine import Context, Made, Result
from gesso.errors import RunnerDied
from gesso.jobs.job import Lifecycle, LogLine, NewJob, Outcome, Preview
from gesso.media import Media
from gesso.runners.execute import Executor, holds_media, media_fields
from gesso.runners.inline import InlinePool
from gesso.runners.worker import task_types
from gesso.settings import Settings
from gesso.shapes import ORIGIN, MediaRule, Size
from gesso.tasks import Control, EditImage, Look, PictureTask, Task, TextToImage
from tests.engines.null import PNG

pytestmark = pytest.mark.anyio

SCHNELL = "fal-ai/flux-1/schnell"
KONTEXT = "fal-ai/flux-pro/kontext/max"
DATA_URI = "data:image/png;base64," + base64.b64encode(PNG).decode()


class Recorder:
    """An engine that makes one-pixel pictures, keeps the tasks it was given, and does what `act` says."""

    name = "recorder"

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.contexts: list[Context] = []
        self.error: BaseException | None = None
        self.previews = 0
        self.pictures: int | None = None
        """How many it makes whatever was asked, writing something else beside them."""
        self.values: dict[str, Any] = {"timings": {"inference": 0.5}, "has_nsfw_concepts": [False]}

    def missing(self, task: type[Task]) -> str | None:
        return None if issubclass(task, PictureTask) else "pictures only"

    def run(self, task: Task, context: Context) -> Result:
        self.tasks.append(task)
        self.contexts.append(context)
        assert isinstance(task, PictureTask)
        context.log("drawing")
        if self.error is not None:
            (context.tmp / "half.png").write_bytes(b"half")
            raise self.error
        for number in range(self.previews):
            context.preview(self.picture(context, "step"), {"seed": number})
        wanted = task.num_images if self.pictures is None else self.pictures
        (context.tmp / "notes").write_bytes(b"not of the result")
        made = [self.picture(context, str(number)) for number in range(wanted)]
        return Result({"images": made}, {"seed": task.seed, **self.values})

    def picture(self, context: Context, name: str) -> Made:
        path = context.tmp / f"{name}.png"
        path.write_bytes(PNG)
        return Made(path, "image/png", {"width": 1, "height": 1, "file_size": 999})


class Desk:
    """An executor with what it needs, and what it has said."""

    def __init__(self, db: SqliteDatabase, settings: Settings) -> None:
        self.settings = settings
        self.blobs = Blobs(db, DiskStore(settings.files_dir, settings.tmp_dir), settings)
        self.engine = Recorder()
        fetcher = Fetcher(settings, Egress(settings), self.blobs)
        self.executor = Executor(self.blobs, fetcher, InlinePool([self.engine]), [self.engine], settings)
        self.lines: list[LogLine] = []
        self.previews: list[Preview] = []

    def job(self, endpoint: str = SCHNELL, lifecycle: Lifecycle | None = None, **raw: Any) -> NewJob:
        return NewJob(
            id=str(uuid.uuid4()),
            endpoint=endpoint,
            owner="ann",
            input=json.dumps({"prompt": "a boat", **raw}).encode(),
            submitted_at=time.time(),
            lifecycle=lifecycle or Lifecycle(),
        )

    async def do(self, endpoint: str = SCHNELL, *, watch: bool = False, **raw: Any) -> tuple[Outcome, Any]:
        on_preview = self.previews.append if watch else None
        outcome = await self.executor.execute(self.job(endpoint, **raw), log=self.lines.append, on_preview=on_preview)
        assert list(self.settings.tmp_dir.iterdir()) == []
        return outcome, json.loads(outcome.body)

    def stored(self) -> list[Path]:
        return [path for path in self.settings.files_dir.rglob("*") if path.is_file()]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    catalog.load()
    db = await SqliteDatabase.open(None)
    desk = Desk(db, Settings(data_dir=tmp_path))
    await desk.blobs.start()
    yield desk
    await db.close()


# ------------------------------------------------------------ what goes well


async def test_a_picture_is_stored_and_described(desk: Desk) -> None:
    outcome, body = await desk.do(seed=7)
    [image] = body["images"]
    [name] = outcome.files
    assert image == {
        "url": f"{ORIGIN}/files/{name}",
        "content_type": "image/png",
        "file_name": name,
        "file_size": len(PNG),
        "width": 1,
        "height": 1,
    }
    blob = await desk.blobs.find(name)
    assert blob is not None
    assert (blob.owner, blob.kind, blob.expires_at) == ("ann", "result", None)
    assert desk.blobs.path(blob).read_bytes() == PNG
    assert (body["seed"], body["prompt"]) == (7, "a boat")


async def test_a_stream_that_makes_one_picture_bills_one(desk: Desk) -> None:
    watched, body = await desk.do("fal-ai/flux-krea-lora/stream", watch=True, num_images=3)
    assert (len(body["images"]), watched.units) == (1, 1.0)
    alone, body = await desk.do("fal-ai/flux-krea-lora/stream", num_images=3)
    assert (len(body["images"]), alone.units) == (3, 3.0)


async def test_units_that_only_the_result_knows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = replace(find(SCHNELL), units=Units(unit="second", measured="duration"))
    monkeypatch.setattr("gesso.runners.execute.find", lambda _: measured)
    desk.engine.values["duration"] = 7.5
    outcome, _ = await desk.do()
    assert outcome.units == 7.5


async def test_a_folder_without_files_is_gone_with_its_work(desk: Desk) -> None:
    desk.engine.pictures = 0
    outcome, body = await desk.do()
    assert (outcome.status, body["images"]) == (200, [])


async def test_the_outcome_says_how_it_went(desk: Desk) -> None:
    outcome, _ = await desk.do()
    assert (outcome.status, outcome.engine, outcome.units) == (200, "recorder", 1.0)
    assert outcome.headers == {}
    assert outcome.started_at is not None
    assert outcome.inference_seconds is not None
    assert 0 <= outcome.inference_seconds <= outcome.ended_at - outcome.started_at
    assert outcome.in_history
    assert [(line.message, line.level) for line in desk.lines] == [("drawing", "INFO")]


async def test_several_pictures_in_their_order(desk: Desk) -> None:
    outcome, body = await desk.do(num_images=3)
    assert tuple(image["file_name"] for image in body["images"]) == outcome.files
    assert len(set(outcome.files)) == 3


async def test_sync_mode_answers_with_bytes_and_keeps_none(desk: Desk) -> None:
    outcome, body = await desk.do(sync_mode=True)
    [image] = body["images"]
    assert image["url"] == DATA_URI
    assert (image["file_size"], image["file_name"], image["content_type"]) == (len(PNG), "0.png", "image/png")
    assert outcome.files == ()
    assert not outcome.in_history
    assert desk.stored() == []


async def test_lifecycle_of_result_files(desk: Desk) -> None:
    acl = {"default": "forbid", "rules": []}
    job = desk.job(lifecycle=Lifecycle(expires_in=60, acl=acl))
    outcome = await desk.executor.execute(job, log=desk.lines.append)
    blob = await desk.blobs.find(outcome.files[0])
    assert blob is not None
    assert blob.expires_at is not None
    assert 0 <= blob.expires_at - (outcome.started_at or 0) - 60 <= outcome.ended_at - (outcome.started_at or 0)
    assert blob.acl == acl
    assert blob.job_id == job.id


# ------------------------------------------------------------ seeds


async def test_an_absent_seed_is_chosen_before_the_engine_runs(desk: Desk) -> None:
    seeds = {(await desk.do())[1]["seed"] for _ in range(4)}
    assert seeds == {task.seed for task in desk.engine.tasks if isinstance(task, TextToImage)}
    assert len(seeds) > 1


async def test_a_given_seed_is_kept_exactly(desk: Desk) -> None:
    assert (await desk.do(seed=2**63 - 1))[1]["seed"] == 2**63 - 1
    assert (await desk.do(seed=0))[1]["seed"] == 0


async def test_seeds_from_the_input(desk: Desk, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, seed="input")
    desk.executor = Executor(
        desk.blobs, Fetcher(settings, Egress(settings), desk.blobs), InlinePool([desk.engine]), [desk.engine], settings
    )
    first, again = (await desk.do(sync_mode=True))[1]["seed"], (await desk.do())[1]["seed"]
    other = (await desk.do(guidance_scale=2.5))[1]["seed"]
    assert first == again != other


# ------------------------------------------------------------ media and previews


async def test_media_are_fetched_into_the_attempts_folder(desk: Desk) -> None:
    outcome, _ = await desk.do(KONTEXT, image_url=DATA_URI)
    assert outcome.status == 200
    [task] = desk.engine.tasks
    assert isinstance(task, EditImage)
    assert task.images[0].file.is_relative_to(desk.settings.tmp_dir)
    assert task.images[0].content_type == "image/png"


async def test_an_unusable_input_names_its_field_and_no_engine(desk: Desk) -> None:
    outcome, body = await desk.do(KONTEXT, image_url="data:image/png;base64,bm90IGEgcGljdHVyZQ==")
    assert (outcome.status, outcome.engine) == (422, None)
    assert body["detail"][0]["loc"] == ["body", "image_url"]
    assert desk.engine.tasks == []


async def test_previews_are_shaped_like_the_output(desk: Desk) -> None:
    desk.engine.previews = 2
    outcome, _ = await desk.do(watch=True, seed=5)
    assert desk.previews[0] == Preview(b"", "recorder"), "who is at it, before there is anything to show"
    shown = [json.loads(preview.body) for preview in desk.previews[1:]]
    assert [body["seed"] for body in shown] == [0, 1]
    assert all(body["images"][0]["url"].startswith(f"{ORIGIN}/files/") for body in shown)
    assert all("timings" not in body for body in shown)
    blob = await desk.blobs.find(shown[0]["images"][0]["file_name"])
    assert blob is not None
    assert blob.kind == "preview"
    assert blob.expires_at is not None
    assert blob.name not in outcome.files


async def test_previews_in_sync_mode_are_data_uris(desk: Desk) -> None:
    desk.engine.previews = 1
    await desk.do(watch=True, sync_mode=True)
    assert json.loads(desk.previews[1].body)["images"][0]["url"] == DATA_URI
    assert desk.stored() == []


async def test_nobody_watches(desk: Desk) -> None:
    desk.engine.previews = 2
    await desk.do()
    assert not desk.engine.contexts[0].options.streaming
    assert len(desk.stored()) == 1


def test_whether_a_task_holds_media() -> None:
    media = Media("https://example.com/a.png", ("image_url",), MediaRule("image"))
    plain = TextToImage(prompt="x", size=Size(8, 8))
    assert media_fields(TextToImage) == ("look",)
    assert not holds_media(plain)
    assert holds_media(replace(plain, look=Look(control=Control("canny", media))))
    assert holds_media(EditImage(images=(media,)))
    assert not holds_media(EditImage(images=()))


def test_every_place_for_media_in_any_task_is_seen() -> None:
    """By the types' source: a field that says `Media`, or a type that holds some, is a field that is looked into."""
    assert len(task_types()) == len({kind.name for kind in task_types()}) == 18
    for kind in task_types():
        for field in fields(kind):
            if "Media" in str(field.type):
                assert field.name in media_fields(kind)


# ------------------------------------------------------------ what goes wrong


async def test_unknown_endpoint(desk: Desk) -> None:
    outcome, body = await desk.do("fal-ai/flux-1/shnell")
    assert (outcome.status, outcome.error_type, outcome.engine) == (404, "not_found", None)
    assert "fal-ai/flux-1/schnell" in body["detail"]


async def test_invalid_input(desk: Desk) -> None:
    outcome, body = await desk.do(num_images=99)
    assert (outcome.status, outcome.error_type) == (422, "less_than_equal")
    assert outcome.headers["x-fal-billable-units"] == "0"
    assert outcome.error == body["detail"][0]["msg"]
    assert desk.lines[-1].level == "ERROR"


async def test_a_task_that_no_engine_serves_is_refused_before_its_media_are_fetched(desk: Desk) -> None:
    outcome, body = await desk.do("fal-ai/video-upscaler", video_url="https://unreachable.invalid/a.mp4")
    assert (outcome.status, outcome.error_type) == (422, "feature_not_supported")
    assert body["detail"][0]["loc"] == ["body"]
    assert "upscale-video" in body["detail"][0]["msg"]


async def test_a_bug_tells_nothing_and_is_logged_with_the_request(desk: Desk) -> None:
    desk.engine.error = ZeroDivisionError("secret of the house")
    with capture_logs() as logs:
        outcome, body = await desk.do()
    assert body == {"detail": "Internal Server Error"}
    assert outcome.headers["x-fal-error-type"] == "internal_error"
    assert (outcome.status, outcome.engine) == (500, "recorder")
    [entry] = [entry for entry in logs if entry["event"] == "request failed"]
    assert entry["request_id"]
    assert "secret" not in repr(desk.lines)


async def test_an_output_that_does_not_fit_leaves_no_file(desk: Desk) -> None:
    desk.engine.values = {"timings": "none"}
    with capture_logs():
        outcome, _ = await desk.do()
    assert outcome.status == 500
    assert desk.stored() == []


@pytest.mark.parametrize("error", [RunnerDied("gone"), asyncio.CancelledError()])
async def test_what_the_worker_decides_on_leaves_nothing_behind(desk: Desk, error: BaseException) -> None:
    desk.engine.error = error
    with pytest.raises(type(error)):
        await desk.do()
    assert list(desk.settings.tmp_dir.iterdir()) == []


async def test_secret_fields_reach_the_engine_from_memory(desk: Desk) -> None:
    job = NewJob(
        id="1", endpoint=SCHNELL, owner="ann", input=b"{}", submitted_at=0.0, secrets={"prompt": "from memory"}
    )
    outcome = await desk.executor.execute(job, log=desk.lines.append)
    assert json.loads(outcome.body)["prompt"] == "from memory"
