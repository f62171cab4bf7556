"""How a song shall sound: words of genre, mood, tempo, key, instruments and voice become the settings of a band."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gesso.engines.sketch.audio import measure
from gesso.engines.sketch.audio.sampler import instruments
from gesso.engines.sketch.audio.sounds import Sound


@dataclass(frozen=True, slots=True)
class Style:
    """Settings of a band."""

    tempo: float = 104.0
    """Beats a minute."""
    tonic: int = 0
    """Pitch class of the key, 0 is C."""
    mode: str = "major"
    groove: str = "pop"
    """A row of `grooves.GROOVES`."""
    chords: str = "piano"
    bass: str = "finger bass"
    kit: str = "standard kit"
    pad: str = "strings"
    lead: str = "clean guitar"
    """Instruments; an empty name is none."""
    voice: str = "Emily"
    energy: float = 0.6
    """0..1: how hard and dense it is played."""
    band: bool = True
    """Without it the voice has a soft chord instrument alone."""


# genre: words, tempo, mode, groove, chords, bass, kit, pad, lead, energy
_GENRES: tuple[tuple[str, float, str, str, str, str, str, str, str, float], ...] = (
    ("metal punk hardcore", 156, "minor", "rock", "distortion guitar", "finger bass", "power kit", "", "saw lead", 1.0),
    ("rock grunge indie garage", 126, "major", "rock", "distortion guitar", "finger bass", "power kit", "", "", 0.9),
    (
        "ballad romantic tender",
        72,
        "major",
        "ballad",
        "piano",
        "acoustic bass",
        "brush kit",
        "strings",
        "violin",
        0.4,
    ),
    (
        "folk acoustic singer-songwriter campfire",
        98,
        "major",
        "folk",
        "steel guitar",
        "acoustic bass",
        "brush kit",
        "",
        "harmonica",
        0.45,
    ),
    ("country bluegrass western", 114, "major", "folk", "banjo", "acoustic bass", "standard kit", "", "violin", 0.6),
    ("jazz swing bebop lounge", 120, "major", "swing", "piano", "acoustic bass", "brush kit", "", "alto sax", 0.5),
    ("blues", 82, "major", "shuffle", "clean guitar", "finger bass", "standard kit", "organ", "harmonica", 0.55),
    ("waltz musette", 96, "major", "waltz", "accordion", "acoustic bass", "", "strings", "violin", 0.45),
    (
        "house techno edm dance electronic trance disco club eurodance synthwave",
        124,
        "minor",
        "house",
        "saw lead",
        "synth bass",
        "electronic kit",
        "warm pad",
        "square lead",
        0.9,
    ),
    (
        "hip-hop hiphop rap trap lofi lo-fi chillhop",
        84,
        "minor",
        "hiphop",
        "rhodes",
        "synth bass",
        "electronic kit",
        "warm pad",
        "vibraphone",
        0.6,
    ),
    ("reggae ska dub", 78, "major", "reggae", "organ", "finger bass", "standard kit", "", "steel drums", 0.5),
    (
        "latin bossa samba salsa nova rumba tango flamenco mambo",
        122,
        "minor",
        "bossa",
        "nylon guitar",
        "acoustic bass",
        "brush kit",
        "",
        "flute",
        0.5,
    ),
    (
        "funk soul r&b rnb motown groove",
        108,
        "minor",
        "funk",
        "clean guitar",
        "finger bass",
        "standard kit",
        "organ",
        "brass",
        0.75,
    ),
    ("gospel hymn church", 84, "major", "ballad", "organ", "finger bass", "standard kit", "choir", "piano", 0.6),
    (
        "cinematic orchestral classical epic symphonic soundtrack trailer film",
        88,
        "minor",
        "cinematic",
        "strings",
        "finger bass",
        "",
        "choir",
        "brass",
        0.8,
    ),
    (
        "lullaby children nursery gentle sleep",
        70,
        "major",
        "arpeggio",
        "music box",
        "",
        "",
        "warm pad",
        "celesta",
        0.25,
    ),
    (
        "ambient meditation drone calm relaxing spa peaceful atmospheric",
        62,
        "major",
        "arpeggio",
        "harp",
        "",
        "",
        "warm pad",
        "flute",
        0.2,
    ),
    ("indian raga bollywood", 96, "minor", "bossa", "sitar", "finger bass", "brush kit", "warm pad", "sitar", 0.5),
    (
        "caribbean calypso tropical island",
        112,
        "major",
        "reggae",
        "steel drums",
        "finger bass",
        "standard kit",
        "",
        "steel drums",
        0.6,
    ),
    ("march military anthem", 112, "major", "march", "brass", "finger bass", "standard kit", "choir", "trumpet", 0.8),
    (
        "chiptune 8-bit game arcade",
        140,
        "major",
        "house",
        "square lead",
        "synth bass",
        "electronic kit",
        "",
        "square lead",
        0.8,
    ),
    ("pop", 106, "major", "pop", "piano", "finger bass", "standard kit", "strings", "clean guitar", 0.65),
)

_INSTRUMENTS: Mapping[str, tuple[str, str]] = {
    # word: (instrument, part it takes)
    "piano": ("piano", "chords"), "rhodes": ("rhodes", "chords"), "organ": ("organ", "chords"),
    "accordion": ("accordion", "chords"), "guitar": ("steel guitar", "chords"), "guitars": ("steel guitar", "chords"),
    "ukulele": ("nylon guitar", "chords"), "banjo": ("banjo", "chords"), "harp": ("harp", "chords"),
    "harpsichord": ("harpsichord", "chords"), "sitar": ("sitar", "lead"), "mandolin": ("banjo", "lead"),
    "violin": ("violin", "lead"), "fiddle": ("violin", "lead"), "cello": ("strings", "pad"),
    "strings": ("strings", "pad"), "choir": ("choir", "pad"), "pad": ("warm pad", "pad"), "pads": ("warm pad", "pad"),
    "synth": ("saw lead", "lead"), "synths": ("saw lead", "lead"), "synthesizer": ("saw lead", "lead"),
    "sax": ("alto sax", "lead"), "saxophone": ("alto sax", "lead"), "trumpet": ("trumpet", "lead"),
    "horns": ("brass", "lead"), "brass": ("brass", "lead"), "flute": ("flute", "lead"),
    "clarinet": ("clarinet", "lead"), "harmonica": ("harmonica", "lead"),
    "vibraphone": ("vibraphone", "lead"), "marimba": ("marimba", "lead"),
    "bells": ("glockenspiel", "lead"), "glockenspiel": ("glockenspiel", "lead"), "celesta": ("celesta", "lead"),
    "drums": ("standard kit", "kit"), "808": ("electronic kit", "kit"), "brushes": ("brush kit", "kit"),
    "bass": ("finger bass", "bass"),
}  # fmt: skip

_PHRASES: Mapping[str, tuple[str, str]] = {
    "electric guitar": ("clean guitar", "chords"), "distorted guitar": ("distortion guitar", "chords"),
    "nylon guitar": ("nylon guitar", "chords"), "spanish guitar": ("nylon guitar", "chords"),
    "acoustic guitar": ("steel guitar", "chords"), "electric piano": ("rhodes", "chords"),
    "double bass": ("acoustic bass", "bass"), "upright bass": ("acoustic bass", "bass"),
    "synth bass": ("synth bass", "bass"), "music box": ("music box", "chords"), "steel drums": ("steel drums", "lead"),
    "drum machine": ("electronic kit", "kit"), "steel pan": ("steel drums", "lead"),
}  # fmt: skip
"""Instruments of two words; read before the single ones."""

# word: (tempo factor, energy added, mode)
_MOODS: Mapping[str, tuple[float, float, str]] = {
    **dict.fromkeys(
        ["sad", "melancholy", "melancholic", "gloomy", "mournful", "heartbroken", "lonely", "wistful"],
        (0.88, -0.15, "minor"),
    ),
    **dict.fromkeys(["dark", "tense", "ominous", "mysterious", "haunting", "eerie", "angry"], (1.0, 0.1, "minor")),
    **dict.fromkeys(["happy", "joyful", "cheerful", "sunny", "bright", "playful", "optimistic"], (1.08, 0.1, "major")),
    **dict.fromkeys(
        ["upbeat", "energetic", "lively", "driving", "powerful", "intense", "exciting", "fast"], (1.18, 0.2, "")
    ),
    **dict.fromkeys(
        ["slow", "soft", "quiet", "gentle", "calm", "mellow", "dreamy", "tender", "warm", "laid-back"], (0.84, -0.2, "")
    ),
    **dict.fromkeys(["hopeful", "uplifting", "triumphant", "romantic"], (1.0, 0.05, "major")),
}

_MEN = ["male", "man", "baritone", "bass-baritone", "tenor", "deep", "low", "guy", "boy", "he", "masculine"]
_TONICS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_KEY = re.compile(r"\b(?:in|key of|key:)\s+([a-g])\s*(#|b|♯|♭|sharp|flat)?[\s-]*(major|minor|maj|min)?\b")
_BPM = re.compile(r"\b(\d{2,3})\s*bpm\b")


def of_words(words: str, seed: int) -> Style:
    """The style that words describe; what they leave open is the genre's, and the key is drawn from `seed`."""
    text = words.lower()
    told = re.findall(r"[a-z0-9&]+(?:-[a-z0-9]+)*", text)
    tempo, mode, groove, chords, bass, kit, pad, lead, energy = _genre(told)
    factor, more, mood = 1.0, 0.0, ""
    for word in told:
        faster, harder, its = _MOODS.get(word, (1.0, 0.0, ""))
        factor, more, mood = factor * faster, more + harder, its or mood
    style = Style(
        tempo=round(min(max(tempo * min(max(factor, 0.7), 1.4), 50), 190)),
        tonic=(seed * 5 + 7) % 12,
        mode=mood or mode,
        groove=groove,
        chords=chords,
        bass=bass,
        kit=kit,
        pad=pad,
        lead=lead,
        voice=_voice(told, seed),
        energy=min(max(energy + more, 0.15), 1.0),
    )
    return _without(_stated(_orchestrated(style, text, told), text), text)


