"""Forced alignment: when each phone of a known text is said in a recording.

The embedded voice reads the text, which gives a template whose phone times are known; the recording's cepstra are
matched to the template's by dynamic programming, and the times carried over. Several lengths of throat are tried, as
the speaker may be anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.audio import measure, speech
from gesso.engines.sketch.audio.phonemes import SILENT
from gesso.engines.sketch.audio.sounds import Sound, resample
from gesso.engines.sketch.audio.speech import Phone, Speech, Voice

Floats = npt.NDArray[np.floating[Any]]

STEPS = 100
"""Frames a second that are matched: a boundary is found to 10 ms at best."""

SHORTEST, LONGEST = 0.1, 120.0
"""Seconds of a recording that are aligned; the work grows with the square."""

DOUBTFUL = 0.72
"""Mean distance between matched frames (1 is that of unrelated ones) above which the text is not what is said."""

_RATE, _SIZE, _BANDS, _CEPSTRA = 16000, 512, 28, 14
_THROATS = (1.0, 0.84)
_PITCHES = {1.0: 195.0, 0.84: 110.0}
_PAUSE = 3
"""Frames of a pause that stay in the template: a pause in the recording is as long as it likes."""
_SKIPS = 3
"""Template frames that one recorded frame may pass over at most: so much faster may the speaker be."""
_STAY, _SKIP = 0.12, 0.10


@dataclass(frozen=True, slots=True)
class Aligned:
    """Phones of the text at their times in the recording, and how far it is from the text (0 is the template)."""

    phones: list[Phone]
    distance: float

    @property
    def sure(self) -> bool:
        """Whether the recording may well say the text."""
        return bool(self.phones) and self.distance < DOUBTFUL


def align(sound: Sound, text: str) -> Aligned:
    """Find the phones of `text` in its recording; none in silence, in too short or long a one, and for no English."""
    mono = resample(Sound(sound.mono()[:, None], sound.rate), _RATE).samples[:, 0]
    if not SHORTEST <= sound.seconds <= LONGEST or np.abs(mono).max() < 1e-4:
        return Aligned([], 1.0)
    heard = _bands(mono)
    tries: list[Aligned] = []
    for throat in _THROATS:
        read = speech.say(text, Voice(_PITCHES[throat], throat))
        if read.silent or read.sound.seconds > LONGEST:
            return Aligned([], 1.0)
        tries.append(_matched(heard, read, sound.seconds))
    return min(tries, key=lambda found: found.distance)


def _matched(heard: Floats, read: Speech, seconds: float) -> Aligned:
    template = _bands(resample(read.sound, _RATE).samples[:, 0])
    symbols = [
        next((n for n, p in enumerate(read.phones) if p.end * STEPS > frame), -1) for frame in range(len(template))
    ]
    numbers = np.array(symbols)
    kept = _without_pauses(numbers, read.phones)
    # What hums behind the speaker is put behind the template as well.
    hum = np.percentile(heard, 8, axis=0)
    floor = 0.003 * float(np.percentile(heard.sum(axis=1), 95)) / _BANDS
    template = template * (np.percentile(heard.sum(axis=1), 90) / max(np.percentile(template.sum(axis=1), 90), 1e-9))
    one, other = _cepstra(heard + floor), _cepstra(template + hum + floor)[kept]
    costs = _distances(one, other)
    pause = np.array([read.phones[n].symbol in SILENT for n in numbers[kept]])
    path = _path(costs, pause)
    along = costs[np.arange(len(path)), path]
    loud = ~pause[path]
    distance = float(along[loud].mean() / max(float(np.median(costs)), 1e-9)) if loud.any() else 1.0
    return Aligned(_carried(read.phones, numbers[kept][path], seconds), distance)


def _without_pauses(numbers: npt.NDArray[np.int64], phones: list[Phone]) -> npt.NDArray[np.int64]:
    """Which frames of the template stay: of each pause the first few."""
    kept: list[int] = []
    since = 0
    for frame, number in enumerate(numbers):
        since = since + 1 if phones[number].symbol in SILENT else 0
        if since <= _PAUSE:
            kept.append(frame)
    return np.array(kept)


def _path(costs: Floats, pause: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The template's frame for each recorded one, never going back; begins at the first and ends at the last."""
    count, width = costs.shape
    usual = float(np.median(costs))
    stay = np.where(pause, 0.0, _STAY * usual)
    best = np.full(width, np.inf)
    best[: 2 * _PAUSE] = costs[0, : 2 * _PAUSE]
    steps = np.zeros((count, width), np.int8)
    moves = np.full((_SKIPS + 1, width), np.inf)
    for frame in range(1, count):
        moves[0] = best + stay
        for skip in range(1, _SKIPS + 1):
            moves[skip, skip:] = best[:-skip] + _SKIP * usual * (skip - 1)
        steps[frame] = moves.argmin(axis=0)
        best = np.take_along_axis(moves, steps[frame][None].astype(np.int64), axis=0)[0] + costs[frame]
    # A recording too short for the text ends where it can.
    place = width - 1 if np.isfinite(best[-1]) else int(np.flatnonzero(np.isfinite(best))[-1])
    path = np.empty(count, np.int64)
    for frame in range(count - 1, -1, -1):
        path[frame] = place
        place -= int(steps[frame, place])
    return path


def _carried(phones: list[Phone], numbers: npt.NDArray[np.int64], seconds: float) -> list[Phone]:
    """The phones end to end over the recording; one that was passed over has no time and is left out."""
    begins = [(int(number), int(np.argmax(numbers == number)) / STEPS) for number in np.unique(numbers)]
    ends = [begin for _, begin in begins[1:]] + [seconds]
    return [
        Phone(phones[number].symbol, 0.0 if n == 0 else begin, max(begin, end))
        for n, ((number, begin), end) in enumerate(zip(begins, ends, strict=True))
    ]


def _bands(mono: Floats) -> Floats:
    """Power in mel bands (frames, 28), frame k centred on k / `STEPS` seconds."""
    return measure.spectrogram(np.asarray(mono, np.float32), _SIZE, _RATE // STEPS) ** 2 @ _filters().T


def _cepstra(bands: Floats) -> Floats:
    """Cepstra, their slopes and loudness, each with mean 0 and variance 1 over the sound."""
    logs = np.log(bands)
    order = np.arange(_CEPSTRA)[:, None] * (np.arange(_BANDS) + 0.5) * np.pi / _BANDS
    made = logs @ np.cos(order).T
    slopes = np.gradient(np.apply_along_axis(lambda row: np.convolve(row, np.ones(3) / 3, "same"), 0, made), axis=0)
    both = np.concatenate([made, slopes], axis=1)
    return (both - both.mean(axis=0)) / np.maximum(both.std(axis=0), 1e-6)


def _distances(one: Floats, other: Floats) -> npt.NDArray[np.float32]:
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    return np.sqrt(np.maximum(squares, 0)).astype(np.float32)


@cache
def _filters() -> Floats:
    """Triangles (28, bins) evenly spaced on the mel scale from 80 to 7600 Hz."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (80.0, 7600.0))
    edges = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    hertz = np.arange(_SIZE // 2 + 1) * _RATE / _SIZE
    rise = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(np.minimum(rise, fall), 0)
