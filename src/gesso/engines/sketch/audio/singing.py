"""Singing: the embedded voice with its time and its pitch taken from a tune.

A vowel begins with its note and is drawn out as long as that; the consonants before it come earlier, those after it
later, each as long as when spoken. The pitch is the note's, reached with a glide and kept with some vibrato.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gesso.engines.sketch.audio.lyrics import Line
from gesso.engines.sketch.audio.phonemes import VOWELS
from gesso.engines.sketch.audio.sounds import Samples
from gesso.engines.sketch.audio.speech import Voice, breathy, timed
from gesso.engines.sketch.audio.vocoder import FRAMES, RATE, Floats, Spectra, spectra, voiced

VIBRATO = 5.5
"""Hertz."""

LEAD = 0.3
"""Seconds that a line's sound begins before its first vowel: room for consonants."""

_DEPTH = 0.35
_SONORANT = VOWELS | set("mnŋlɹwjvzðʒ")
_LONGEST_CONSONANT = 0.16
_LEAST_REST = 5.0
_VOICED = 60.0


@dataclass(frozen=True, slots=True)
class Tone:
    """A note in seconds from the line's first moment."""

    start: float
    seconds: float
    key: float


def sing(line: Line, tones: Sequence[Tone], voice: Voice, seed: int) -> Samples:
    """The line sung, one tone a syllable: (N,) at 24 kHz, beginning `LEAD` seconds before time 0."""
    spoken = spectra(line.spoken)
    spans = _spans(spoken)
    length = round((tones[-1].start + tones[-1].seconds + 0.35 + LEAD) * FRAMES)
    sources, targets, rests = _anchors(line, spans, tones)
    frames = np.arange(length, dtype=np.float64)
    made = spoken.at(np.interp(frames, targets, sources)).throat(voice.throat)
    quiet = (frames < targets[1] - 1) | (frames > targets[-2] + 1)
    for end, begin in rests:
        quiet |= (frames > end + 1) & (frames < begin - 1)
    made = _hushed(made, quiet)
    sounding = _sounding(made, frames, sources, targets, spans, line)
    pitch = np.where(sounding & ~quiet, _pitch(length, tones), 0.0).astype(np.float32)
    made = _loose(replace(made, pitch=pitch), sounding, seed)
    return _even(voiced(breathy(made, voice.breath), seed))


def _loose(made: Spectra, sounding: np.ndarray, seed: int) -> Spectra:
    """Without the phases that repeat in a drawn-out vowel: the same in every frame they would hum at 80 hertz."""
    free = np.random.default_rng([seed, 1]).uniform(-np.pi, np.pi, made.phases.shape).astype(np.float32)
    return replace(made, phases=np.where(sounding, free, made.phases))


def _spans(spoken: Spectra) -> list[tuple[int, int]]:
    """First frame and end of each phone; a stress mark's time is its vowel's, the silent marks around are left out."""
    return [(round(phone.start * FRAMES), round(phone.end * FRAMES)) for phone in timed(spoken)[1:-2]]


def _anchors(
    line: Line, spans: list[tuple[int, int]], tones: Sequence[Tone]
) -> tuple[Floats, Floats, list[tuple[float, float]]]:
    """Frames of the spoken line, the frames of the sung one at which they come, both rising, and the rests in it."""
    sources: list[float] = [0.0]
    targets: list[float] = [0.0]
    rests: list[tuple[float, float]] = []

    def anchor(source: float, target: float) -> None:
        sources.append(max(source, sources[-1]))
        targets.append(max(target, targets[-1] + 1e-3))

    for number, (syllable, tone) in enumerate(zip(line.syllables, tones, strict=True)):
        onset = (tone.start + LEAD) * FRAMES
        vowel_begin, vowel_end = spans[syllable.vowel]
        before = min(vowel_begin - spans[syllable.begin][0], _LONGEST_CONSONANT * 1.5 * FRAMES)
        if number and onset - before - targets[-1] > _LEAST_REST:
            rests.append((targets[-1], onset - before))
        anchor(spans[syllable.begin][0], onset - before)
        anchor(vowel_begin, onset)
        after = spans[min(syllable.end, len(spans)) - 1][1] - vowel_end
        after = min(after, _LONGEST_CONSONANT * FRAMES)
        end = onset + tone.seconds * FRAMES - after
        if number + 1 < len(tones):
            following = line.syllables[number + 1]
            its = min(spans[following.vowel][0] - spans[following.begin][0], _LONGEST_CONSONANT * 1.5 * FRAMES)
            end = min(end, (tones[number + 1].start + LEAD) * FRAMES - its - after)
        end = max(end, onset + 3)
        edge = min(3.0, (vowel_end - vowel_begin) / 3)
        anchor(vowel_begin + edge, onset + edge)  # the ways in and out of a vowel keep their pace
        anchor(vowel_end - edge, end - edge)
        anchor(vowel_end, end)
        anchor(vowel_end + after, end + after)
    anchor(sources[-1] + 1, targets[-1] + 1)
    return np.array(sources, np.float32), np.array(targets, np.float32), rests


def _hushed(made: Spectra, quiet: np.ndarray) -> Spectra:
    lower = np.where(quiet, -12.0, 0.0)
    lower = np.convolve(np.pad(lower, 1, mode="edge"), [0.25, 0.5, 0.25], "valid").astype(np.float32)
    return replace(made, harmonics=made.harmonics + lower, noise=made.noise + lower, free=made.free + lower)


def _sounding(
    made: Spectra, frames: np.ndarray, sources: Floats, targets: Floats, spans: list[tuple[int, int]], line: Line
) -> np.ndarray:
    """Frames with a pitch: where the spoken voice had one, and throughout every vowel."""
    places = np.interp(frames, targets, sources)
    sounding = made.pitch > _VOICED
    for phone, (begin, end) in zip(line.phonemes, spans, strict=False):
        if phone in VOWELS:
            sounding |= (places >= begin) & (places < end)
    return sounding


def _pitch(length: int, tones: Sequence[Tone]) -> Floats:
    time = np.arange(length) / FRAMES - LEAD
    keys = np.zeros(length)
    since = np.zeros(length)
    for tone in tones:
        later = time >= tone.start - 0.04  # the voice moves to the next note on its consonant
        keys[later] = tone.key
        since[later] = time[later] - tone.start
    keys[time < tones[0].start - 0.04] = tones[0].key
    width = round(0.05 * FRAMES) * 2 + 1
    glide = np.convolve(np.pad(keys, width // 2, mode="edge"), np.hanning(width + 2)[1:-1] / (width + 1) * 2, "valid")
    swell = np.clip((since - 0.25) / 0.35, 0, 1)
    vibrato = _DEPTH * swell * np.sin(2 * np.pi * VIBRATO * time)
    return (440.0 * 2.0 ** ((glide + vibrato - 69) / 12)).astype(np.float32)


def _even(samples: Samples) -> Samples:
    """The loud syllables brought nearer to the soft ones, as a singer and a compressor would."""
    half = RATE // 40
    sums = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    places = np.arange(len(samples))
    begin, end = np.maximum(places - half, 0), np.minimum(places + half, len(samples))
    power = (sums[end] - sums[begin]) / np.maximum(end - begin, 1)
    level = np.sqrt(np.maximum(power, 1e-9))
    gain = (0.1 / np.maximum(level, 0.01)) ** 0.7
    return (samples * gain).astype(np.float32)
