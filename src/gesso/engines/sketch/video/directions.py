"""What a prompt tells the camera to do: bracketed directions to the letter, else the camera words of the sentence.

`[Pan left, Zoom in]` are moves made together, at most three; brackets at several places of the text follow each other
in time. The words and their sense are those of film sets: a pan turns the camera, a truck carries it sideways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_TOGETHER = 3
"""Directions that one bracket may hold."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that the camera does between two shares (0..1) of the video; `strength` 1 is the usual amount."""

    kind: str
    start: float = 0.0
    end: float = 1.0
    strength: float = 1.0


@dataclass(slots=True)
class Directions:
    """The moves, whether the prompt asked for any, the text without brackets, and what could not be followed.

    `unlisted` are bracketed directions that are followed though no list of directions has them.
    """

    moves: list[Move] = field(default_factory=list[Move])
    asked: bool = False
    text: str = ""
    unknown: list[str] = field(default_factory=list[str])
    unlisted: list[str] = field(default_factory=list[str])


def _by_word(rows: Mapping[str, str]) -> Mapping[str, str]:
    return {word: name for name, words in rows.items() for word in words.split()}


_SIDES = _by_word(
    {
        "left": "left leftward leftwards counterclockwise anticlockwise",
        "right": "right rightward rightwards clockwise",
        "up": "up upward upwards",
        "down": "down downward downwards",
        "in": "in forward forwards closer",
        "out": "out back backward backwards away",
    }
)

_VERBS = _by_word(
    {
        "pan": "pan",
        "tilt": "tilt",
        "zoom": "zoom",
        "truck": "truck track slide",
        "dolly": "dolly push pull move",
        "pedestal": "pedestal",
        "crane": "crane boom jib",
        "orbit": "orbit arc circle revolve",
        "roll": "roll rotate spin",
        "shake": "shake",
    }
)
_USUAL_SIDE = _by_word({"right": "pan truck orbit roll", "up": "tilt pedestal crane", "in": "zoom dolly"})
_ALLOWED: Mapping[str, frozenset[str]] = {
    "pan": frozenset({"left", "right", "up", "down"}),
    "tilt": frozenset({"up", "down"}),
    "zoom": frozenset({"in", "out"}),
    "truck": frozenset({"left", "right", "in", "out", "up", "down"}),
    "dolly": frozenset({"in", "out", "left", "right", "up", "down"}),
    "pedestal": frozenset({"up", "down"}),
    "crane": frozenset({"up", "down"}),
    "orbit": frozenset({"left", "right"}),
    "roll": frozenset({"left", "right"}),
}
_MEANT = {
    ("pan", "up"): "tilt up",
    ("pan", "down"): "tilt down",
    ("truck", "in"): "dolly in",
    ("truck", "out"): "dolly out",
    ("truck", "up"): "pedestal up",
    ("truck", "down"): "pedestal down",
    ("dolly", "left"): "truck left",
    ("dolly", "right"): "truck right",
    ("dolly", "up"): "pedestal up",
    ("dolly", "down"): "pedestal down",
}
"""What is loosely said, by its name on a set."""

LISTED = frozenset(
    {
        *("pan left", "pan right", "truck left", "truck right", "dolly in", "dolly out", "pedestal up"),
        *("pedestal down", "tilt up", "tilt down", "zoom in", "zoom out", "shake", "track", "static"),
    }
)
"""The fifteen directions that MiniMax lists for its brackets, by their names here (push in is a dolly in)."""

_FIXED: Mapping[str, str] = {
    r"static( shot| camera)?|locked[- ]off|fixed (shot|camera)|still camera|tripod": "static",
    r"tracking( shot)?|follow(ing|s)?( shot)?": "track",
    r"shak(e|es|y|ing)( cam(era)?)?": "shake",
    r"hand[- ]?held": "handheld",
    r"(360|full)[- ]?(degree|°)?[- ]?(turn|orbit|rotation)": "orbit right",
    r"aerial|drone( shot)?|fly[- ]?over|bird'?s[- ]eye": "aerial",
    r"dolly zoom|vertigo": "vertigo",
    r"whip pan|swish pan": "pan right",
}
_PACES = {
    0.5: "slight slightly subtle subtly",
    0.6: "slow slowly gentle gently",
    1.4: "quick quickly fast rapid rapidly dramatic dramatically",
    1.6: "whip",
}

