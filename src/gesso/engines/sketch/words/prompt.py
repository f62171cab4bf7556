"""Prompt -> description: what stands where, in which setting, light, weather and style, and what words it bears."""

from __future__ import annotations

import re

from gesso.engines.sketch.words.description import Description
from gesso.engines.sketch.words.hints import forms
from gesso.engines.sketch.words.reading import MAX_CHARS, MAX_TOKENS, Reader

QUOTED = re.compile(
    r"\"([^\"\n]{1,200})\"|“([^”\n]{1,200})”|«([^»\n]{1,200})»"
    r"|(?<!\w)'([^'\n]{1,200})'(?!\w)|(?<!\w)‘([^’\n]{1,200})’(?!\w)"
)
"""Text in quotation marks; an apostrophe inside a word is none."""

CAPITALS = re.compile(
    r"\b((?!LED\b|TV\b|UFO\b|USA\b|NYC\b|HD\b|UHD\b|DVD\b)[A-Z][A-Z0-9&!?]+(?: [A-Z0-9&!?]+){0,3})"
    r"(?= (?:neon )?(?:sign|signboard|billboard|banner|placard)s?\b)"
)
"""Text that nobody put in quotation marks: the capitals of "an EXIT sign"."""

FAULTS = re.compile(
    r"\b(bad|ugly|worst|low|poor(ly)?|wrong|weird|extra|missing|many|fewer|too|three|fused|mutated|deformed|disfigured"
    r"|malformed|distorted|inconsistent|unnatural|unrealistic|jerky|choppy|broken|incomplete|duplicate|cluttered|jpeg"
    r"|blurr(y|ed)|backwards)\b",
    re.IGNORECASE,
)
"""What makes an item of a negative prompt a fault of the picture: "bad hands" and "many people in the background" ban
neither hands nor people."""


def bans(negative: str) -> str:
    """A negative prompt less its items that name faults, not things."""
    items = re.split(r"[,.;\n]", negative[:MAX_CHARS])
    return ", ".join(item.strip() for item in items if not FAULTS.search(item))


def parse(prompt: str, negative: str = "") -> Description:
    """Read a prompt. Any text is fine; what means nothing is listed in `unknown`."""
    reader = Reader()
    text, quotes = _quotes(prompt[:MAX_CHARS])
    reader.read(text, quotes)
    return reader.description(_nouns(bans(negative)))


def _quotes(prompt: str) -> tuple[str, list[str]]:
    """The prompt with each quoted text replaced by a mark, and the texts. An apostrophe is no quotation mark."""
    texts: list[str] = []

    def mark(match: re.Match[str]) -> str:
        text = next(group for group in match.groups() if group is not None).strip()
        texts.append(text[:120])
        return f" \x00{len(texts) - 1} "

    marked = re.sub(QUOTED, mark, prompt.replace("\x00", " "))
    if not prompt.isupper():
        marked = re.sub(CAPITALS, mark, marked)
    return marked, texts


def _nouns(text: str) -> set[str]:
    return {form for word in re.findall(r"[^\W_]+", text[:MAX_CHARS].lower())[:MAX_TOKENS] for form in forms(word)}
