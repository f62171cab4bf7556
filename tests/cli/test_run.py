"""`gesso run` and the commands around a request."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.cli.conftest import Gesso

ENDPOINT = "fal-ai/flux-1/schnell"
SMALL = ("--prompt", "two red apples", 'image_size:={"width": 96, "height": 64}', "seed=7")


def test_a_picture_is_written_and_said_where(gesso: Gesso, tmp_path: Path) -> None:
    done = gesso("run", ENDPOINT, *SMALL)
    assert done.code == 0, done.err
    (path,) = done.json["downloaded_files"]
    assert path == f"flux-1-{done.json['request_id'][-8:]}-0.png"
    with Image.open(tmp_path / path) as image:
        assert image.size == (96, 64)
    assert done.json["output"]["seed"] == 7
    assert done.json["engine"] == "sketch"


def test_the_template_names_the_file(gesso: Gesso, tmp_path: Path) -> None:
    done = gesso("run", ENDPOINT, *SMALL, "--num-images", "2", "--download", "out/{app}_{index}.{ext}")
    assert done.code == 0, done.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["flux-1_0.png", "flux-1_1.png"]


def test_streaming_writes_the_final_picture(gesso: Gesso, tmp_path: Path) -> None:
    done = gesso("run", "fal-ai/flux-kontext-lora/text-to-image", *SMALL, "--stream")
    assert done.code == 0, done.err
    assert done.err.count("event") >= 2
    assert (tmp_path / done.json["downloaded_files"][0]).exists()


def test_runs_one_after_the_other_overwrite_no_file_of_each_other(gesso: Gesso, tmp_path: Path) -> None:
    runs = [gesso("run", ENDPOINT, *SMALL) for _ in range(2)]
    runs += [gesso("run", "fal-ai/flux-kontext-lora/text-to-image", *SMALL, "--stream") for _ in range(2)]
    written = {path for done in runs for path in done.json["downloaded_files"]}
    assert len(written) == len(runs)
    assert {path.name for path in tmp_path.glob("*.png")} == written


def test_a_local_file_becomes_an_input(gesso: Gesso, tmp_path: Path) -> None:
    Image.new("RGB", (80, 60), (200, 40, 40)).save(tmp_path / "red.png")
    done = gesso("run", "fal-ai/flux-pro/kontext/max", "--prompt", "make it brighter", "image_url=@red.png")
    assert done.code == 0, done.err
    assert done.json["output"]["images"][0]["width"] == 80


def test_queue_only_then_status_result_and_cancel(gesso: Gesso) -> None:
    request_id = gesso("run", ENDPOINT, *SMALL, "--async").json["request_id"]
    while gesso("status", request_id).json["status"] != "COMPLETED":
        pass
    assert gesso("status", request_id, "--logs").json["logs"]
    assert gesso("result", request_id).json["seed"] == 7
    late = gesso("cancel", request_id)
    assert late.code == 1


def test_a_bad_input_says_which_field(gesso: Gesso) -> None:
    done = gesso("run", ENDPOINT, "prompt=x", "image_size=huge")
    assert done.code == 1
    assert "image_size" in done.err
    assert done.json["error"]["type"] == "one_of"


def test_a_wrong_type_is_a_usage_error(gesso: Gesso) -> None:
    done = gesso("run", ENDPOINT, "--num-images", "many")
    assert done.code == 2
    assert "--num-images" in done.err


def test_an_unknown_endpoint_names_its_neighbours(gesso: Gesso) -> None:
    done = gesso("run", "fal-ai/flux-1/schnel", "--prompt", "x")
    assert done.code == 4
    assert ENDPOINT in done.err


def test_an_unknown_request_is_not_found(gesso: Gesso) -> None:
    assert gesso("status", "00000000-0000-0000-0000-000000000000").code == 4


def test_a_dead_server_is_unreachable(gesso: Gesso) -> None:
    assert gesso("status", "x", "--url", "http://127.0.0.1:9").code == 7


def test_upload_prints_the_urls(gesso: Gesso, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (url,) = gesso("upload", "a.txt").json["urls"]
    assert url.endswith(".txt")


def test_the_manual_of_an_endpoint_is_made_from_its_input(gesso: Gesso) -> None:
    done = gesso("run", "fal-ai/wan-vace-14b", "--help")
    assert done.code == 0
    for word in ("--task", "[depth|pose|inpainting|outpainting|reframe]", "--frames-per-second", "--no-preprocess"):
        assert word in done.out


def test_without_a_server_one_is_started_for_the_command(gesso: Gesso, tmp_path: Path) -> None:
    done = gesso("run", ENDPOINT, *SMALL, GESSO_DATA_DIR=str(tmp_path / "data"), GESSO_PORT="9")
    assert done.code == 0, done.err
    assert "starting one" in done.err
    assert (tmp_path / done.json["downloaded_files"][0]).exists()