_BRACKET = re.compile(r"\[([^\[\]]{1,200})\]")
_CAMERA = re.compile(r"\b(camera|shot|lens|cam|view|pov|drone|cinematograph\w*|footage)\b", re.IGNORECASE)


def read(prompt: str) -> Directions:
    """The camera's directions in a prompt, with their times."""
    brackets = list(_BRACKET.finditer(prompt))
    text = re.sub(r"\s+", " ", _BRACKET.sub(" ", prompt)).strip()
    told = Directions(text=text)
    inside = [part for found in brackets for part in re.split(r",?\s*\bthen\b", found.group(1), flags=re.IGNORECASE)]
    steps = [moves for part in inside if (moves := _together(part, told))]
    if steps:
        told.asked = True
        for number, kinds in enumerate(steps):
            span = (number / len(steps), (number + 1) / len(steps))
            told.moves += [Move(kind, *span, strength) for kind, strength in kinds if kind != "static"]
        return told
    kinds, told.text = _spoken(text)
    told.asked = bool(kinds)
    told.moves = [Move(kind, 0.0, 1.0, strength) for kind, strength in kinds if kind not in ("static", "")]
    return told


def _together(inside: str, told: Directions) -> list[tuple[str, float]]:
    """The moves of one bracket; what goes beyond three, and what is no move, is told as such."""
    found: list[tuple[str, float]] = []
    for part in re.split(r"[,;+&]|\band\b", inside):
        kinds = _phrase(part.strip().lower(), lone=True)
        if not kinds:
            told.unknown += [part.strip()] if part.strip() else []
        elif len(found) >= MOST_TOGETHER:
            told.unknown.append(f"{part.strip()} (a bracket holds three at most)")
        else:
            found.append(kinds[0])
            told.unlisted += [] if kinds[0][0] in LISTED else [part.strip()]
    return found


def _spoken(text: str) -> tuple[list[tuple[str, float]], str]:
    """Camera words in prose: phrases that speak of a camera, and words that mean nothing else. And the text without."""
    found: list[tuple[str, float]] = []
    rest: list[str] = []
    for clause in re.split(r"((?:[.;,!?]\s|\b(?:while|then|as)\b))", text):
        kinds = [kind for kind in _told(clause) if kind[0] not in [k for k, _ in found]]
        found += kinds
        rest.append(_less(clause) if kinds else clause)
    left = re.sub(r"\s+", " ", "".join(rest)).strip(" ,;.")
    return found[:MOST_TOGETHER], re.sub(
        r"^(?:while|then|as)\b\s*|\s*\b(?:while|then|as)$", "", left
    ) if found else text


def _told(clause: str) -> list[tuple[str, float]]:
    """The moves that a clause names. What a shot or view is *of* moves by itself."""
    camera = _CAMERA.search(clause)
    of = camera and re.search(r"\bof\b", clause[camera.end() :])
    if camera is None or of is None:
        return _phrase(clause.lower(), lone=camera is not None)
    there = camera.end() + of.start()
    return [*_phrase(clause[:there].lower(), lone=True), *_phrase(clause[there:].lower(), lone=False)]


def _less(clause: str) -> str:
    """What a clause with a camera move says besides: "slow zoom in on an old house" is still of a house."""
    words = list(re.finditer(r"[\w'-]+", clause))
    lower = [word[0].lower() for word in words]
    of_camera = [word for place, word in enumerate(words) if _CAMERA.fullmatch(word[0]) or _moves_camera(lower, place)]
    if not of_camera:
        return ""
    before = clause[: of_camera[0].start()]
    while (shorter := _BEFORE.sub("", before)) != before:
        before = shorter
    after = clause[of_camera[-1].end() :]
    while (shorter := _AFTER.sub("", after)) != after:
        after = shorter
    return f" {before.strip()} {after.strip()}"


def _moves_camera(words: Sequence[str], place: int) -> bool:
    if _stem(words[place]) is not None:
        return not _is_noun(words, place)
    return re.fullmatch("|".join(_FIXED), words[place]) is not None


_PACED = frozenset(" ".join(_PACES.values()).split())
_BESIDE = _PACED | {"then", "and", "a", "very"}

