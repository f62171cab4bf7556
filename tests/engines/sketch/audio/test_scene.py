"""The sound of places: words that are heard, noises where things happen, exact lengths."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.engines.sketch.audio import measure
from gesso.engines.sketch.audio.noises import BEDS, even
from gesso.engines.sketch.audio.scene import Event, listen, scene_sound
from gesso.engines.sketch.audio.strokes import STROKES


def high_share(samples: np.ndarray, rate: int = 44100) -> float:
    """Share of the spectrum above 3 kHz."""
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1)))
    return float(spectrum[round(3000 / rate * len(samples)) :].sum() / spectrum.sum())


@pytest.mark.parametrize("name", BEDS)
def test_every_bed_lasts(name: str) -> None:
    made = even(BEDS[name](44100 * 2, np.random.default_rng(1)))
    assert made.shape == (88200,)
    assert np.isfinite(made).all()
    assert abs(np.sqrt((made**2).mean()) - 1) < 0.01


@pytest.mark.parametrize("name", STROKES)
def test_every_stroke_strikes_and_ends(name: str) -> None:
    made = STROKES[name](np.random.default_rng(1))
    assert np.abs(made).max() == pytest.approx(1, abs=1e-3)
    assert np.abs(made[-200:]).max() < 0.35
    assert 0.05 < len(made) / 44100 < 3


def test_no_two_noises_are_alike() -> None:
    prints: dict[str, np.ndarray] = {}
    for name, bed in BEDS.items():
        strong = measure.spectrogram(even(bed(44100 * 2, np.random.default_rng(2))), 1024, 512)
        bands = np.array([np.log10(part.mean() + 1e-4) for part in np.array_split(strong, 16, axis=1)])
        prints[name] = np.concatenate([bands, [strong.mean(axis=1).std() / strong.mean()]])
    for one, its in prints.items():
        for other, that in prints.items():
            assert one >= other or np.abs(its - that).max() > 0.15, (one, other)


@pytest.mark.parametrize(
    ("prompt", "beds", "strokes"),
    [
        ("Rain on the street, a dog barks", ("rain", "traffic"), ("bark",)),
        ("Car tires screech as they accelerate in a drag race", ("engine",), ("screech",)),
        ("Footsteps in a forest with birds", ("birds",), ("footstep",)),
        ("Steam hisses, wheels clatter over the points", (), ("knock",)),
        ("", (), ()),
    ],
)
def test_words_call_noises(prompt: str, beds: tuple[str, ...], strokes: tuple[str, ...]) -> None:
    heard = listen(prompt)
    assert (heard.beds, heard.strokes) == (beds, strokes)


@pytest.mark.parametrize(("seconds", "rate"), [(1.0, 48000), (2.5, 44100), (3.21, 16000)])
def test_length_and_rate_are_exact(seconds: float, rate: int) -> None:
    made = scene_sound("wind and bells", seconds, rate)
    assert (made.rate, made.channels) == (rate, 2)
    assert len(made.samples) == round(seconds * rate)
    assert 0.01 < np.abs(made.samples).max() <= 1


def test_the_seed_decides() -> None:
    one, again, other = (scene_sound("rain", 1, seed=seed).samples for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_strokes_fall_on_events() -> None:
    events = [Event(0.5), Event(1.7)]
    made = scene_sound("hammer knocks", 3, seed=1, events=events)
    loud = measure.levels(made.samples, made.rate, 20)
    assert {int(n) for n in np.flatnonzero(loud > 2.5 * np.median(loud))} == {10, 34}
    assert loud[20:32].max() < 2 * np.median(loud)


def test_an_event_is_heard_where_it_is_seen() -> None:
    left, right = (
        (scene_sound("knock", 1, seed=1, events=[Event(0.3, 1, pan)]).samples ** 2).mean(axis=0) for pan in (-0.9, 0.9)
    )
    assert left[0] > 1.8 * left[1]
    assert right[1] > 1.8 * right[0]


def test_movement_swells_the_bed() -> None:
    made = scene_sound("wind rain", 4, seed=3, motion=np.array([0.0, 0.0, 1.0, 1.0]))
    loud = measure.levels(made.samples, made.rate, 1)
    assert loud[3] > 1.5 * loud[0]


def test_near_sounds_are_brighter_and_stand_out() -> None:
    far, near = (scene_sound("hum, footsteps", 3, seed=1, near=near) for near in (False, True))
    assert high_share(near.samples) > high_share(far.samples)

    def crest(samples: np.ndarray) -> float:
        return float(np.abs(samples).max() / np.sqrt((samples**2).mean()))

    assert crest(near.samples) > 1.5 * crest(far.samples)
