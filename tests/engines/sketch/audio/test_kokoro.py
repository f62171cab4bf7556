"""Kokoro's voices: the loading of a network in four parts, made tiny here, and the names that lead to a voice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from gesso.engines.sketch.audio import kokoro, measure, speech, vocoder, voices
from tests.engines.sketch.audio.studio import film, heard, order, presenter

TEXT = "We are on our way home now."
HOP = 1200
"""Samples that the tiny network makes of each token."""


def tiny() -> bytes:
    """A network with Kokoro's inputs: a sine of 200 Hz times one plus the style's first value, HOP samples a token."""
    nodes = [
        helper.make_node("Shape", ["tokens"], ["shape"]),
        helper.make_node("Gather", ["shape", "one"], ["count"]),
        helper.make_node("Mul", ["count", "hop"], ["length"]),
        helper.make_node("Range", ["zero", "length", "one"], ["steps"]),
        helper.make_node("Cast", ["steps"], ["time"], to=TensorProto.FLOAT),
        helper.make_node("Slice", ["style", "first", "second", "axis"], ["lead"]),
        helper.make_node("Add", ["lead", "unit"], ["times"]),
        helper.make_node("Mul", ["times", "turn"], ["pace"]),
        helper.make_node("Mul", ["pace", "speed"], ["rate"]),
        helper.make_node("Mul", ["time", "rate"], ["angle"]),
        helper.make_node("Sin", ["angle"], ["wave"]),
        helper.make_node("Squeeze", ["wave", "rows"], ["audio"]),
    ]
    whole = {"zero": 0, "one": 1, "hop": HOP}
    lists = {"first": [0], "second": [1], "axis": [1], "rows": [0]}
    constants = [helper.make_tensor(name, TensorProto.INT64, [], [value]) for name, value in whole.items()]
    constants += [helper.make_tensor(name, TensorProto.INT64, [1], value) for name, value in lists.items()]
    constants += [
        helper.make_tensor("unit", TensorProto.FLOAT, [], [1.0]),
        helper.make_tensor("turn", TensorProto.FLOAT, [], [2 * np.pi * 200 / kokoro.RATE]),
    ]
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    outputs = [helper.make_tensor_value_info("audio", TensorProto.FLOAT, ["length"])]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model: Any = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


@pytest.fixture
def extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The four packages as they lie when installed, with the tiny network cut among them."""
    data = tiny()
    quarter = len(data) // 4 + 1
    for number, name in enumerate(kokoro.PACKAGES):
        folder = tmp_path / "packages" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "part.bin").write_bytes(data[number * quarter : (number + 1) * quarter])
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    return tmp_path / "packages"


def test_there_are_28_voices_each_with_its_own_vector() -> None:
    names = kokoro.voices()
    assert len(names) == 28
    assert {name[:3] for name in names} == {"af_", "am_", "bf_", "bm_"}
    rows = np.concatenate([kokoro.style(name, 60) for name in names])
    apart = np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(axis=2))
    assert apart[~np.eye(28, dtype=bool)].min() > 0.5
    assert kokoro.style("af_heart", 10_000).shape == (1, 256)


def test_every_name_that_endpoints_offer_has_a_voice_of_its_own() -> None:
    assert set(voices.KOKORO) == set(speech.VOICES)
    assert len(set(voices.KOKORO.values())) == len(voices.KOKORO)
    assert set(voices.KOKORO.values()) <= set(kokoro.voices())


@pytest.mark.usefixtures("extra")
def test_the_parts_are_joined_and_asked_sentence_by_sentence() -> None:
    assert kokoro.installed()
    sound = kokoro.say("We are here. So are you.", "am_onyx")
    sentences = [len(vocoder.numbers(spoken)) + 2 for spoken in speech.spoken("We are here. So are you.")]
    pauses = 2 * 0.12
    assert sound.seconds == pytest.approx(sum(sentences) * HOP / kokoro.RATE + pauses)
    found = measure.pitches(sound.mono()[: sentences[0] * HOP], kokoro.RATE)
    want = 200 * (1 + float(kokoro.style("am_onyx", sentences[0] - 2)[0, 0]))
    assert np.median(found[found > 0]) == pytest.approx(want, rel=0.01)


@pytest.mark.usefixtures("extra")
def test_the_voices_of_a_lip_sync_are_kokoros_and_the_result_says_so(tmp_path: Path) -> None:
    film(tmp_path / "face.mp4", presenter(6), 12)
    given = {"video_url": tmp_path / "face.mp4"}
    result, around = order(tmp_path / "out", "fal-ai/pixverse/lipsync", given, text=TEXT, voice_id="James")
    assert result.parts[-2:] == ("kokoro-82m-int8", "hibari-0.2.1")
    assert any("bm_george" in line for line in around.lines)
    assert heard(result, "video").seconds == pytest.approx(kokoro.say(TEXT, "bm_george").seconds, abs=0.15)


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize("text", ["", "日本語です"])
def test_what_has_no_pronunciation_is_silence(text: str) -> None:
    assert voices.read(text, "Auto").said.silent


def test_a_part_that_is_missing_leaves_the_embedded_voices(extra: Path) -> None:
    (extra / kokoro.PACKAGES[2] / "part.bin").unlink()
    assert not kokoro.installed()
    made = voices.read(TEXT, "James")
    assert made.parts == (vocoder.NAME,)
    assert np.array_equal(made.said.sound.samples, speech.say(TEXT, "James").sound.samples)
