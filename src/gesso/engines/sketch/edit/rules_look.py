"""Rules for what changes how a picture looks or is cut: controls, hour and weather, styles, shape."""

from __future__ import annotations

import re
from dataclasses import replace

from gesso.engines.sketch.edit import relight, words
from gesso.engines.sketch.edit.clauses import EXCEPT, Clause, amount, bare, target, without_amount
from gesso.engines.sketch.edit.steps import Adjust, Atmosphere, Reshape, Restyle, Step, Target
from gesso.engines.sketch.words import vocabulary

MAKE = r"(?:make|turn|change|convert|transform|set|give|render|apply|add|put|let|use|have)"
LOOKS = (
    r"(?:(?:to )?(?:look|looks|be|become|appear|seem)(?: like| as)?|into|to|in|as|with|like|of|a|an|the|"
    r"style|effect|filter|look|version|tone|toned|mode)"
)

OF_ALL = (
    r"it|more|less|and|up|out|effects?|light|lighting|lights|colou?rs?|colou?r grad(?:e|ing)|grade|quality|mood|vibe|"
    r"feel|tones?|atmosphere|details?|skies"
)
"""Words that say of what a control is, and are the whole picture's."""

EVERYTHING = Target(everything=True)


def relighting(clause: Clause) -> Step | None:
    """ "Relight with golden light from the left", "soft light from above"."""
    kind = relight.asked(clause.lower)
    thing = re.match(r"(?:remove|delete|erase|take|replace|swap|move)\b|(?:add|put|place) an?\b", clause.lower)
    return Adjust(kind, amount(clause.lower)) if kind and not thing else None


def adjusting(clause: Clause) -> Step | None:
    """ "Brighter", "make the sky darker", "increase the contrast", "a vintage look"."""
    text = without_amount(clause.lower)
    if re.search(r"\bsky\b.*\bnight\b|\bstyle of\b", text):
        return None
    spared = re.search(EXCEPT, text)
    if spared is not None:
        step = adjusting(clause.of(re.sub(r",? ?\b(?:all|everything)$", "", text[: spared.start()].strip(" ,"))))
        thing = target(spared[0])
        return replace(step, target=thing) if isinstance(step, Adjust) and thing.noun else None
    for pattern, kind, sign in words.CONTROLS:
        found = re.search(rf"(?:^|\s)(?:{pattern})(?=\s|$)", text)
        if found is None:
            continue
        on = _rest(text[: found.start()] + " " + text[found.end() :])
        if on is None:
            continue
        return Adjust(kind, sign * amount(clause.lower), on)
    return None


def _rest(text: str) -> Target | None:
    """What is left of a clause beside the control: a thing, everything, or (None) words that say something else."""
    text = re.sub(r"\s+", " ", text).strip(" ,")
    text = re.sub(rf"^(?:{MAKE})\b|^(?:{words.MORE}|{words.LESS})\b|^(?:fix|correct|adjust)\b", "", text).strip()
    text = re.sub(rf"(?:^|\s){LOOKS}(?=\s|$)", " ", re.sub(rf"(?:\s|^){LOOKS}$", " ", text)) if text else text
    text = bare(re.sub(r"\s+", " ", re.sub(rf"\b(?:{OF_ALL})$|^(?:more|less|it)\b", " ", text)).strip())
    if not text or text in ("more", "less", "it", "this"):
        return EVERYTHING
    thing = target(text)
    if thing.everything:
        return EVERYTHING
    if len(text.split()) > 4 or re.search(r"\b(?:of|with|for|into|on|under|and)\b", text):
        return None
    return thing


def atmosphere(clause: Clause) -> Step | None:
    """ "At night", "make it winter", "rainy", "add fog", "change the time of day to sunset"."""
    if re.search(CLOUDLESS, clause.lower):
        return Atmosphere(weather=frozenset({"clear"}))
    if re.search(
        r"\b(?:dramatic|epic|threatening) (?:\w+ )?(?:sky|skies|clouds)\b|\bsky\b.*\bdramatic\b", clause.lower
    ):
        return Atmosphere(weather=frozenset({"dramatic"}))
    tokens = re.findall(r"[\w'’-]+", clause.lower)
    sets: dict[str, list[str]] = {"time": [], "season": [], "weather": []}
    left: list[str] = []
    at = 0
    while at < len(tokens):
        length, kind, value = _phrase(tokens, at)
        if kind in sets:
            sets[kind].append(value)
        else:
            left.append(tokens[at])
        at += max(1, length) if kind in sets else 1
    if not any(sets.values()) or not _only_filler(left):
        return None
    return Atmosphere((sets["time"] or [""])[-1], (sets["season"] or [""])[-1], frozenset(sets["weather"]))


CLOUDLESS = r"(?:remove|delete|erase|get rid of|no|without|clear)\b.*\bclouds?\b|\b(?:cloudless|blue) sky\b$"

