"""Text read out by the best voices there are: Kokoro's where they are installed, else the embedded ones.

Kokoro does not tell when it says which phone, so its sound is aligned with the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gesso.engines.sketch.audio import kokoro, speech, vocoder
from gesso.engines.sketch.audio.align import align
from gesso.engines.sketch.audio.speech import Speech

KOKORO: Mapping[str, str] = {
    "Auto": "af_heart",
    "Emily": "bf_emma",
    "Isabella": "bf_isabella",
    "Chloe": "af_bella",
    "Harper": "af_nova",
    "Ava": "af_aoede",
    "Sophia": "af_nicole",
    "Julia": "af_jessica",
    "James": "bm_george",
    "Liam": "am_liam",
    "Adrian": "am_onyx",
    "Mason": "am_michael",
    "Jack": "am_puck",
    "Oliver": "bm_fable",
    "Ethan": "am_echo",
}
"""Which of Kokoro's voices reads under a name that endpoints offer. Its own names are taken too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was said, who said it, and the learned parts that took part."""

    said: Speech
    voice: str
    parts: tuple[str, ...]


def read(text: str, voice: str) -> Reading:
    """Read `text` out by a named voice; an unknown name is read by `Auto`. Without any English sound it is silent."""
    if not kokoro.installed():
        return Reading(speech.say(text, voice), voice, (vocoder.NAME,))
    name = voice if voice in kokoro.voices() else KOKORO.get(voice, KOKORO["Auto"])
    sound = kokoro.say(text, name)
    if not sound.seconds:
        return Reading(Speech(sound, []), name, (kokoro.NAME,))
    found = align(sound, text)
    # The times are the embedded voice's work, where the text is not too long for it.
    return Reading(Speech(sound, found.phones), name, (kokoro.NAME, *((vocoder.NAME,) if found.phones else ())))