_BEFORE = re.compile(rf"(?:\b(?:with|the|an|in|by|while|as|of|{'|'.join(_BESIDE)})|\W)\s*$", re.IGNORECASE)
_AFTER = re.compile(
    r"^[\s\W]*(?:(?:to|towards?)\s+the\s+(?:left|right)|shot|view|and|then|on|of|over|around|across|along|to|towards?|"
    r"past|between|through|into|(?:fl|glid|ris|soar|hover|reveal|show)(?:y|ies|es|s|ing|ying)?|"
    rf"{'|'.join((*_SIDES, *_PACED))})(?:\b|$)",
    re.IGNORECASE,
)
"""What is said of a camera before and after the words for its move, and goes with them."""

_ARTICLES = frozenset({"a", "an", "the", "one", "two", "his", "her", "its", "their", "my"})

_PLAIN = frozenset({"pan", "zoom", "dolly", "orbit", "truck", "tilt", "crane", "pedestal"})
"""Verbs that speak of a camera even where none is named, if a side follows: "slow zoom in"."""

_IMPERATIVE = frozenset({"push", "pull", "roll", "rolling", "rotate", "rotating", "pushing", "pulling"})
"""Verbs that are a camera's where a clause begins with them, and a side follows: "slowly roll clockwise"."""


def _phrase(clause: str, *, lone: bool) -> list[tuple[str, float]]:
    """The moves that a phrase names; `lone` where it is certain to speak of the camera."""
    for pattern, kind in _FIXED.items():
        if re.search(rf"\b({pattern})\b", clause):
            sure = lone or kind not in ("track", "shake", "static")
            return [(kind, _pace(clause))] if sure else []
    words = re.findall(r"[a-z]+", clause)
    found: list[tuple[str, float]] = []
    for place, word in enumerate(words):
        verb = _stem(word)
        if verb is None or _is_noun(words, place):
            continue
        side = next((_SIDES[w] for w in words[place + 1 : place + 5] if w in _SIDES), None)
        side = side or ("out" if verb == "dolly" and word.startswith("pull") else None)
        if not lone and not _orders(words, place, verb, side):
            continue
        if word.startswith("mov") and side is None:
            continue
        if kind := _kind(verb, side):
            found.append((kind, _pace(clause)))
    return found


def _is_noun(words: Sequence[str], place: int) -> bool:
    """Whether "truck", "crane" or "pan" is a thing: "the old truck drives on", but "a slow pan", "a crane shot"."""
    if _stem(words[place]) != words[place] or (place and words[place - 1] in _PACED):
        return False
    following = words[place + 1 : place + 2]
    if following and (following[0] in _SIDES or _CAMERA.fullmatch(following[0])):
        return False
    near = words[max(0, place - 3) : place]
    article = next((i for i in range(len(near) - 1, -1, -1) if near[i] in _ARTICLES), None)
    return article is not None and not any(_CAMERA.fullmatch(word) for word in near[article:])


def _orders(words: Sequence[str], place: int, verb: str, side: str | None) -> bool:
    """Whether a verb speaks of a camera though none is named: it can mean nothing else, or nobody else does it."""
    word = words[place]
    if side is None or word.endswith("s"):
        return False
    if word in _IMPERATIVE and words[:place] != ["a"] and all(word in _BESIDE for word in words[:place]):
        return True
    return verb in _PLAIN and not word.startswith(("mov", "push", "pull", "slid", "circl", "arc", "track"))


def _kind(verb: str, side: str | None) -> str | None:
    if verb == "shake":
        return "shake"
    side = side if side in _ALLOWED[verb] else _USUAL_SIDE[verb] if side is None else None
    return None if side is None else _MEANT.get((verb, side), f"{verb} {side}")


def _stem(word: str) -> str | None:
    for ending, tail in (
        ("", ""),
        ("s", ""),
        ("es", ""),
        ("ing", ""),
        ("ing", "e"),
        ("ning", ""),
        ("ed", ""),
        ("d", ""),
    ):
        if word.endswith(ending) and (verb := _VERBS.get(word.removesuffix(ending) + tail)):
            return verb
    return None


def _pace(clause: str) -> float:
    words = set(re.findall(r"[a-z]+", clause))
    return next((pace for pace, said in _PACES.items() if words & set(said.split())), 1.0)


def without(told: Directions, negative: str) -> Directions:
    """The directions less what a negative prompt rules out: "camera movement", "zoom", "shaky"."""
    words = negative.lower()
    every = re.search(r"camera (movement|motion|move)", words) is not None
    kept = [move for move in told.moves if not every and not re.search(rf"\b{move.kind.split()[0]}", words)]
    return Directions(kept, told.asked or every, told.text, told.unknown, told.unlisted)