SNOWED = (
    r"(?:(?:add|put|paint|place|have|with)\b.*\bsnow|cover|dust|snow)\b.*?"
    r"\b(?:on(?:to)?|over|atop|to)(?: top of)? (?:the |its |his |her |their )?(.+)$|"
    r"cover (?:the |its |his |her |their )?(.+?) (?:with|in) snow$"
)
ROOFS = frozenset(["roof", "rooftop", "roofs", "rooftops", "house", "houses", "buildings", "top"])


def snowing(clause: Clause) -> Step | None:
    """ "Add snow on the roof", "cover the car with snow": on one thing, not on the land."""
    found = re.match(SNOWED, clause.lower)
    if found is None or "snow" not in clause.lower:
        return None
    thing = target(found[1] or found[2])
    if thing.everything or thing.noun in ("ground", "grass", "landscape", "scene", "field", "floor"):
        return Atmosphere(season="winter")
    # No finder tells roofs: they are the upper outline of what stands in front.
    return Adjust("snow", amount(clause.lower), Target(thing.phrase) if thing.noun in ROOFS else thing)


EXTRA = {
    "daytime": ("time", "day"), "day": ("time", "day"), "fall": ("season", "autumn"), "snow": ("weather", "snow"),
    "sunny": ("weather", "clear"), "evening": ("time", "sunset"), "fogged": ("weather", "fog"),
    "gloomy": ("weather", "clouds"),
    "lightning": ("weather", "storm"), "stars": ("time", "night"), "dark outside": ("time", "night"),
    "autumn": ("season", "autumn"), "autumn leaves": ("season", "autumn"), "cherry blossoms": ("season", "spring"),
    "nighttime": ("time", "night"), "overcast": ("weather", "clouds"),
}  # fmt: skip
"""Words that mean an atmosphere here, though in prompts they mean more or something else."""


def _phrase(tokens: list[str], at: int) -> tuple[int, str, str]:
    table = vocabulary.phrases()
    for length in range(min(3, len(tokens) - at), 0, -1):
        phrase = " ".join(tokens[at : at + length])
        kind, value = EXTRA.get(phrase) or table.get(phrase, ("", ""))
        if kind in ("time", "season", "weather"):
            return length, kind, value
    return 0, "", ""


FILLER = frozenset(
    [
        "make",
        "it",
        "look",
        "like",
        "is",
        "set",
        "change",
        "the",
        "time",
        "of",
        "day",
        "to",
        "a",
        "an",
        "at",
        "in",
        "on",
        "with",
        "and",
        "during",
        "scene",
        "picture",
        "image",
        "photo",
        "this",
        "turn",
        "into",
        "as",
        "if",
        "weather",
        "season",
        "mood",
        "atmosphere",
        "lighting",
        "light",
        "sky",
        "add",
        "some",
        "falling",
        "was",
        "were",
        "be",
        "there",
        "give",
        "feel",
        "relight",
        "time's",
        "convert",
        "transform",
        "let",
        "put",
        "setting",
        "taken",
        "show",
        "shift",
        "hour",
        "heavy",
        "light",
        "soft",
        "more",
        "dense",
        "thick",
        "thin",
        "beautiful",
        "landscape",
        "under",
        "effect",
        "effects",
        "shot",
        "for",
        "from",
        "by",
        "so",
        "that",
        "appear",
        "just",
        "freshly",
        "everywhere",
        "outside",
        "all",
        "over",
        "ground",
        "covered",
        "conditions",
        "environment",
        "replace",
        "swap",
        "background",
        "whole",
        "entire",
        "full",
        "style",
        "vibe",
        "golden",
        "one",
        "very",
    ]
)


def _only_filler(left: list[str]) -> bool:
    return all(token in FILLER or token.endswith("ly") for token in left)


def restyling(clause: Clause) -> Step | None:
    """ "As a watercolour", "in the style of Van Gogh", "turn this into pixel art"."""
    text = clause.lower
    if re.match(r"(?:add|remove|delete|erase|insert|replace|put|place|draw|hang|write)\b", text):
        return None
    for name, learned in words.NAMED_STYLES.items():
        if re.search(rf"\b{re.escape(name)}\b", text):
            return Restyle(learned=learned)
    for name, look in words.NAMED_LOOKS.items():
        if re.search(rf"\b{name}\b", text) and _aimed(text):
            return Restyle(look=look)
    tokens = re.findall(r"[\w'&-]+", text)
    table = vocabulary.phrases()
    for length in range(4, 0, -1):
        for at in range(len(tokens) - length + 1):
            phrase = " ".join(tokens[at : at + length])
            kind, value = table.get(phrase, ("", ""))
            if kind == "look" and _meant(tokens, at, length, text):
                return Restyle(look=value)
    return None


def _meant(tokens: list[str], at: int, length: int, text: str) -> bool:
    """Whether a style word is the aim of the clause, not a word for the picture itself ("in this photo")."""
    phrase = " ".join(tokens[at : at + length])
    before = tokens[at - 1] if at else ""
    if phrase in ("photo", "photograph", "painting", "picture") and before in ("the", "this", "my", "your"):
        return False
    if phrase in ("photo", "photograph") and not re.search(r"\b(?:into|as|like|realistic)\b", text):
        return False
    return _aimed(text) or len(tokens) <= length + 2


