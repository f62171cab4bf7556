"""Speech: the times of phones, voices that differ, text of every kind."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from gesso.engines.sketch.audio import measure, speech
from gesso.engines.sketch.audio.phonemes import VOWELS
from gesso.engines.sketch.audio.speech import VOICES, Speech, say

TEXT = "Welcome aboard. The tour starts now."


def middle(said: Speech) -> float:
    """The median pitch in hertz."""
    found = measure.pitches(said.sound.mono(), said.sound.rate)
    return float(np.median(found[found > 0]))


def colour(said: Speech) -> np.ndarray:
    """How strong the voice is in bands of a quarter octave from 200 Hz up, in bels about their mean."""
    strong = (measure.spectrogram(said.sound.mono(), 1024, 512) ** 2).mean(axis=0)
    edges = np.rint(200 * 2 ** (np.arange(20) / 4) * 1024 / said.sound.rate).astype(int)
    bands = np.log10([strong[low : max(high, low + 1)].mean() for low, high in pairwise(edges)])
    return bands - bands.mean()


def test_phones_lie_end_to_end_over_the_whole_sound() -> None:
    said = say(TEXT)
    assert said.phones[0].start == 0
    assert all(abs(before.end - after.start) < 1e-9 for before, after in pairwise(said.phones))
    assert abs(said.phones[-1].end - said.sound.seconds) < 0.02
    assert "".join(phone.symbol for phone in said.phones).replace(" ", "").startswith("wɛlkəməb")


def test_vowels_are_where_the_sound_is_loud() -> None:
    said = say(TEXT)
    loud = measure.levels(said.sound.samples, said.sound.rate, 80)

    def level(symbols: frozenset[str]) -> float:
        picked = [
            loud[round(phone.start * 80) : round(phone.end * 80)] for phone in said.phones if phone.symbol in symbols
        ]
        return float(np.concatenate(picked).mean())

    assert level(VOWELS) > 4 * level(frozenset(".,"))


def test_the_same_again_is_the_same() -> None:
    assert np.array_equal(say(TEXT, "Jack").sound.samples, say(TEXT, "Jack").sound.samples)


def test_every_voice_has_the_pitch_it_states() -> None:
    for name in ("Adrian", "James", "Ethan", "Sophia", "Harper", "Ava", "Chloe"):
        assert abs(12 * np.log2(middle(say(TEXT, name)) / VOICES[name].pitch)) < 2.5, name


def test_no_two_voices_sound_alike() -> None:
    said = {name: say(TEXT, name) for name in VOICES if name != "Auto"}
    marks = {name: (middle(each), colour(each), each.sound.seconds) for name, each in said.items()}
    for one, other in combinations(marks, 2):
        (pitch, tint, length), (its_pitch, its_tint, its_length) = marks[one], marks[other]
        steps = (
            abs(12 * np.log2(pitch / its_pitch)),  # semitones
            np.abs(tint - its_tint).mean() / 0.15,  # one and a half decibels
            abs(np.log(length / its_length)) / 0.06,
        )
        assert max(steps) > 1, (one, other, steps)


def test_a_longer_throat_moves_the_formants_down() -> None:
    low, high = (colour(say(TEXT, speech.Voice(150, throat))) for throat in (0.84, 1.0))
    # A quarter octave is a factor of 1.19: the lower voice's bands are the higher one's, one band on.
    assert np.corrcoef(low[4:-1], high[5:])[0, 1] > np.corrcoef(low[4:], high[4:])[0, 1]


@pytest.mark.parametrize("pace", [0.8, 1.3])
def test_pace_changes_the_length(pace: float) -> None:
    assert abs(say(TEXT, speech.Voice(pace=pace)).sound.seconds * pace / say(TEXT).sound.seconds - 1) < 0.12


def test_speech_never_clips() -> None:
    for name in ("Chloe", "Adrian"):
        samples = say("Boom! Wow! Attack!", name).sound.samples
        assert 0.2 < np.abs(samples).max() <= 0.9


@pytest.mark.parametrize("text", ["", "   ", "日本語です", "!!! ---", "😀"])
def test_what_has_no_pronunciation_is_silence(text: str) -> None:
    said = say(text)
    assert said.silent
    assert said.sound.seconds == 0


@pytest.mark.parametrize("text", ["x" * 50 + " " + "1" * 40, "\x00\x01 hi", "Zwölf Boxkämpfer", "$9.99 & 5G"])
def test_odd_text_is_read_as_far_as_it_goes(text: str) -> None:
    assert say(text).sound.seconds > 0.5


def test_long_text_is_cut_where_the_network_ends() -> None:
    said = say("and one more word " * 40)
    assert said.sound.seconds > 25
    assert all(before.end <= after.start + 1e-9 for before, after in pairwise(said.phones))
