"""@fal-ai/client, as released, against a real server: by its `proxyUrl` setting, and untouched under `gesso exec`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Check


def _check_image(data: dict[str, Any]) -> None:
    image = data["images"][0]
    assert (image["width"], image["height"]) == (96, 64)
    assert image["content_type"] == "image/png"
    assert image["file_size"] > 100
    assert data["seed"] == 7
    assert data["prompt"] == "two red apples"


def test_run(js: Check) -> None:
    answer = js("run")
    _check_image(answer["data"])
    assert answer["png"]
    assert answer["requestId"]


def test_subscribe_by_polling(js: Check) -> None:
    answer = js("subscribe_polling")
    _check_image(answer["data"])
    assert answer["states"][-1] == "COMPLETED"
    assert answer["logs"]


def test_subscribe_by_streaming(js: Check) -> None:
    answer = js("subscribe_streaming")
    _check_image(answer["data"])
    assert answer["states"][-1] == "COMPLETED"


def test_queue(js: Check) -> None:
    answer = js("queue")
    assert answer["submitted"]["status"] == "IN_QUEUE"
    assert answer["status"]["status"] == "COMPLETED"
    assert answer["status"]["metrics"]["inference_time"] > 0
    _check_image(answer["result"]["data"])
    assert answer["late"]["status"] == 400
    assert answer["late"]["body"]["status"] == "ALREADY_COMPLETED"


def test_cancel(js: Check) -> None:
    answer = js("cancel")
    assert answer["result"]["status"] == 499
    assert answer["status"]["status"] == "COMPLETED"
    assert answer["status"]["error_type"] == "client_cancelled"


def test_stream(js: Check) -> None:
    answer = js("stream")
    assert answer["count"] >= 2
    assert answer["last"] == answer["done"]
    assert answer["last"]["images"]


def test_upload(js: Check) -> None:
    assert js("upload")["text"] == "hello"


@pytest.mark.long
def test_multipart_upload(js: Check) -> None:
    answer = js("upload_large")
    assert answer["bytes"] == answer["size"]
    assert answer["wrong"] == 0


def test_binary_inputs_are_uploaded(js: Check) -> None:
    answer = js("auto_upload")
    image = answer["data"]["images"][0]
    assert answer["png"]
    assert (image["width"], image["height"]) == (96, 64)


def test_a_bad_input_is_a_validation_error(js: Check) -> None:
    error = js("invalid")
    assert (error["name"], error["status"]) == ("ValidationError", 422)
    found = {(problem["loc"][-1], problem["type"]) for problem in error["fieldErrors"]}
    assert found == {("prompt", "missing"), ("image_size", "one_of"), ("num_images", "greater_than_equal")}


def test_an_unknown_endpoint_names_its_neighbours(js: Check) -> None:
    error = js("unknown_endpoint")
    assert error["status"] == 404
    assert "fal-ai/flux-1/schnell" in error["body"]["detail"]
