"""The mouth over time: shut on p, b, m, open on vowels, after recordings as loud as they are."""

from __future__ import annotations

import numpy as np

from gesso.engines.sketch.audio import measure, speech
from gesso.engines.sketch.audio.phonemes import VOWELS
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.audio.speech import Phone
from gesso.engines.sketch.talk import visemes

FPS = 25


def test_lips_meet_on_every_closed_phone() -> None:
    said = speech.say("Mamma bought a big blue boat, papa.")
    mouth = visemes.of_phones(said.phones, said.sound.seconds, 100)
    for phone in said.phones:
        if phone.symbol in visemes.CLOSED:
            assert mouth.open[round((phone.start + phone.end) / 2 * 100 - 0.5)] < 0.06, phone


def test_vowels_open_and_round_as_they_do() -> None:
    steady = {symbol: [Phone(symbol, 0.0, 1.0)] for symbol in "ɑiuɛm"}
    middle = {symbol: visemes.of_phones(phones, 1.0, FPS) for symbol, phones in steady.items()}
    opened = {symbol: float(mouth.open[12]) for symbol, mouth in middle.items()}
    wide = {symbol: float(mouth.wide[12]) for symbol, mouth in middle.items()}
    assert opened["ɑ"] > opened["ɛ"] > opened["i"] > opened["m"] == 0
    assert wide["i"] > 0.5 > wide["ɑ"] > wide["u"]


def test_every_phone_that_is_said_has_a_shape() -> None:
    said = speech.say(
        "The quick brown fox jumps over the lazy dog; she sells sea shells. Joy, vision, thing, cheap, our."
    )
    missing = {phone.symbol for phone in said.phones} - set(visemes.SHAPES) - set(" .,;!?")
    assert not missing


def test_the_mouth_follows_the_sound_of_speech() -> None:
    said = speech.say("Hello there. ... We are going to the big house, are you?")
    heard = visemes.of_sound(said.sound, FPS)
    loud = measure.levels(said.sound.samples, said.sound.rate, FPS)[: len(heard.open)]
    assert np.corrcoef(heard.open[: len(loud)], loud)[0, 1] > 0.6
    known = visemes.of_phones(said.phones, said.sound.seconds, FPS)
    assert np.corrcoef(heard.open, known.open)[0, 1] > 0.35


def test_vowels_lie_under_open_mouths() -> None:
    said = speech.say("Papa got a car.")
    heard = visemes.of_sound(said.sound, 100)

    def mean(symbols: frozenset[str]) -> float:
        spans = [heard.open[round(p.start * 100) : round(p.end * 100)] for p in said.phones if p.symbol in symbols]
        return float(np.concatenate(spans).mean())

    assert mean(VOWELS) > 2 * mean(frozenset(".,"))


def test_silence_keeps_it_shut() -> None:
    mouth = visemes.of_sound(Sound(np.zeros((16000, 1), np.float32), 16000), FPS)
    assert len(mouth.open) == FPS
    assert mouth.open.max() == 0


def test_a_quiet_recording_moves_the_mouth_as_a_loud_one() -> None:
    said = speech.say("Hello over there").sound
    loud, quiet = (visemes.of_sound(Sound(said.samples * gain, said.rate), FPS) for gain in (1.0, 0.25))
    assert np.abs(loud.open - quiet.open).max() < 0.1