def _aimed(text: str) -> bool:
    aim = r"\b(?:into|as|like|in|to|style|styles|look|effect|filter|apply|make|turn|render|convert|version|page|it)\b"
    return re.search(aim, text) is not None


WIDER = (
    r"\b(?:extend|expand|outpaint|uncrop|widen)\b(?! the (?:text|smile))|\bzoom(?:ed)? out\b|"
    r"\b(?:add|more|leave) (?:empty |blank )?(?:space|room|canvas)\b"
)
SHAPED = (
    r"(?:make|change|set|convert|turn|reformat|fit)\b[\w ]*?\b(?:\d+ ?: ?\d+|square)"
    r"(?: (?:aspect(?: ratio)?|format|ratio|image|picture|photo))?$"
)
"""A new shape by its name: nothing is cut away."""

SIDES = {
    "left": "left", "right": "right", "top": "top", "upwards?": "top", "up": "top", "above": "top",
    "bottom": "bottom", "downwards?": "bottom", "down": "bottom", "below": "bottom",
    "horizontally": "across", "sides": "across", "wider": "across", "width": "across",
    "vertically": "along", "taller": "along", "height": "along",
}  # fmt: skip
"""Words for the side on which a picture grows."""

TURN = (
    r"\b(?:rotate|tilt|straighten)\b|"
    r"\bturn (?:it|the (?:image|picture|photo)) (?:\d+|by|clockwise|counter|left|right)"
)


def reshaping(clause: Clause) -> Step | None:
    """ "Flip it", "rotate 90 degrees left", "crop to the face", "zoom in"."""
    text = clause.lower
    if re.search(r"\bmirror(?:ed)?\b(?! (?:on|in|to the wall))|\bflip\b|\bflipped\b", text):
        if re.match(r"(?:add|remove|put|place)\b", text):
            return None
        return Reshape("flip" if re.search(r"vertical|upside|top to bottom", text) else "mirror")
    if re.search(r"\bupside[- ]down\b", text):
        return Reshape("rotate", 180)
    if re.search(TURN, text):
        return _rotation(text)
    if re.search(WIDER, text) or re.match(SHAPED, text):
        return _extension(text)
    if re.search(r"\bcrop\b|\bcropped\b", text):
        return _crop(text)
    if re.search(r"\bzoom(?:ed)?(?: in)?\b|\bclose[- ]?up\b|\bcloser\b", text) and "out" not in text.split():
        factor = re.search(r"(\d+(?:\.\d+)?) ?(?:x|times)|(\d{2,3}) ?%", text)
        value = float(factor[1]) if factor and factor[1] else float(factor[2]) / 100 if factor else 1.6
        return Reshape("zoom", value if value > 1 else 1.6)
    return None


def _extension(text: str) -> Step:
    ratio = re.search(r"(\d+(?:\.\d+)?) ?[:/x] ?(\d+(?:\.\d+)?)", text)
    if ratio and float(ratio[2]) > 0 and float(ratio[1]) > 0:
        return Reshape("widen", min(8.0, max(0.125, float(ratio[1]) / float(ratio[2]))))
    if "square" in text:
        return Reshape("widen", 1.0)
    share = re.search(r"(\d{1,3}) ?%", text)
    pixels = re.search(r"(\d{1,4}) ?(?:px|pixels)", text)
    by = min(2.0, max(0.02, int(share[1]) / 100)) if share else max(8, int(pixels[1])) if pixels else 0.0
    found = (side for word, side in SIDES.items() if re.search(rf"\b{word}\b", text))
    where = next(found, "")
    if "out" in text.split() and not where:
        return Reshape("out", 1 + (by or 0.5))
    return Reshape("extend", by or 0.35, Target(text, where=where))


def _rotation(text: str) -> Step:
    found = re.search(r"(\d+(?:\.\d+)?)", text)
    degrees = float(found[1]) if found else (4.0 if "tilt" in text else 90.0)
    back = re.search(r"\bleft\b|counter|anti", text)
    return Reshape("rotate", -degrees if back else degrees)


def _crop(text: str) -> Step:
    ratio = re.search(r"(\d+(?:\.\d+)?) ?[:/x] ?(\d+(?:\.\d+)?)", text)
    if ratio and float(ratio[2]) > 0 and float(ratio[1]) > 0:
        return Reshape("aspect", min(8.0, max(0.125, float(ratio[1]) / float(ratio[2]))))
    if "square" in text:
        return Reshape("aspect", 1.0)
    phrase = re.sub(
        r"\b(?:crop|cropped|tightly|closely|it|down|the (?:image|picture|photo)|so that|only|just)\b", " ", text
    )
    phrase = re.sub(r"^\s*(?:around|to|on|in|onto|at)\b", " ", re.sub(r"\s+", " ", phrase).strip())
    return Reshape("crop", 0.0, target(phrase.strip() or "it"))
