"""What is measured of sounds whose pitch, tempo and key are known."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.audio import measure
from gesso.engines.sketch.audio.sampler import RATE, Note, play
from gesso.engines.sketch.audio.sounds import Sound


@pytest.mark.parametrize("hertz", [82.4, 196.0, 440.0])
def test_the_pitch_of_a_rich_tone(hertz: float) -> None:
    time = np.arange(24000) / 24000
    wave = sum(np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, 6)) * 0.2
    found = measure.pitches(np.asarray(wave, np.float32), 24000)[5:-5]
    assert np.abs(12 * np.log2(found / hertz)).max() < 0.15


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 24000).astype(np.float32)
    assert (measure.pitches(noise, 24000) > 0).mean() < 0.1


@pytest.mark.parametrize("tempo", [72, 96, 120, 150])
def test_the_tempo_of_a_drum_track(tempo: int) -> None:
    beat = 60 / tempo
    drums = play(
        [Note(n * beat, 0.2, 36 if n % 2 == 0 else 38) for n in range(24)], "standard kit", int(RATE * 24 * beat)
    )
    assert abs(measure.tempo(Sound(drums, RATE)) - tempo) <= 1


@pytest.mark.parametrize(("tonic", "mode"), [(0, "major"), (7, "major"), (9, "minor"), (2, "minor")])
def test_the_key_of_a_cadence(tonic: int, mode: str) -> None:
    third = 4 if mode == "major" else 3
    chords = [(0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7)]
    notes = [Note(n * 0.6, 0.55, 48 + tonic + step) for n, chord in enumerate(chords) for step in chord]
    assert measure.key(Sound(play(notes, "piano", RATE * 3), RATE)) == (tonic, mode)