def like(sound: Sound, seed: int) -> Style:
    """A style with the tempo and the key measured in a recording; how sharp its onsets are chooses the band."""
    grow = measure.onsets(sound)
    sharp = float(grow.max() / max(grow.mean(), 1e-9)) if len(grow) else 0.0
    genre = "ballad" if sharp < 4 else "pop" if sharp < 9 else "rock"
    style = of_words(genre, seed)
    tonic, mode = measure.key(sound)
    return replace(style, tempo=measure.tempo(sound), tonic=tonic, mode=mode)


def _genre(told: list[str]) -> tuple[float, str, str, str, str, str, str, str, float]:
    """The settings of the genre that is named first."""
    rows = {word: row[1:] for row in reversed(_GENRES) for word in row[0].split()}
    return next((rows[word] for word in told if word in rows), _GENRES[-1][1:])


def _orchestrated(style: Style, text: str, told: list[str]) -> Style:
    """Instruments that are named take their part; a second of one part becomes the lead."""
    named = [pair for phrase, pair in _PHRASES.items() if phrase in text]
    taken = {word for phrase in _PHRASES if phrase in text for word in phrase.split()}
    named += [_INSTRUMENTS[word] for word in dict.fromkeys(told) if word in _INSTRUMENTS and word not in taken]
    parts: dict[str, str] = {}
    for instrument, part in named:
        free = part if part not in parts else "lead"
        if free not in parts and instrument in instruments():
            parts[free] = instrument
    return replace(style, **parts)


