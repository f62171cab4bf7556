"""Instruments: in tune, as long and as loud as asked."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.audio import measure
from gesso.engines.sketch.audio.sampler import RATE, Note, instruments, play


def level(samples: np.ndarray, begin: float, end: float) -> float:
    return float(np.sqrt((samples[int(begin * RATE) : int(end * RATE)] ** 2).mean()))


@pytest.mark.parametrize("instrument", ["piano", "finger bass", "strings", "violin", "steel guitar", "brass", "flute"])
def test_notes_are_in_tune(instrument: str) -> None:
    key = 43 if "bass" in instrument else 64
    played = play([Note(0, 0.8, key)], instrument, RATE).mean(axis=1)[RATE // 10 : RATE // 2]
    found = measure.pitches(played, RATE, low=70, per_second=20)
    assert abs(69 + 12 * np.log2(np.median(found[found > 0]) / 440) - key) < 0.3


@pytest.mark.parametrize("instrument", instruments())
def test_every_instrument_sounds(instrument: str) -> None:
    played = play([Note(0, 0.4, 60 if not instrument.endswith(" kit") else 36, 110)], instrument, RATE // 2)
    assert played.shape == (RATE // 2, 2)
    assert 0.005 < np.abs(played).max() < 2
    assert np.isfinite(played).all()


def test_a_held_note_sounds_on_and_ends() -> None:
    played = play([Note(0, 2.0, 60)], "organ", RATE * 4)
    assert level(played, 1.5, 1.9) > 0.5 * level(played, 0.2, 0.6)
    assert level(played, 3.0, 3.9) < 0.01 * level(played, 0.2, 0.6)


def test_a_harder_stroke_is_louder_and_brighter() -> None:
    soft, hard = (play([Note(0, 0.5, 60, velocity)], "piano", RATE // 2).mean(axis=1) for velocity in (40, 120))

    def bright(samples: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(samples))
        return float(spectrum[1000:].sum() / spectrum.sum())

    assert level(hard[:, None], 0, 0.4) > 2 * level(soft[:, None], 0, 0.4)
    assert bright(hard) > 1.1 * bright(soft)


def test_panning_moves_the_sound() -> None:
    left, right = (level(part[:, None], 0, 0.4) for part in play([Note(0, 0.5, 60)], "flute", RATE // 2, pan=-0.8).T)
    assert left > 4 * right


def test_what_starts_outside_is_not_heard() -> None:
    assert not play([Note(5.0, 1, 60), Note(-1, 1, 60)], "piano", RATE).any()
