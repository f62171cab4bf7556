"""Every field of the three trainers does what its description says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gesso.engines.sketch.training import examples
from tests.engines.sketch.training.sets import ENDPOINTS, Training, clip, picture, pictures

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
    small, large = (desk.train(learning_rate=rate, number_of_steps=20) for rate in (1e-6, 1e-5))
    assert size(large) == pytest.approx(10 * size(small), rel=0.1)
    usual = desk.train(number_of_steps=20)
    fallen = [1 - done.config["loss_after"] / done.config["loss_before"] for done in (small, large, usual)]
    assert fallen == sorted(fallen)
    assert fallen[2] > 0.1 > 10 * fallen[0]


def trigger_phrase(desk: Desk) -> None:
    without, given = desk.train(), desk.train(trigger_phrase="Nkwsh Ink")
    assert {one["caption"] for one in given.config["examples"]} == {"nkwsh ink"}
    assert given.header["__metadata__"]["gesso.trigger"] == "Nkwsh Ink"
    assert any((value != without.tensors()[name]).any() for name, value in given.tensors().items())
    learned = desk.train(trigger_phrase="nkwsh ink", number_of_steps=150).config
    before, after, held_back = (learned[name] for name in ("loss_before", "loss_after", "loss_after_without_captions"))
    assert before - held_back < 0.9 * (before - after)  # without its words the network does worse


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


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examples, "PICTURE_AREA", 64 * 64)
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Training]:
    """The same order to each endpoint."""
    return {endpoint: Training(pictures(), tmp_path_factory.mktemp("trained"), endpoint) for endpoint in ENDPOINTS}


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
def test_the_output_is_the_contracts(endpoint: str, trained: Mapping[str, Training]):
    done = trained[endpoint]
    assert set(done.result.files) == set(FACTS[endpoint]["output"])
    assert [done.result.files[name][0].facts["file_name"] for name in ("lora_file", "config_file")] == [
        "lora.safetensors",
        "config.json",
    ]


def test_the_bases_differ_in_what_is_trained(trained: Mapping[str, Training]):
    configs = {endpoint: done.config for endpoint, done in trained.items()}
    repos = [config["base_model"] for config in configs.values()]
    assert len(set(repos)) == 3
    i2v = configs["fal-ai/wan-trainer/i2v-720p"]
    assert "attn2.add_k_proj" in i2v["target_modules"]
    assert "attn2.add_k_proj" not in configs["fal-ai/wan-trainer/t2v"]["target_modules"]
    assert [config["flow_shift"] for config in configs.values()] == [3.0, 3.0, 5.0]


def test_names_and_shapes_are_those_of_a_wan_lora(trained: Mapping[str, Training]):
    done = trained[ENDPOINTS[0]]
    tensors = done.tensors()
    assert tensors["transformer.blocks.0.attn1.to_q.lora_A.weight"].shape == (16, 64)
    assert tensors["transformer.blocks.1.ffn.net.0.proj.lora_B.weight"].shape == (128, 16)
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


def test_the_loss_on_fixed_noise_falls_and_falls(tmp_path: Path):
    done = Training(pictures(10), tmp_path, number_of_steps=150)
    steps, losses = zip(*done.config["loss_on_fixed_noise"], strict=True)
    assert (steps[0], steps[-1]) == (0, 150)
    assert (losses[0], losses[-1]) == (done.config["loss_before"], done.config["loss_after"])
    assert losses[-1] < 0.75 * losses[0]
    thirds = [float(np.mean(losses[i : i + 5])) for i in (0, 5, 10)]
    assert thirds == sorted(thirds, reverse=True)
    assert "step 150/150: loss" in done.log


def test_captions_that_tell_examples_apart_lower_the_loss(tmp_path: Path):
    shown = {
        f"{name}{i}": picture(i, colours=(colour, colour))
        for name, colour in (("a", (230, 60, 40)), ("b", (20, 60, 200)))
        for i in range(3)
    }
    files = {f"{name}.png": data for name, data in shown.items()}
    told = {f"{name}.txt": b"a red sheet" if name[0] == "a" else b"the blue sea" for name in shown}
    without, given = (
        Training(every, tmp_path / str(len(every)), number_of_steps=80).config for every in (files, files | told)
    )
    assert given["loss_after"] < 0.95 * without["loss_after"]
    assert given["loss_after"] < given["loss_after_without_captions"]
