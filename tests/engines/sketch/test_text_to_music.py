"""Songs end to end: formats, rates, lengths, sections, styles, references."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from gesso.engines.sketch.audio import lyrics, measure, phonemes, song, sounds
from gesso.engines.sketch.audio.style import Style
from gesso.errors import InputError
from tests.engines.sketch.audio.studio import heard, order, refusal, sound_file

STYLED, LIKE = "fal-ai/minimax-music/v1.5", "fal-ai/minimax-music"
BARE = "a cappella folk, 120 bpm"
LYRICS = "[verse]\nThe river runs below the town\n[chorus]\nRow me home tonight"


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    given = Style(tempo=92, tonic=2, mode="major", groove="pop", chords="piano")
    return sound_file(folder / "song.mp3", song.bed(given, 16, 4))


def test_a_song_is_loud_clean_and_sung(tmp_path: Path) -> None:
    result, around = order(tmp_path, STYLED, {}, prompt=LYRICS, lyrics_prompt="rock 140 bpm in D major")
    made = heard(result, "audio")
    assert result.files["audio"][0].content_type == "audio/mpeg"
    assert result.parts == ("hibari-0.2.1", "fluid-r3")
    assert (made.rate, made.channels) == (44100, 2)
    assert 20 < made.seconds < 60
    assert np.abs(made.samples).max() < 1
    assert 0.08 < np.sqrt((made.samples**2).mean()) < 0.25
    assert abs(measure.tempo(made) - 140) <= 1
    assert measure.levels(made.samples, made.rate, 2)[-1] < 0.03  # it fades
    assert any("D major, 140 beats a minute" in line for line in around.lines)
    assert any("intro 4, verse" in line for line in around.lines)


@pytest.mark.parametrize(
    ("format", "rate", "bitrate"), [("mp3", 32000, 64000), ("flac", 22050, 256000), ("pcm", 8000, 128000)]
)
def test_the_file_is_as_set(tmp_path: Path, format: str, rate: int, bitrate: int) -> None:
    setting = {"sample_rate": str(rate), "bitrate": str(bitrate), "format": format}
    result, _ = order(tmp_path, STYLED, {}, prompt="Sing to me softly", lyrics_prompt=BARE, audio_setting=setting)
    made = result.files["audio"][0]
    if format == "pcm":
        seconds = len(made.path.read_bytes()) / 4 / rate
        assert made.content_type == "audio/pcm"
        assert seconds == pytest.approx(made.facts["duration"], abs=1e-3)
        return
    with av.open(str(made.path)) as file:
        stream = file.streams.audio[0]
        assert (stream.codec_context.name, stream.rate) == ({"mp3": "mp3float"}.get(format, format), rate)
        assert format != "mp3" or stream.bit_rate == bitrate
        assert "Engine: sketch" in file.metadata["comment"]


@pytest.mark.long
def test_mp3_tells_when_it_cannot_have_a_bitrate(tmp_path: Path) -> None:
    setting = {"sample_rate": "8000", "bitrate": "256000"}
    _, around = order(tmp_path, STYLED, {}, prompt="Sing to me softly", lyrics_prompt=BARE, audio_setting=setting)
    assert any("64000 bits a second at most" in line for line in around.lines)


@pytest.mark.long
def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two, other = (
        order(tmp_path / name, STYLED, {}, prompt=words, lyrics_prompt=BARE)[0].files["audio"][0].path.read_bytes()
        for name, words in (("a", "Sing to me softly"), ("b", "Sing to me softly"), ("c", "Sing to me loudly"))
    )
    assert one == two
    assert one != other


@pytest.mark.long
def test_a_reference_sets_tempo_and_key(tmp_path: Path, reference: Path) -> None:
    result, around = order(tmp_path, LIKE, {"reference_audio_url": reference}, prompt="##Row me home tonight##")
    assert any("D major at 92" in line for line in around.lines)
    assert abs(measure.tempo(heard(result, "audio")) - 92) <= 1
    assert result.parts == ("hibari-0.2.1", "fluid-r3")


@pytest.mark.long
def test_without_marks_the_voice_has_a_piano_alone(tmp_path: Path, reference: Path) -> None:
    _, around = order(tmp_path, LIKE, {"reference_audio_url": reference}, prompt="Row me home tonight")
    assert any(line.endswith("piano; sung by Emily.") or "piano alone" in line for line in around.lines)


def test_a_short_reference_is_refused(tmp_path: Path) -> None:
    path = sound_file(tmp_path / "short.wav", sounds.Sound(np.zeros((8000 * 5, 1), np.float32), 8000))
    with pytest.raises(InputError) as caught:
        order(tmp_path, LIKE, {"reference_audio_url": path}, prompt="##la la##")
    assert refusal(caught.value) == ("audio_duration_too_short", ("body", "reference_audio_url"))


def test_words_of_other_scripts_are_told_and_never_spelt() -> None:
    assert phonemes.pronounced("Привет, 你好").strip(" ,") == ""
    assert lyrics.unsung("[verse] Hello world\nさくら\n\n[chorus]\nПривет мир") == ["さくら", "Привет мир"]
    # A digit is no phoneme: the network would skip it, and all times behind it be wrong.
    assert not any(one.isdigit() for one in phonemes.pronounced("l1 3 MP4"))


@pytest.mark.long
def test_lyrics_without_words_are_played(tmp_path: Path) -> None:
    result, around = order(tmp_path, STYLED, {}, prompt="[verse]\n??????????", lyrics_prompt="pop 150 bpm")
    assert result.parts == ("fluid-r3",)
    assert heard(result, "audio").seconds > 8
    assert any("instrumental" in line for line in around.lines)


@pytest.mark.long
@pytest.mark.parametrize(
    "style", ["slow waltz, accordion", "techno 128 bpm", "jazz, saxophone", "epic orchestral", "gentle lullaby"]
)
def test_styles_sound_different_and_clean(tmp_path: Path, style: str) -> None:
    made = heard(order(tmp_path, STYLED, {}, prompt=LYRICS, lyrics_prompt=style)[0], "audio")
    assert np.abs(made.samples).max() < 1
    assert 0.06 < np.sqrt((made.samples**2).mean()) < 0.25
