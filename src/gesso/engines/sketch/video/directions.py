"""What a prompt tells the camera to do: bracketed directions to the letter, else the camera words of the sentence.

`[Pan left, Zoom in]` are moves made together, at most three; brackets at several places of the text follow each other
in time. The words and their sense are those of film sets: a pan turns the camera, a truck carries it sideways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
    """The moves, whether the prompt asked for any, the text without brackets, and what could not be followed."""

    moves: list[Move] = field(default_factory=list[Move])
    asked: bool = False
    text: str = ""
    unknown: list[str] = field(default_factory=list[str])


_SIDES = {"left": "left", "leftward": "left", "leftwards": "left", "right": "right", "rightward": "right", "rightwards": "right", "up": "up", "upward": "up", "upwards": "up", "down": "down", "downward": "down", "downwards": "down", "in": "in", "forward": "in", "forwards": "in", "closer": "in", "out": "out", "back": "out", "backward": "out", "backwards": "out", "away": "out", "clockwise": "right", "counterclockwise": "left", "anticlockwise": "left"}

_VERBS: Mapping[str, str] = {
    "pan": "pan",
    "tilt": "tilt",
    "zoom": "zoom",
    "truck": "truck",
    "track": "truck",
    "slide": "truck",
    "dolly": "dolly",
    "push": "dolly",
    "pull": "dolly",
    "move": "dolly",
    "pedestal": "pedestal",
    "crane": "crane",
    "boom": "crane",
    "jib": "crane",
    "orbit": "orbit",
    "arc": "orbit",
    "circle": "orbit",
    "revolve": "orbit",
    "roll": "roll",
    "shake": "shake",
}
_USUAL_SIDE = {"pan": "right", "tilt": "up", "zoom": "in", "truck": "right", "dolly": "in", "pedestal": "up", "crane": "up", "orbit": "right", "roll": "right"}
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
_MEANT = {("pan", "up"): "tilt up", ("pan", "down"): "tilt down", ("truck", "in"): "dolly in", ("truck", "out"): "dolly out", ("truck", "up"): "pedestal up", ("truck", "down"): "pedestal down", ("dolly", side): f"truck {side}" for side in ("left", "right"), ("dolly", side): f"pedestal {side}" for side in ("up", "down")}

_FIXED: Mapping[str, str] = {
    r"static( shot| camera)?|locked[- ]off|fixed (shot|camera)|still camera|tripod": "static",
    r"tracking( shot)?|follow(ing|s)?( shot)?": "track",
    r"shak(e|es|y|ing)( cam(era)?)?": "shake",
    r"hand[- ]?held": "handheld",
    r"(360|full)[- ]?(degree|°)?[- ]?(turn|orbit|rotation)": "orbit right",
    r"aerial|drone( shot)?|fly[- ]?over|bird'?s[- ]eye": "aerial",
    r"dolly zoom|vertigo": "vertigo",
    r"whip pan|swish pan": "pan right",
    r"time[- ]?lapse|hyper[- ]?lapse": "",
}
_STRENGTH = {"slow": 0.6, "slowly": 0.6, "gentle": 0.6, "gently": 0.6, "slight": 0.5, "slightly": 0.5, "subtle": 0.5, "subtly": 0.5, "smooth": 0.9, "quick": 1.4, "quickly": 1.4, "fast": 1.4, "rapid": 1.5, "rapidly": 1.5, "dramatic": 1.3, "dramatically": 1.3, "whip": 1.6}

_BRACKET = re.compile(r"\[([^\[\]]{1,200})\]")
_CAMERA = re.compile(r"\b(camera|shot|lens|cam|view|pov|drone|cinematograph\w*|footage)\b", re.IGNORECASE)


def read(prompt: str) -> Directions:
    """The camera's directions in a prompt, with their times."""
    brackets = list(_BRACKET.finditer(prompt))
    text = re.sub(r"\s+", " ", _BRACKET.sub(" ", prompt)).strip()
    told = Directions(text=text)
    known = [(found, _together(found.group(1), told)) for found in brackets]
    steps = [moves for _, moves in known if moves]
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
    return found


def _spoken(text: str) -> tuple[list[tuple[str, float]], str]:
    """Camera words in prose: phrases that speak of a camera, and words that mean nothing else. And the text without."""
    found: list[tuple[str, float]] = []
    rest: list[str] = []
    for clause in re.split(r"((?:[.;,!?]\s|\b(?:while|then|as)\b))", text):
        of_camera = _CAMERA.search(clause) is not None
        kinds = [kind for kind in _phrase(clause.lower(), lone=of_camera) if kind[0] not in [k for k, _ in found]]
        found += kinds
        rest.append(_less(clause) if kinds else clause)
    return found[:MOST_TOGETHER], re.sub(r"\s+", " ", "".join(rest)).strip(" ,;.") if found else text


def _less(clause: str) -> str:
    """What a clause with a camera move says besides: "slow zoom in on an old house" is still of a house."""
    after = re.search(r"\b(?:on|of|over|around|across|along|towards?|past|between|through|into|to)\s+(.+)$", clause)
    return " " + after.group(1) if after else ""


_PLAIN = frozenset({"pan", "zoom", "dolly", "orbit", "truck", "tilt", "crane", "pedestal"})
"""Verbs that speak of a camera even where none is named, if a side follows: "slow zoom in"."""


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
        if verb is None:
            continue
        side = next((_SIDES[w] for w in words[place + 1 : place + 5] if w in _SIDES), None)
        side = side or ("out" if verb == "dolly" and word.startswith("pull") else None)
        if not lone and (word.startswith(("mov", "push", "pull", "slid", "circl", "arc", "roll", "track", "shak"))):
            continue
        if not lone and (side is None or verb not in _PLAIN):
            continue
        if word.startswith("mov") and side is None:
            continue
        if kind := _kind(verb, side):
            found.append((kind, _pace(clause)))
    return found


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
    found = [value for word, value in _STRENGTH.items() if re.search(rf"\b{word}\b", clause)]
    return found[0] if found else 1.0


Ruled = Callable[[str], bool]


def without(told: Directions, negative: str) -> Directions:
    """The directions less what a negative prompt rules out: "camera movement", "zoom", "shaky"."""
    words = negative.lower()
    every = re.search(r"camera (movement|motion|move)", words) is not None
    kept = [move for move in told.moves if not every and not re.search(rf"\b{move.kind.split()[0]}", words)]
    return Directions(kept, told.asked or every, told.text, told.unknown)
