"""Forced alignment: phones found where they are said, whoever says them, and other texts told apart."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import pytest

from gesso.engines.sketch.audio.align import align
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.audio.speech import Phone, Voice, say

TEXT = "She sells sea shells by the sea shore; my mother buys plums."
OTHER = "Please call the office in the morning and ask for a new key."


def noisy(sound: Sound, decibels: float) -> Sound:
    """The sound with white noise that many decibels below it."""
    strength = float(np.sqrt((sound.samples**2).mean())) * 10 ** (-decibels / 20)
    noise = np.random.default_rng(0).normal(0, strength, sound.samples.shape)
    return Sound((sound.samples + noise).astype(np.float32), sound.rate)


def errors(found: list[Phone], truth: list[Phone]) -> np.ndarray:
    """Milliseconds between the begin of each phone and where it was found; a phone that was not found is 1000 off."""
    one, other = ("".join(phone.symbol for phone in phones) for phones in (found, truth))
    made = np.full(len(truth), 1000.0)
    for mine, its, length in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        for step in range(length):
            made[its + step] = 1000 * abs(found[mine + step].start - truth[its + step].start)
    return made


@pytest.mark.parametrize(
    ("voice", "decibels"),
    [
        pytest.param(Voice(98, 0.83, 0.75), 60, id="slow and low", marks=pytest.mark.long),
        pytest.param(Voice(256, 1.06, 1.4), 60, id="fast and high"),
        pytest.param(Voice(86, 0.8, 0.9, 0.7, 0.1), 10, id="in noise"),
    ],
)
def test_phones_are_found_in_another_voice(voice: Voice, decibels: float) -> None:
    said = say(TEXT, voice)
    found = align(noisy(said.sound, decibels), TEXT)
    off = errors(found.phones, said.phones)
    assert np.median(off) <= 60
    assert np.percentile(off, 85) <= 120
    assert found.sure


def test_pauses_move_what_follows() -> None:
    said = say(TEXT, "Mason")
    rate, middle = said.sound.rate, next(phone for phone in said.phones if phone.symbol == ";")
    cut = round((middle.start + middle.end) / 2 * rate)
    gap = np.zeros((rate, 1), np.float32)
    late = np.concatenate([gap, said.sound.samples[:cut], gap, said.sound.samples[cut:]])
    truth = [phone._replace(start=phone.start + (2 if phone.start * rate > cut else 1)) for phone in said.phones[1:]]
    assert np.median(errors(align(Sound(late, rate), TEXT).phones, truth)) <= 60


def test_phones_lie_end_to_end() -> None:
    sound = say(TEXT, "Jack").sound
    found = align(sound, TEXT).phones
    assert found[0].start == 0
    assert found[-1].end == sound.seconds
    assert all(one.end == two.start for one, two in pairwise(found))


def test_another_text_is_not_taken_for_what_is_said() -> None:
    sound = say(TEXT, "James").sound
    assert not align(sound, OTHER).sure
    assert align(sound, TEXT).distance < align(sound, OTHER).distance


@pytest.mark.parametrize("text", ["", "日本語", TEXT])
def test_silence_and_unreadable_text_have_no_phones(text: str) -> None:
    quiet = Sound(np.zeros((16000, 1), np.float32), 16000)
    assert not align(quiet, text).phones
    assert text == TEXT or not align(say(TEXT).sound, text).phones


@pytest.mark.parametrize("seconds", [0.001, 0.05, 0.4])
def test_a_recording_too_short_for_the_text_is_no_crash(seconds: float) -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, (max(1, round(16000 * seconds)), 1)).astype(np.float32)
    assert not align(Sound(samples, 16000), TEXT).sure
