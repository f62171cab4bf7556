"""One reading of a prompt, left to right.

Modifiers wait for their noun, a preposition ties the last
noun to the next, phrases of `vocabulary.toml` set the scene. What was not understood is told, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words import lexicon, vocabulary
from gesso.engines.sketch.words.description import Description, Lettering, Subject
from gesso.engines.sketch.words.hints import (
    CONDITIONS,
    LEAST_SCORE,
    SCENIC,
    SETTINGS,
    carries_text,
    forms,
    is_modifier,
    is_style,
    is_thing,
)
from gesso.tasks import RGB

MAX_CHARS = 3000
MAX_TOKENS = 400
MAX_SUBJECTS = 12
MAX_COUNT = 40


@dataclass(slots=True)
class _Pending:
    """Modifiers that wait for their noun."""

    count: int | None = None
    colour: RGB | None = None
    material: str = ""
    scale: float = 1.0
    action: str = ""
    words: list[str] = field(default_factory=list[str])


class Reader:
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

    def read(self, text: str, quotes: list[str]) -> None:
        """Take a whole prompt in; "\\x00n" in `text` stands for the n-th quoted text."""
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
        for length in range(min(vocabulary.longest(), len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + length]).lower().replace("’", "'")
            found = vocabulary.phrases().get(phrase)
            if found and self._applies(phrase, found, tokens, at + length):
                self._set(*found)
                if phrase.startswith(("flying", "hovering")) and self._subjects:
                    self._subjects[-1] = replace(self._subjects[-1], action="air")
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
        if phrase in (
            "clay",
            "ink",
            "pencil",
            "comic",
            "crayon",
            "sketch",
            "poster",
            "painting",
            "render",
            "studio",
            "landscape",
            "retro",
            "photo",
            "neon",
            "flat",
        ):
            return is_style(phrase, tokens, after, following)
        if phrase in ("playing", "eating", "drinking", "reading", "using"):
            return True
        return not (kind == "place" and self._negating)

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
        if (
            colour
            and (following not in {"", ",", "."} or not lexicon.lookup(word) or pending.words == [])
            and not is_thing(word, following)
        ):
            return self._colour(colour, following)
        material = lexicon.material(word)
        if material and following and lexicon.is_noun(following) and following not in vocabulary.stop():
            pending.material = word
            return 1
        before = tokens[at - 1].lower() if at else ""
        return self._verb(word, following, before)

    def _colour(self, colour: RGB, following: str) -> int:
        if following in ("background", "backdrop"):
            self._backdrop = colour
            self._sets.setdefault("place", []).append("studio")
            return 2
        if following == "sky":
            self._sets.setdefault("sky", []).append("colour")
        self._pending.colour = self._pending.colour or colour
        return 1

    def _verb(self, word: str, following: str, before: str) -> int:
        base = lexicon.lemma(word, "v")
        noun = self._subjects[-1].phrase.split()[-1] if self._subjects else ""
        if (
            word.endswith("ing")
            and before == noun
            and lexicon.is_verb(word)
            and base not in vocabulary.inverse("actions")
        ):
            return 1  # "children building a castle": right after its noun it is what they do
        action = vocabulary.inverse("actions").get(base)
        sure = (
            action
            and (word.endswith(("ing", "s", "ed")) or not lexicon.lookup(word))
            and not (word == base and lexicon.is_noun(word))
        )
        if not sure or not action:
            return 0
        if (
            word.endswith("ing")
            and following
            and following not in vocabulary.stop() | vocabulary.phrases().keys()
            and lexicon.lookup(following)
            and lexicon.is_noun(following)
        ):
            self._pending.action = action
        elif self._subjects and not self._subjects[-1].action:
            self._subjects[-1] = replace(self._subjects[-1], action=action)
        return 1

    def _noun(self, tokens: list[str], at: int) -> int:
        word = tokens[at].lower()
        if word in vocabulary.stop():
            return 1
        match, length = lexicon.longest([token.lower() for token in tokens[at : at + 3] if re.match(r"[^\W_]", token)])
        length = max(length, 1)
        phrase = " ".join(tokens[at : at + length]).lower()
        if length == 1:
            self._note_carrier(word)
        if self._negating:
            self._negated |= forms(phrase)
            return length
        following = tokens[at + length].lower() if at + length < len(tokens) else ""
        if match is None or not (
            lexicon.is_noun(tokens[at + length - 1].lower()) or match.how in ("exact", "procedural")
        ):
            return self._unknown_word(word, following)
        if length == 1 and is_modifier(word, following, match):
            self._pending.words.append(word)
            if match.drawing in SETTINGS or SCENIC.get(match.sprite) == "mountains":
                self._scene_noun(match)
            return length
        self._take(phrase, tokens[at + length - 1].lower(), match)
        return length

    def _note_carrier(self, word: str) -> None:
        carrier = vocabulary.inverse("carriers").get(word) or vocabulary.inverse("carriers").get(lexicon.lemma(word))
        if carrier and not (self._carrier and self._carrier[0] == "neon"):
            self._carrier = (carrier, self._pending.colour)

    def _unknown_word(self, word: str, following: str) -> int:
        adjective = lexicon.is_adjective(word) or (lexicon.is_verb(word) and not lexicon.is_noun(word))
        if (
            not adjective
            and word not in vocabulary.inverse("carriers")
            and lexicon.number(word) is None
            and len(word) > 2
        ):
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
        if carries_text(head) or len(self._subjects) >= MAX_SUBJECTS:
            return
        pending, (relation, of) = self._pending, self._link or ("", None)
        several = 7 if match.sprite and sprites.info(match.sprite).subgroup == "plant-flower" else 3
        count = pending.count or (several if lexicon.is_plural(head) else 1)
        sprite = "" if match.drawing else match.sprite
        subject = Subject(
            phrase,
            sprite,
            match.drawing,
            match.prop,
            count,
            pending.scale * match.scale,
            pending.colour,
            pending.material,
            action=pending.action,
        )
        # "with" and "of" tell what belongs to the last noun; everything else says where the last noun is.
        if of is not None and relation in ("with", "of", "held", "worn", "among"):
            subject = replace(subject, relation=relation, of=of)
        if subject.relation == "of" and of is not None and subject.sprite == self._subjects[of].sprite:
            return
        self._subjects.append(subject)
        if (
            of is not None
            and relation not in ("with", "of", "held", "worn", "among", "")
            and not self._subjects[of].relation
        ):
            self._subjects[of] = replace(self._subjects[of], relation=relation, of=len(self._subjects) - 1)

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
    kept = [i for i, subject in enumerate(subjects) if not forms(subject.phrase) & negated]
    new = {old: i for i, old in enumerate(kept)}
    return tuple(replace(subjects[i], of=new.get(subjects[i].of) if subjects[i].of is not None else None) for i in kept)  # pyright: ignore[reportArgumentType]
