"""Prompt -> description: what stands where, in which setting, light, weather and style, and which words it must bear.

A left-to-right reading with the lexicon's parts of speech: modifiers wait for their noun, a preposition ties the last
noun to the next, phrases of `prompt_words` set the scene. What was not understood is told, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from gesso.engines.sketch import lexicon
from gesso.engines.sketch.prompt_words import ACTIONS, CARRIERS, LONGEST, PHRASES, STOP
from gesso.tasks import RGB

MAX_CHARS = 3000
MAX_TOKENS = 400
MAX_SUBJECTS = 12
MAX_COUNT = 40
LEAST_SCORE = 0.5
"""A noun whose best picture scores less is told as not understood."""

SETTINGS = frozenset(
    ["street", "road", "path", "skyline", "sea", "beach", "island", "lake", "river", "forest", "jungle", "meadow", "garden", "desert", "canyon", "cliff", "hills", "glacier", "cave", "harbor", "room", "sky", "galaxy", "waterfall", "table"]
)
"""Drawings that are a whole place; the others are things in it."""

CONDITIONS = {"sunset": ("time", "sunset"), "sunrise": ("time", "sunrise"), "night": ("time", "night"), "rain": ("weather", "rain")}
CONDITIONS |= {"snow": ("season", "winter"), "fog": ("weather", "fog"), "aurora": ("weather", "aurora")}

SCENIC = {
    "mountain": "mountains", "snow-capped-mountain": "mountains", "volcano": "mountains", "mount-fuji": "mountains", "sun": "sun", "full-moon": "moon",
    "crescent-moon": "moon", "cloud": "clouds", "star": "stars", "glowing-star": "stars", "rainbow": "rainbow", "desert": "desert", "high-voltage": "lightning",
    "stadium": "street", "ringed-planet": "planet", "globe-showing-americas": "earth", "water-wave": "sea",
}  # fmt: skip
"""Sprites that the scene draws itself, better and at home in its light."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing to show. `of` is the index of the subject that `relation` refers to."""

    phrase: str
    sprite: str = ""
    drawing: str = ""
    prop: str = ""
    count: int = 1
    scale: float = 1.0
    colour: RGB | None = None
    material: str = ""
    where: str = ""
    relation: str = ""
    of: int | None = None
    action: str = ""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text to bear, on what (`neon`, `sign`, `poster`, `banner`, `chalk`, `label`, `screen`, `graffiti`, `title`), in which colour."""

    text: str
    carrier: str = "title"
    colour: RGB | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a prompt asks to see."""

    subjects: tuple[Subject, ...] = ()
    places: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    time: str = ""
    season: str = ""
    weather: frozenset[str] = frozenset()
    camera: str = ""
    light: frozenset[str] = frozenset()
    mood: frozenset[str] = frozenset()
    looks: tuple[str, ...] = ()
    letterings: tuple[Lettering, ...] = ()
    backdrop: RGB | None = None
    negated: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    def without(self, *words: str) -> bool:
        """Whether the prompt rules out any of these."""
        return any(word in self.negated for word in words)


def parse(prompt: str, negative: str = "") -> Description:
    """Read a prompt. Any text is fine; what means nothing is listed in `unknown`."""
    reader = _Reader()
    reader.read(prompt)
    return reader.description(_nouns(negative))


def sentences(found: Description) -> list[str]:
    """What was understood, for the request's log."""
    lines = [f"Subjects: {'; '.join(_told(s, found) for s in found.subjects) or 'none'}."]
    scene = [*found.places, *sorted(found.features), found.time, found.season, *sorted(found.weather), found.camera]
    lines.append(f"Scene: {', '.join(filter(None, scene)) or 'chosen to fit'}.")
    lines += [f"Style: {', '.join(found.looks)}."] if found.looks else []
    lines += [f'Text: "{text.text}" as {text.carrier}.' for text in found.letterings]
    lines += [f"Left out on request: {', '.join(sorted(found.negated))}."] if found.negated else []
    lines += [f"Not understood: {', '.join(found.unknown)}."] if found.unknown else []
    return lines


