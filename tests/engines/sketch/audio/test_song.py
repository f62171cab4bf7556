"""Songs: lyrics read, tunes that fit chords and stress, notes that are sung as written, a band in time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gesso.engines.sketch.audio import grooves, lyrics, measure, mixing, sampler, song, style
from gesso.engines.sketch.audio.arrange import Clock, arrange
from gesso.engines.sketch.audio.lyrics import Line
from gesso.engines.sketch.audio.melody import compose, scale
from gesso.engines.sketch.audio.singing import LEAD, Tone, sing
from gesso.engines.sketch.audio.sounds import Sound
from gesso.engines.sketch.audio.speech import VOICES
from gesso.engines.sketch.audio.style import Style, of_words

TWINKLE = "Twinkle twinkle little star how I wonder what you are"
TUNE = (60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60)
LYRICS = "[verse]\nThe river runs below the town\nAnd carries all my sorrows down\n[chorus]\nRow, row, row me home"


def only(text: str) -> Line:
    (line,) = lyrics.read(text)[0].sung
    return line


# ---------------------------------------------------------------- lyrics


def test_tags_name_the_sections() -> None:
    text = "[Intro]\n[Verse 1]\none line\n\n[Pre-Chorus]\nup\n(Hook)\nla la\n[solo]\n[Bridge] over\n[outro]"
    kinds = [section.kind for section in lyrics.read(text)]
    assert kinds == ["intro", "verse", "prechorus", "chorus", "solo", "bridge", "outro"]


def test_paragraphs_are_verse_and_chorus_in_turn() -> None:
    assert [section.kind for section in lyrics.read("##a b\nc\n\nd e\n\nf##")] == ["verse", "chorus", "verse"]


def test_an_empty_line_within_a_section_is_a_pause() -> None:
    (section,) = lyrics.read("[verse]\nfirst\n\nsecond")
    assert [line and line.words for line in section.lines] == ["first", None, "second"]


@pytest.mark.parametrize(
    ("words", "count"), [(TWINKLE, 14), ("Hallelujah", 4), ("strengths", 1), ("the fire in the rain", 6)]
)
def test_syllables(words: str, count: int) -> None:
    line = only(words)
    assert len(line.syllables) == count
    assert all(before.end <= after.begin for before, after in pairwise(line.syllables))


def test_stress_is_known() -> None:
    assert [syllable.stress for syllable in only("banana").syllables] == [0, 2, 0]


def test_a_long_line_is_two_breaths() -> None:
    (section,) = lyrics.read(
        "I walked along the river in the evening with the lanterns, and I sang until the morning came"
    )
    assert len(section.sung) > 1
    assert all(len(line.syllables) <= 18 for line in section.sung)


@pytest.mark.parametrize("text", ["", "####", "日本語", "[verse]\n???", "[]\n[[]]"])
def test_lyrics_without_words(text: str) -> None:
    assert not any(section.sung for section in lyrics.read(text))


# ---------------------------------------------------------------- style


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (
            "slow waltz, accordion and double bass, warm low voice",
            {"groove": "waltz", "chords": "accordion", "voice": "James"},
        ),
        ("hard rock, deep male voice", {"groove": "rock", "chords": "distortion guitar", "voice": "James"}),
        ("jazz with piano and saxophone, no drums", {"groove": "swing", "lead": "alto sax", "kit": ""}),
        ("pop at 133 bpm in F# minor", {"tempo": 133.0, "tonic": 6, "mode": "minor"}),
        ("ballad in Bb major", {"tonic": 10, "mode": "major"}),
        ("a cappella folk", {"band": False}),
    ],
)
def test_style_words(words: str, wanted: dict[str, object]) -> None:
    made = of_words(words, 0)
    got = {name: getattr(made, name) for name in wanted}
    assert got == wanted


def test_moods_change_tempo_mode_and_energy() -> None:
    sad, plain, happy = (of_words(words, 0) for words in ("sad slow pop", "pop", "happy energetic pop"))
    assert sad.tempo < plain.tempo < happy.tempo
    assert sad.energy < plain.energy < happy.energy
    assert (sad.mode, happy.mode) == ("minor", "major")


def test_every_genre_has_its_groove_and_instruments() -> None:
    playable = {*sampler.instruments(), ""}
    for word in ("metal", "ballad", "folk", "jazz", "waltz", "house", "rap", "reggae", "bossa", "funk", "epic", "spa"):
        made = of_words(word, 1)
        assert made.groove in grooves.GROOVES
        assert {made.chords, made.bass, made.kit, made.pad, made.lead} <= playable


def test_a_reference_gives_tempo_and_key() -> None:
    given = Style(tempo=92, tonic=7, mode="major", groove="pop")
    made = style.like(song.bed(given, 20, 5), 1)
    assert abs(made.tempo - 92) <= 1
    assert made.tonic in {7, 2, 0}  # the key itself, or the nearest fifth of it


# ---------------------------------------------------------------- tune


def test_the_tune_is_in_the_key_and_comes_home() -> None:
    chosen = Style(tonic=9, mode="minor")
    passages = compose(lyrics.read(LYRICS), chosen, 4, 62, 3)
    for passage in passages:
        for phrase in passage.phrases:
            assert len(phrase.notes) == len(phrase.line.syllables)
            assert {note.key % 12 for note in phrase.notes} <= set(scale(chosen))
            assert all(a.beat + a.beats <= b.beat + 1e-6 for a, b in pairwise(phrase.notes))
            assert phrase.notes[-1].beat + phrase.notes[-1].beats <= phrase.bars * 4
        assert passage.phrases[-1].notes[-1].key % 12 == 9


def test_stressed_syllables_fall_on_beats_and_chords() -> None:
    passages = compose(lyrics.read(LYRICS * 1), Style(), 4, 62, 3)
    strong, weak = [], []
    for phrase in (phrase for passage in passages for phrase in passage.phrases):
        for note, syllable in zip(phrase.notes, phrase.line.syllables, strict=True):
            (strong if syllable.stress == 2 else weak).append(note.beat % 1 == 0)
    assert np.mean(strong) > np.mean(weak)


def test_a_chorus_returns_with_its_tune() -> None:
    text = "[verse]\nOne two three\n[chorus]\nCome home again\n[verse]\nFour five six\n[chorus]\nCome home again"
    passages = [p for p in compose(lyrics.read(text), Style(), 4, 62, 3) if p.kind == "chorus"]
    first, second = (passage.phrases[0].notes for passage in passages)
    assert first == second


# ---------------------------------------------------------------- singing


@pytest.mark.parametrize(("voice", "down"), [("Emily", 0), ("James", 12)])
def test_notes_are_sung_as_written(voice: str, down: int) -> None:
    tones = [Tone(n * 0.5, 0.46, key - down) for n, key in enumerate(TUNE)]
    sung = sing(only(TWINKLE), tones, VOICES[voice], 1)
    found = measure.pitches(sung, 24000, per_second=100)
    near = []
    for tone in tones:
        part = found[int((tone.start + LEAD + 0.1) * 100) : int((tone.start + LEAD + 0.4) * 100)]
        part = part[part > 0]
        near.append(len(part) > 3 and abs(69 + 12 * np.log2(np.median(part) / 440) - tone.key) < 0.4)
    assert sum(near) >= 12


def test_vowels_begin_with_their_notes() -> None:
    tones = [Tone(n * 1.0, 0.7, 62) for n in range(4)]
    sung = sing(only("pa ta ka pa"), tones, VOICES["Emily"], 1)
    loud = measure.levels(sung, 24000, 50)
    for tone in tones:
        onset = round((tone.start + LEAD) * 50)
        assert loud[onset + 3 : onset + 25].mean() > 4 * loud[onset - 12 : onset - 7].mean()


def test_a_long_note_has_vibrato() -> None:
    sung = sing(only("ah"), [Tone(0, 3.0, 64)], VOICES["Emily"], 1)
    found = measure.pitches(sung, 24000, per_second=100)[int((LEAD + 1) * 100) : int((LEAD + 2.6) * 100)]
    cents = 1200 * np.log2(found[found > 0] / 329.63)
    assert 25 < np.ptp(cents) < 130
    assert abs(np.median(cents)) < 15


# ---------------------------------------------------------------- band and mix


def test_the_drums_keep_the_tempo() -> None:
    for tempo, groove in ((132, "rock"), (96, "pop")):
        chosen = Style(tempo=tempo, groove=groove)
        passages = compose(lyrics.read(LYRICS), chosen, 4, 62, 3)
        notes = arrange(passages, chosen, Clock(tempo, 4), 1).parts["kit"]
        drums = sampler.play(notes, "standard kit", round(sum(p.bars for p in passages) * 240 / tempo * sampler.RATE))
        assert abs(measure.tempo(Sound(drums, sampler.RATE)) - tempo) <= 1


def test_more_lyrics_make_a_longer_song() -> None:
    short, long = (song.plan(lyrics.read("[verse]\n" + "Sing to me softly\n" * n), Style(), 1) for n in (8, 16))
    assert long.seconds > 1.5 * short.seconds


def test_a_song_has_a_beginning_and_an_end_and_is_no_snippet() -> None:
    made = song.plan(lyrics.read("[verse]\nSing to me"), Style(), 1)
    assert [passage.kind for passage in made.passages] == ["intro", "verse", "chorus", "outro"]
    assert made.seconds > 20


def test_a_chorus_is_fuller_than_a_verse() -> None:
    chosen = Style()
    passages = compose(lyrics.read(LYRICS), chosen, 4, 62, 3)
    clock = Clock(chosen.tempo, 4)
    parts = arrange(passages, chosen, clock, 1).parts
    verse, chorus = passages
    turn = clock.at(chorus.bar, 0)

    def weight(begin: float, end: float, bars: int) -> float:
        return sum(n.velocity for notes in parts.values() for n in notes if begin <= n.start < end) / bars

    assert weight(turn, 1e9, chorus.bars) > 1.15 * weight(0, turn, verse.bars)


def test_the_limiter_holds_and_keeps_quiet_parts() -> None:
    rng = np.random.default_rng(0)
    mix = rng.normal(0, 0.05, (44100, 2)).astype(np.float32)
    mix[20000:20100] *= 60
    made = mixing.limited(mix)
    assert np.abs(made).max() <= mixing.CEILING
    assert np.allclose(made[:15000], mix[:15000])


@pytest.mark.parametrize("seconds", [2.0, 7.3])
def test_a_bed_is_exactly_as_long_as_asked(seconds: float) -> None:
    made = song.bed(of_words("calm piano", 0), seconds, 1)
    assert len(made.samples) == round(seconds * made.rate)
    assert 0.05 < np.sqrt((made.samples**2).mean()) < 0.2
