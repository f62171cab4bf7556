"""The sound of an animatic: what the prompt lets somebody say, over the noises that it calls for.

Speech stands between `<S>` and `<E>`, or in quotation marks or behind a colon after a verb of saying; a description of
the noises between `<AUDCAP>` and `<ENDAUDCAP>`, else the whole prompt is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.audio import scene, sounds, speech, vocoder
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.audio.speech import Voice

RATE = 48000
BEGIN, PAUSE, END = 0.35, 0.30, 0.25
"""Seconds before the first word, between speakers, and after the last."""

FASTEST = 1.45
"""How much quicker than usual somebody may speak to get all in."""

UNDER_SPEECH = 0.4
"""What the noises are turned down to while somebody speaks."""

_TAGGED = re.compile(r"<S>(.*?)(?:<E>|$)", re.DOTALL)
_SPOKEN = re.compile(
    r"(?:\b(?:says?|saying|asks?|answers?|repl\w+|shouts?|whispers?)\W*)?" + _TAGGED.pattern, re.DOTALL
)
_CAPTION = re.compile(r"<AUDCAP>(.*?)(?:<ENDAUDCAP>|$)", re.DOTALL)
_SAID = re.compile(
    r"\b(?:says?|said|saying|whisper(?:s|ing)?|shout(?:s|ing)?|ask(?:s|ing)?|repl(?:ies|ying)|answers?|exclaims?|speaks?"
    r"|yells?|announces?|murmurs?)\b[^.\"“:]{0,40}?(?::\s*[\"“]?([^\"”.!?]+[.!?]?)[\"”]?|[\"“]([^\"”]+)[\"”])",
    re.IGNORECASE,
)
_MALE = re.compile(r"\b(man|men|he|his|boy|father|dad|king|guy|gentleman|grandfather|male|brother|son|actor|monk)\b")
_FEMALE = re.compile(r"\b(woman|women|she|her|girl|mother|mom|queen|lady|grandmother|female|sister|daughter|actress)\b")
_VOICES = {"male": ("James", "Jack", "Mason"), "female": ("Auto", "Chloe", "Harper"), "": ("Auto", "Mason", "Ava")}


@dataclass(frozen=True, slots=True)
class Words:
    """A prompt sorted: what is to be seen, what is said (each with the text before it), what is to be heard."""

    seen: str
    said: tuple[tuple[str, str], ...] = ()
    noises: str = ""


def sort(prompt: str) -> Words:
    """Take speech and the sound's caption out of a prompt."""
    captions = [" ".join(found.group(1).split()) for found in _CAPTION.finditer(prompt)]
    text = _CAPTION.sub(" ", prompt)
    said = sorted((*_lines(_TAGGED, text), *_lines(_SAID, _TAGGED.sub(_blank, text))), key=lambda line: line[0])
    seen = _SAID.sub(" talks. ", _SPOKEN.sub(" talks. ", text))
    speakers = tuple((text[max(0, place - 90) : place].lower(), words) for place, words in said if words)
    seen = " ".join(seen.split())
    return Words(seen, speakers, " ".join(captions) or seen)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group(0))


def _lines(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    for found in pattern.finditer(text):
        yield found.start(), " ".join(next((group for group in found.groups() if group), "").split())[:600]


def record(words: Words, seconds: float, negative: str, seed: int) -> tuple[Sound, list[str], tuple[str, ...]]:
    """The sound, exactly `seconds` long in stereo, what to log of it, and the learned parts that ran.

    `negative` rules out noises by their words.
    """
    banned = set(re.findall(r"[a-z]+", negative.lower()))
    kept = " ".join(word for word in words.noises.split() if word.lower().strip(",.;:!?") not in banned)
    heard = scene.listen(kept)
    mix = sounds.with_channels(scene.scene_sound(kept, seconds, RATE, seed), 2).samples.copy()
    log = [f"Sound: {', '.join((*heard.beds, *heard.strokes)) or 'a quiet room'}."]
    talk = _talk(words, seconds)
    if not len(talk):
        return Sound(mix, RATE), log, ()
    loud = np.convolve(np.abs(talk) > 0.004, np.ones(RATE // 8) / (RATE // 8), "same")
    mix *= (1 - (1 - UNDER_SPEECH) * np.clip(loud * 3, 0, 1))[:, None].astype(np.float32)
    mix += talk[:, None]
    log += [f'Said: "{line}"' for _, line in words.said]
    return Sound(np.clip(mix, -1, 1), RATE), log, (vocoder.NAME,)


def _talk(words: Words, seconds: float) -> npt.NDArray[np.float32]:
    """All that is said, one after another, quickly enough to fit; empty where nobody speaks."""
    cast = [(speech.VOICES[voice], line) for voice, (_, line) in zip(_voices(words), words.said, strict=True)]
    if not cast:
        return np.zeros(0, np.float32)
    room = seconds - BEGIN - END - PAUSE * (len(cast) - 1)
    usual = sum(speech.say(line, voice).sound.seconds for voice, line in cast)
    quicker = min(FASTEST, max(1.0, usual / max(0.5, room)))
    out = np.zeros(round(seconds * RATE), np.float32)
    at = BEGIN
    for voice, line in cast:
        said = sounds.resample(speech.say(line, _quicker(voice, quicker)).sound, RATE).mono()
        start = round(at * RATE)
        fits = min(len(said), len(out) - start)
        if fits <= 0:
            break
        out[start : start + fits] += 1.6 * said[:fits]
        at += len(said) / RATE + PAUSE
    return np.tanh(out)


def _quicker(voice: Voice, by: float) -> Voice:
    return replace(voice, pace=voice.pace * by)


def _voices(words: Words) -> list[str]:
    """A voice for each line: by the last word for a person before it; a new speaker of a kind gets the next voice."""
    chosen: list[str] = []
    for number, (before, _) in enumerate(words.said):
        male, female = (
            max((found.start() for found in pattern.finditer(before)), default=-1) for pattern in (_MALE, _FEMALE)
        )
        kind = "" if male == female else "male" if male > female else "female"
        offered = _VOICES[kind]
        chosen.append(offered[number % len(offered)] if not kind else offered[chosen.count(offered[0]) % len(offered)])
    return chosen