def _told(subject: Subject, found: Description) -> str:
    shown = subject.drawing or subject.sprite
    text = f"{subject.count} x {subject.phrase}" + ("" if shown == subject.phrase else f" (shown as {shown})")
    if subject.relation and subject.of is not None:
        text += f" {subject.relation} {found.subjects[subject.of].phrase}"
    return text + (f" at {subject.where}" if subject.where else "")


@dataclass(slots=True)
class _Pending:
    """Modifiers that wait for their noun."""

    count: int | None = None
    colour: RGB | None = None
    material: str = ""
    scale: float = 1.0
    action: str = ""
    words: list[str] = field(default_factory=list[str])


class _Reader:
    def __init__(self) -> None:
        self._subjects: list[Subject] = []
        self._sets: dict[str, list[str]] = {}
        self._letterings: list[Lettering] = []
        self._unknown: list[str] = []
        self._negated: set[str] = set()
        self._pending = _Pending()
        self._link: tuple[str, int | None] | None = None
        self._negating = False
        self._backdrop: RGB | None = None
        self._carrier: tuple[str, RGB | None] | None = None
        self._after_says = False
        self._after_place = False

    def read(self, prompt: str) -> None:
        """Take the whole prompt in."""
        text, quotes = _quotes(prompt[:MAX_CHARS])
        tokens = re.findall(r"\x00\d+|[^\W_]+(?:['’\-][^\W_]+)*|&|[,.;:!?\n]", text)[:MAX_TOKENS]
        at = 0
        while at < len(tokens):
            at += self._step(tokens, at, quotes)
        for text_ in quotes:
            if all(text_ != lettering.text for lettering in self._letterings):
                self._letter(text_)

    def _step(self, tokens: list[str], at: int, quotes: list[str]) -> int:
        word = tokens[at]
        if word[0] == "\x00":
            self._letter(quotes[int(word[1:])])
            return 1
        if word in ",.;:!?\n":
            self._break(word)
            return 1
        if self._after_says:
            used = self._unquoted(tokens, at)
            if used:
                return used
        used = self._phrase(tokens, at)
        return used or self._modifier(tokens, at) or self._noun(tokens, at)

    def _break(self, mark: str) -> None:
        self._pending = _Pending()
        self._negating = self._after_says = False
        self._link = None
        if mark in ".;\n":
            self._carrier = None

    def _letter(self, text: str) -> None:
        carrier, colour = self._carrier or ("title", None)
        self._letterings.append(Lettering(text, carrier, colour or self._pending.colour))
        self._after_says = False

    def _unquoted(self, tokens: list[str], at: int) -> int:
        """Words after "says" that nobody put in quotation marks: those in capitals, else up to the next comma."""
        self._after_says = False
        end = at
        while end < len(tokens) and end - at < 6 and re.match(r"[^\W_]", tokens[end]):
            if tokens[end].lower() in {"in", "on", "at", "above", "under", "with", "over", "against"}:
                break
            end += 1
        words = tokens[at:end]
        capitals = [word for word in words if word.isupper()]
        chosen = words[: len(capitals)] if capitals and words[0].isupper() else words
        if chosen:
            self._letter(" ".join(chosen))
        return len(chosen)

    def _phrase(self, tokens: list[str], at: int) -> int:
        for length in range(min(LONGEST, len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + length]).lower().replace("’", "'")
            found = PHRASES.get(phrase)
            if found and self._applies(phrase, found, tokens, at + length):
                self._set(*found)
                if found[1] == "studio" and phrase.endswith("background"):
                    self._backdrop = lexicon.colour(phrase.split()[0])
                return length
        return 0

    def _applies(self, phrase: str, found: tuple[str, str], tokens: list[str], after: int) -> bool:
        """Words of two meanings: "a clay pot" is a material, "pastel pink" a shade, "a pencil" a thing."""
        kind, value = found
        following = tokens[after].lower() if after < len(tokens) else ""
        if kind == "negation" and value == "no":
            return following not in ("only",)
        if phrase in ("wet", "clear", "dark", "bright", "short", "long", "young", "at", "by") and kind != "relation":
            return kind != "size" or lexicon.is_noun(following) or lexicon.is_adjective(following)
        if phrase in ("clay", "ink", "pencil", "comic", "crayon", "sketch", "poster", "painting", "render", "studio", "landscape", "retro", "photo", "neon", "flat"):
            return self._is_style_use(phrase, tokens, after, following)
        if phrase in ("playing", "eating", "drinking", "reading", "using"):
            return True
        return not (kind == "place" and self._negating)

    def _is_style_use(self, phrase: str, tokens: list[str], after: int, following: str) -> bool:
        if following in {"of", "style", "art", "drawing", "illustration", "render", "", ",", ".", "painting", "in", "with", "shot"}:
            before = tokens[after - 2].lower() if after >= 2 else ","
            return following != "with" or before in {"a", "an", ",", "oil", "the"}
        return False

    def _set(self, kind: str, value: str) -> None:
        if kind == "relation":
            self._link = (value, len(self._subjects) - 1 if self._subjects and not self._after_place else None)
            return
        if kind not in ("size", "mood", "light"):
            self._link = None
        if kind == "where":
            self._place_last(value)
        elif kind == "size":
            self._pending.scale *= float(value)
        elif kind == "negation":
            self._negating = True
        elif kind == "text":
            self._after_says = True
        elif self._negating:
            self._negated.add(value)
        else:
            self._sets.setdefault(kind, []).append(value)

    def _place_last(self, where: str) -> None:
        if self._subjects and not self._pending.words:
            self._subjects[-1] = replace(self._subjects[-1], where=where)

    def _modifier(self, tokens: list[str], at: int) -> int:
        word = tokens[at].lower()
        following = tokens[at + 1].lower() if at + 1 < len(tokens) else ""
        pending = self._pending
        number = lexicon.number(word)
        if number is not None and word not in ("a", "an", "both", "lone", "single"):
            pending.count = max(1, min(number, MAX_COUNT)) if number else pending.count
            self._negating = self._negating or number == 0
            return 1
        colour = lexicon.colour(word)
        if colour and (following not in {"", ",", "."} or not lexicon.lookup(word) or pending.words == []) and not self._is_thing(word, following):
            return self._colour(colour, following)
        material = lexicon.material(word)
        if material and following and lexicon.is_noun(following) and following not in STOP:
            pending.material = word
            return 1
        return self._verb(word, following)

    def _is_thing(self, word: str, following: str) -> bool:
        """Whether "orange", "rose" or "gold" is the thing here, not the colour of what follows."""
        if word not in ("orange", "rose", "peach", "plum", "olive", "gold", "silver", "chocolate", "ginger", "lavender", "jet", "apricot", "salmon", "tomato", "lemon"):
            return False
        return not (following and (lexicon.is_noun(following) or lexicon.is_adjective(following)) and following not in STOP | PHRASES.keys())

    def _colour(self, colour: RGB, following: str) -> int:
        if following in ("background", "backdrop"):
            self._backdrop = colour
            self._sets.setdefault("place", []).append("studio")
            return 2
        if following == "sky":
            self._sets.setdefault("sky", []).append("colour")
        self._pending.colour = self._pending.colour or colour
        return 1

    def _verb(self, word: str, following: str) -> int:
        base = lexicon.lemma(word, "v")
        action = ACTIONS.get(base)
        sure = action and (word.endswith(("ing", "s", "ed")) or not lexicon.lookup(word)) and not (word == base and lexicon.is_noun(word))
        if not sure or not action:
            return 0
        if word.endswith("ing") and following and following not in STOP | PHRASES.keys() and lexicon.lookup(following) and lexicon.is_noun(following):
            self._pending.action = action
        elif self._subjects and not self._subjects[-1].action:
            self._subjects[-1] = replace(self._subjects[-1], action=action)
        return 1

    def _noun(self, tokens: list[str], at: int) -> int:
        word = tokens[at].lower()
        if word in STOP:
            return 1
        match, length = lexicon.longest([token.lower() for token in tokens[at : at + 3] if re.match(r"[^\W_]", token)])
        length = max(length, 1)
        phrase = " ".join(tokens[at : at + length]).lower()
        if length == 1:
            self._note_carrier(word)
        if self._negating:
            self._negated |= _forms(phrase)
            return length
        following = tokens[at + length].lower() if at + length < len(tokens) else ""
        if match is None or not (lexicon.is_noun(tokens[at + length - 1].lower()) or match.how in ("exact", "procedural")):
            return self._unknown_word(word, following)
        if length == 1 and self._is_modifier(word, following, match):
            self._pending.words.append(word)
            if match.drawing in SETTINGS or SCENIC.get(match.sprite) == "mountains":
                self._scene_noun(match)
            return length
        self._take(phrase, tokens[at + length - 1].lower(), match)
        return length

    def _is_modifier(self, word: str, following: str, match: lexicon.Match) -> bool:
        """Whether a noun only says more about the next one: the city of "city street", the coffee of "coffee cup"."""
        if not following or following in STOP or following in PHRASES or not re.match(r"[^\W_]", following) or lexicon.is_plural(word):
            return False
        if lexicon.colour(following) or lexicon.number(following) or ACTIONS.get(lexicon.lemma(following, "v")):
            return False
        head = lexicon.lookup(following)
        shown = head is not None and head.score >= LEAST_SCORE
        return lexicon.is_noun(following) and not lexicon.is_adjective(following) and (shown or lexicon.is_plural(following))

    def _note_carrier(self, word: str) -> None:
        carrier = CARRIERS.get(word) or CARRIERS.get(lexicon.lemma(word))
        if carrier and not (self._carrier and self._carrier[0] == "neon"):
            self._carrier = (carrier, self._pending.colour)

    def _unknown_word(self, word: str, following: str) -> int:
        adjective = lexicon.is_adjective(word) or (lexicon.is_verb(word) and not lexicon.is_noun(word))
        if not adjective and word not in CARRIERS and lexicon.number(word) is None and len(word) > 2:
            self._unknown.append(word)
        return 1

    def _take(self, phrase: str, head: str, match: lexicon.Match) -> None:
        if match.score < LEAST_SCORE and not match.drawing:
            self._unknown.append(phrase)
        elif self._scene_noun(match):
            self._after_place = True
        else:
            self._add(phrase, head, match)
            self._after_place = False
        self._pending = _Pending()
        self._link = None

    def _scene_noun(self, match: lexicon.Match) -> bool:
        """Take a noun that is a place, a light or a weather. False for a thing."""
        if match.drawing in SETTINGS:
            self._sets.setdefault("place", []).append(match.drawing)
            return True
        if match.drawing in CONDITIONS:
            kind, value = CONDITIONS[match.drawing]
            self._sets.setdefault(kind, []).append(value)
            return True
        scenic = SCENIC.get(match.sprite)
        if scenic is None or match.drawing:
            return False
        kind = "place" if scenic in SETTINGS or scenic == "mountains" else "feature"
        self._sets.setdefault(kind, []).append(scenic)
        return True

    def _add(self, phrase: str, head: str, match: lexicon.Match) -> None:
        if self._carries_text(head) or len(self._subjects) >= MAX_SUBJECTS:
            return
        pending, (relation, of) = self._pending, self._link or ("", None)
        count = pending.count or (3 if lexicon.is_plural(head) else 1)
        sprite = "" if match.drawing else match.sprite
        subject = Subject(phrase, sprite, match.drawing, match.prop, count, pending.scale * match.scale, pending.colour, pending.material, action=pending.action)
        # "with" and "of" tell what belongs to the last noun; everything else says where the last noun is.
        if of is not None and relation in ("with", "of", "held", "worn", "among"):
            subject = replace(subject, relation=relation, of=of)
        if subject.relation == "of" and of is not None and subject.sprite == self._subjects[of].sprite:
            return
        self._subjects.append(subject)
        if of is not None and relation not in ("with", "of", "held", "worn", "among", "") and not self._subjects[of].relation:
            self._subjects[of] = replace(self._subjects[of], relation=relation, of=len(self._subjects) - 1)

    def _carries_text(self, head: str) -> bool:
        return CARRIERS.get(head, "title") in ("neon", "sign", "poster", "banner", "chalk", "graffiti") and head not in ("wall", "shop", "flag", "ribbon", "card")

    def description(self, negative: Iterable[str]) -> Description:
        """Everything read so far."""
        sets = {kind: tuple(dict.fromkeys(values)) for kind, values in self._sets.items()}
        negated = frozenset(self._negated | set(negative))
        return Description(
            subjects=_kept(self._subjects, negated),
            places=tuple(place for place in sets.get("place", ()) if place not in negated),
            features=frozenset(sets.get("feature", ())) - negated,
            time=(sets.get("time") or ("",))[-1],
            season=(sets.get("season") or ("",))[-1],
            weather=frozenset(sets.get("weather", ())) - negated,
            camera=(sets.get("camera") or ("",))[0],
            light=frozenset(sets.get("light", ())),
            mood=frozenset(sets.get("mood", ())),
            looks=sets.get("look", ()),
            letterings=tuple(self._letterings[:3]),
            backdrop=self._backdrop,
            negated=negated,
            unknown=tuple(dict.fromkeys(self._unknown)),
        )