def _stated(style: Style, text: str) -> Style:
    """Tempo and key in plain figures win over everything."""
    if found := _BPM.search(text):
        style = replace(style, tempo=float(min(max(int(found[1]), 40), 220)))
    if found := _KEY.search(text):
        shift = {"#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}.get(found[2] or "", 0)
        mode = {"maj": "major", "min": "minor"}.get(found[3] or "", found[3] or style.mode)
        style = replace(style, tonic=(_TONICS[found[1]] + shift) % 12, mode=mode)
    elif "minor" in text:
        style = replace(style, mode="minor")
    elif "major" in text:
        style = replace(style, mode="major")
    return style


def _without(style: Style, text: str) -> Style:
    if re.search(r"\ba\s?cappella\b|\bno (?:band|instruments|accompaniment)\b", text):
        style = replace(style, band=False)
    for word, part in (("drums", "kit"), ("percussion", "kit"), ("bass", "bass"), ("strings", "pad")):
        if re.search(rf"\b(?:no|without) {word}\b", text):
            style = replace(style, **{part: ""})
    return style


def _voice(told: list[str], seed: int) -> str:
    if set(told) & set(_MEN):
        return "James" if set(told) & {"deep", "low", "bass-baritone"} else ("Liam", "Mason", "Ethan")[seed % 3]
    if set(told) & {"child", "girl", "kid", "children"}:
        return "Chloe"
    return ("Emily", "Ava", "Isabella", "Julia")[seed % 4]
