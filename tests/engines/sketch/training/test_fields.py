"""Every field of the three trainers does what its description says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engines.sketch.training.sets import ENDPOINTS, Training, clip, pictures

FACTS = json.loads((Path(__file__).parents[3] / "fixtures" / "endpoints.json").read_text())


class Desk:
    def __init__(self, tmp: Path, endpoint: str) -> None:
        self.tmp, self.endpoint, self._count = tmp, endpoint, 0

    def train(self, files: Mapping[str, bytes] | None = None, **fields: Any) -> Training:
        self._count += 1
        return Training(files or pictures(), self.tmp / str(self._count), self.endpoint, **fields)


def size(done: Training) -> float:
    """How far the adapters moved from doing nothing."""
    return float(np.sqrt(sum((value**2).sum() for name, value in done.tensors().items() if "lora_B" in name)))


def training_data_url(desk: Desk) -> None:
    red = desk.train(pictures(colours=((220, 30, 30), (250, 200, 190))))
    green = desk.train(pictures(colours=((20, 140, 40), (10, 60, 20)), noise=25))
    for done, channel in ((red, 0), (green, 1)):
        palette = np.array(done.look["palette"])
        assert palette.shape == (6, 3)
        assert (palette[:2].argmax(axis=1) == channel).all()
    assert green.look["texture"]["grain"] > red.look["texture"]["grain"] + 0.2
    assert all(0 <= value <= 1 for done in (red, green) for value in done.look["texture"].values())
    assert any((value != green.tensors()[name]).any() for name, value in red.tensors().items())


def number_of_steps(desk: Desk) -> None:
    few, many = desk.train(number_of_steps=2), desk.train(number_of_steps=12)
    assert [len(done.config["loss"]) for done in (few, many)] == [2, 12]
    assert size(few) < size(many)
    assert "step 12/12: loss" in many.log
    assert few.config["loss"][0] != few.config["loss"][1]


def learning_rate(desk: Desk) -> None:
    sizes = [size(desk.train(learning_rate=rate)) for rate in (1e-5, 1e-4, 1e-3)]
    assert sizes[1] == pytest.approx(10 * sizes[0], rel=0.05)
    assert sizes[2] == pytest.approx(10 * sizes[1], rel=0.05)


def trigger_phrase(desk: Desk) -> None:
    without, given = desk.train(), desk.train(trigger_phrase="Nkwsh Ink")
    assert {one["caption"] for one in given.config["examples"]} == {"nkwsh ink"}
    assert given.header["__metadata__"]["gesso.trigger"] == "Nkwsh Ink"
    assert any((value != without.tensors()[name]).any() for name, value in given.tensors().items())


def auto_scale_input(desk: Desk) -> None:
    files = {"a.mp4": clip(12, 12), "b.mp4": clip(30, 12)}
    own, scaled = desk.train(files), desk.train(files, auto_scale_input=True)
    assert [one["frames"] for one in own.config["examples"]] == [13, 37]  # 1 and 2.5 seconds at 16 per second, 4 n + 1
    assert scaled.config["frames"] == [81]
    assert scaled.config["fps"] == 16


CHECKS: Mapping[str, Callable[[Desk], None]] = {
    "training_data_url": training_data_url,
    "number_of_steps": number_of_steps,
    "learning_rate": learning_rate,
    "trigger_phrase": trigger_phrase,
    "auto_scale_input": auto_scale_input,
}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_field_of_the_contract_is_in_the_table(endpoint: str):
    assert set(CHECKS) == {*FACTS[endpoint]["input"], *FACTS[endpoint].get("newer_fields", {})}


@pytest.mark.parametrize("name", CHECKS)
def test_field(name: str, tmp_path: Path):
    CHECKS[name](Desk(tmp_path, ENDPOINTS[0]))


@pytest.mark.long
@pytest.mark.parametrize("endpoint", ENDPOINTS[1:])
@pytest.mark.parametrize("name", CHECKS)
def test_field_of_the_larger_models(name: str, endpoint: str, tmp_path: Path):
    CHECKS[name](Desk(tmp_path, endpoint))


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_output_is_the_contracts(endpoint: str, tmp_path: Path):
    done = Training(pictures(), tmp_path, endpoint)
    assert set(done.result.files) == set(FACTS[endpoint]["output"])
    assert [done.result.files[name][0].facts["file_name"] for name in ("lora_file", "config_file")] == [
        "lora.safetensors",
        "config.json",
    ]


def test_the_bases_differ_in_what_is_trained(tmp_path: Path):
    configs = {endpoint: Training(pictures(), tmp_path / endpoint[-4:], endpoint) for endpoint in ENDPOINTS}
    repos = [done.config["base_model"] for done in configs.values()]
    assert len(set(repos)) == 3
    i2v = configs["fal-ai/wan-trainer/i2v-720p"]
    assert "attn2.add_k_proj" in i2v.config["target_modules"]
    assert "attn2.add_k_proj" not in configs["fal-ai/wan-trainer/t2v"].config["target_modules"]
    assert [done.config["flow_shift"] for done in configs.values()] == [3.0, 3.0, 5.0]


def test_names_and_shapes_are_those_of_a_wan_lora(tmp_path: Path):
    done = Training(pictures(), tmp_path)
    tensors = done.tensors()
    assert tensors["transformer.blocks.0.attn1.to_q.lora_A.weight"].shape == (8, 64)
    assert tensors["transformer.blocks.1.ffn.net.0.proj.lora_B.weight"].shape == (128, 8)
    assert {name.rsplit(".", 2)[1] for name in tensors} == {"lora_A", "lora_B"}
    assert done.header["__metadata__"]["software"] == "Gesso"
    assert done.header["__metadata__"]["endpoint"] == "fal-ai/example/train"


def test_the_same_order_gives_the_same_bytes(tmp_path: Path):
    files = {"a.mp4": clip(9), **pictures(2)}
    sums = [
        [
            hashlib.sha256(one[0].path.read_bytes()).hexdigest()
            for one in Training(files, tmp_path / name).result.files.values()
        ]
        for name in ("a", "b")
    ]
    assert sums[0] == sums[1]


def test_progress_only_grows(tmp_path: Path):
    told = Training(pictures(), tmp_path, number_of_steps=30).context.told
    assert told == sorted(told)
    assert told[-1] == 1


def test_hundreds_of_steps_lower_the_loss(tmp_path: Path):
    done = Training(pictures(6), tmp_path, number_of_steps=150, learning_rate=2e-3)
    assert done.config["loss_after"] < 0.95 * done.config["loss_before"]