def _kept(subjects: list[Subject], negated: frozenset[str]) -> tuple[Subject, ...]:
    """The subjects that the negative prompt does not rule out, with their references renumbered."""
    kept = [i for i, subject in enumerate(subjects) if not _forms(subject.phrase) & negated]
    new = {old: i for i, old in enumerate(kept)}
    return tuple(replace(subjects[i], of=new.get(subjects[i].of) if subjects[i].of is not None else None) for i in kept)  # pyright: ignore[reportArgumentType]


def _quotes(prompt: str) -> tuple[str, list[str]]:
    """The prompt with each quoted text replaced by a mark, and the texts. An apostrophe is no quotation mark."""
    texts: list[str] = []

    def mark(match: re.Match[str]) -> str:
        text = next(group for group in match.groups() if group is not None).strip()
        texts.append(text[:120])
        return f" \x00{len(texts) - 1} "

    pattern = r"\"([^\"\n]{1,200})\"|“([^”\n]{1,200})”|«([^»\n]{1,200})»|(?<!\w)'([^'\n]{1,200})'(?!\w)|(?<!\w)‘([^’\n]{1,200})’(?!\w)"
    marked = re.sub(pattern, mark, prompt.replace("\x00", " "))
    return marked, [text for text in texts]


def _nouns(text: str) -> set[str]:
    return {form for word in re.findall(r"[^\W_]+", text[:MAX_CHARS].lower())[:MAX_TOKENS] for form in _forms(word)}


def _forms(phrase: str) -> set[str]:
    """A word as written, its dictionary form, and the scene feature it stands for."""
    forms = {phrase, lexicon.lemma(phrase)}
    match = lexicon.lookup(phrase)
    if match:
        forms |= {name for name in (match.drawing, SCENIC.get(match.sprite, "")) if name}
    found = PHRASES.get(phrase)
    return forms | ({found[1]} if found and found[0] in ("weather", "time") else set())
