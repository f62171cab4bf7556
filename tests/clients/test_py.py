"""fal-client, as released and with nothing set, under `gesso exec`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Check


def _check_image(data: dict[str, Any]) -> None:
    image = data["images"][0]
    assert (image["width"], image["height"], image["content_type"]) == (96, 64, "image/png")
    assert data["seed"] == 7


def test_run(py: Check) -> None:
    answer = py("run")
    _check_image(answer["data"])
    assert answer["png"]
    assert answer["data"]["images"][0]["url"].startswith("https://fal.run/files/")


def test_subscribe(py: Check) -> None:
    answer = py("subscribe")
    _check_image(answer["data"])
    assert answer["updates"][-1] == "Completed"


def test_queue(py: Check) -> None:
    answer = py("queue")
    assert answer["first"] in ("Queued", "InProgress", "Completed")
    assert answer["states"][-1] == "Completed"
    assert answer["same_urls"]
    assert answer["late"] == 400
    _check_image(answer["result"])


def test_cancel(py: Check) -> None:
    assert py("cancel")["status"] == 499


def test_stream(py: Check) -> None:
    answer = py("stream")
    assert answer["count"] >= 2
    assert answer["twice"] >= 2
    assert answer["last"]["images"]


def test_upload(py: Check) -> None:
    answer = py("upload")
    assert (answer["text"], answer["from_file"]) == ("hello", "from a file")


@pytest.mark.long
def test_multipart_upload(py: Check) -> None:
    answer = py("upload_large")
    assert answer["bytes"] == answer["size"]
    assert answer["same"]


def test_a_picture_can_be_uploaded_and_used(py: Check) -> None:
    image = py("auto_upload")["images"][0]
    assert (image["width"], image["height"]) == (80, 60)


def test_a_bad_input_is_told_by_field(py: Check) -> None:
    error = py("invalid")
    assert error["status"] == 422
    assert {problem["loc"][-1] for problem in error["body"]["detail"]} == {"prompt", "image_size", "num_images"}


def test_the_asynchronous_client(py: Check) -> None:
    answer = py("asynchronous")
    assert answer["events"][-1] == "Completed"
    assert answer["streamed"] >= 2
    _check_image(answer["result"])
