"""One reading of a prompt, left to right.

Phrases of `vocabulary.toml` set the scene; nouns and their modifiers go to the cast, quoted texts to the texts. What
was not understood is told, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words import guises, hints, lexicon, vocabulary
from gesso.engines.sketch.words.cast import MAX_COUNT, Cast
from gesso.engines.sketch.words.description import Description
from gesso.engines.sketch.words.hints import (
    CONDITIONS,
    LEAST_SCORE,
    SCENIC,
    SETTINGS,
    applies,
    forms,
    is_modifier,
    is_thing,
    singular,
)
from gesso.engines.sketch.words.linking import alive, composed
from gesso.engines.sketch.words.resolving import resolved
from gesso.engines.sketch.words.texts import Texts
from gesso.tasks import RGB

MAX_CHARS = 3000
MAX_TOKENS = 400
YOUNG = 0.55
"""Size of a baby animal beside a grown one."""

ORBS = ("full-moon", "crescent-moon", "ringed-planet")
"""What hangs in the sky and is large enough to be flown by."""

FACES = ("face", "head", "portrait", "snout", "muzzle")


class Reader:
    """Takes a prompt in, token by token, and gives its description."""

    def __init__(self) -> None:
        self._cast = Cast()
        self._texts = Texts(self._cast)
        self._sets: dict[str, list[str]] = {}
        self._unknown: list[str] = []
        self._negated: set[str] = set()
        self._negating = False
        self._backdrop: RGB | None = None

    def read(self, text: str, quotes: list[str]) -> None:
        """Take a whole prompt in; "\\x00n" in `text` stands for the n-th quoted text."""
        tokens = re.findall(r"\x00\d+|[^\W_]+(?:['’\-][^\W_]+)*|&|[,.;:!?\n]", text)[:MAX_TOKENS]
        at = 0
        while at < len(tokens):
            at += self._step(tokens, at, quotes)
        for text_ in quotes:
            if all(text_ != lettering.text for lettering in self._texts.letterings):
                self._texts.letter(text_)

    def _step(self, tokens: list[str], at: int, quotes: list[str]) -> int:
        word = tokens[at]
        if word[0] == "\x00":
            self._texts.letter(quotes[int(word[1:])])
            return 1
        if hints.is_picture(tokens, at):
            self._take("picture", "picture", hints.PICTURE)
            return 1
        if self._cast.pending.colours and (used := hints.more_colours(tokens, at)):
            return used
        if word in ",.;:!?\n":
            self._break(word)
            return 1
        self._cast.joined = self._cast.joined or word.lower() in ("and", "&")
        if self._texts.after_says:
            used = self._texts.unquoted(tokens, at)
            if used:
                return used
        return (
            self._named(tokens, at)
            or self._phrase(tokens, at)
            or self._cast.each(tokens, at)
            or self._modifier(tokens, at)
            or self._noun(tokens, at)
        )

    def _break(self, mark: str) -> None:
        self._cast.rest()
        self._negating = self._texts.after_says = False
        if mark in ".;\n":
            self._texts.carrier = None

    def _phrase(self, tokens: list[str], at: int) -> int:
        for length in range(min(vocabulary.longest(), len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + length]).lower().replace("’", "'")
            found = vocabulary.phrases().get(phrase)
            if found and applies(phrase, found, tokens, at + length) and not (found[0] == "place" and self._negating):
                if found[0] not in ("relation", "size", "negation") and phrase.split()[0] in (
                    "at",
                    "in",
                    "on",
                    "under",
                ):
                    self._negating = False
                if phrase.endswith("sky") and self._cast.link and self._cast.link[0] == "in":
                    self._sets.setdefault("place", []).append("sky")
                if found[0] == "where" and hints.goes_ahead(tokens, at, at + length):
                    self._cast.ahead = found[1]
                    return length
                self._set(*found)
                if phrase.split()[0].endswith("ing") and phrase not in ("flying a", "flying the"):
                    self._cast.act(phrase.split()[0])
                if found[1] == "studio" and phrase.endswith("background"):
                    self._backdrop = lexicon.colour(phrase.split()[0])
                return length
        return 0

    def _set(self, kind: str, value: str) -> None:
        if kind in ("relation", "act"):
            self._tie(kind, value)
            return
        self._cast.bathe("lake" if kind == "lake" else value if kind == "place" else "")
        if kind in ("room", "lake", "table"):
            self._sets.setdefault("place", []).append(kind)
            kind = "place"
        if kind not in ("size", "mood", "light", "ahead"):
            self._cast.link = None
        if kind == "where":
            self._cast.place_last(value)
        elif kind == "ahead":
            self._cast.pending.where = value
        elif kind == "size":
            self._cast.pending.scale *= float(value)
        elif kind == "negation":
            self._negating = True
        elif kind == "text":
            self._texts.after_says = True
        elif self._negating:
            self._negated.add(value)
        else:
            self._sets.setdefault(kind, []).append(value)

    def _tie(self, kind: str, value: str) -> None:
        """A preposition, or a doing that is said without a verb."""
        if kind == "act":
            self._cast.act(value)
            return
        self._negating = self._negating and value == "of"
        self._cast.relate(value)

    def _named(self, tokens: list[str], at: int) -> int:
        """A thing of two or three words that our own list shows: "old man", "ice cream cone"; and a couple."""
        for length in (3, 2, 1) if tokens[at].lower() == "couple" and tokens[at + 1 : at + 2] != ["of"] else (3, 2):
            words = [token.lower() for token in tokens[at : at + length]]
            singular = [*words[:-1], lexicon.lemma(words[-1])] if words else []
            if len(words) == length and (shown := vocabulary.shown().get(" ".join(singular))):
                if self._negating:
                    self._negated |= {" ".join(words), *filter(None, shown)}
                    return length
                match = lexicon.lookup(" ".join(singular))
                self._texts.note(words[-1])
                if match:
                    self._take(" ".join(words), words[-1], match)
                return length
        return 0

    def _modifier(self, tokens: list[str], at: int) -> int:
        word = tokens[at].lower()
        following = tokens[at + 1].lower() if at + 1 < len(tokens) else ""
        pending = self._cast.pending
        number = lexicon.number(word)
        if number is not None and word not in ("a", "an", "both", "lone", "single", "pair"):
            pending.count = max(1, min(number, MAX_COUNT)) if number else pending.count
            self._negating = self._negating or number == 0
            return 1
        colour = lexicon.colour(word)
        if (
            colour
            and (following not in {"", ",", "."} or not lexicon.lookup(word) or pending.words == [])
            and not is_thing(word, following)
        ):
            self._cast.pending.hues.append(word)
            return self._colour(colour, following)
        material = lexicon.material(word)
        if (
            material
            and following
            and (lexicon.is_noun(following) or following in vocabulary.shown())
            and following not in vocabulary.stop()
        ):
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
        self._cast.pending.colours.append(colour)
        return 1

    def _verb(self, word: str, following: str, before: str) -> int:
        base = lexicon.lemma(word, "v")
        noun = self._cast.subjects[-1].phrase.split()[-1] if self._cast.subjects else ""
        action = vocabulary.inverse("actions").get(base)
        # Right after its noun it is what they do: "children building a castle", "a ball rolls", "birds fly".
        follows = noun != "" and before == noun and lexicon.is_verb(word)
        several = bool(action) and word == base and self._cast.several
        agrees = follows and (word.endswith("ing") or several or hints.agree(before, word, base))
        if agrees and not action:
            return 1
        sure = (
            action
            and (word.endswith(("ing", "s", "ed")) or not lexicon.lookup(word) or agrees)
            and (agrees or not (word == base and lexicon.is_noun(word)))
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
            self._cast.pending.action, self._cast.pending.doing = action, base
        else:
            self._cast.act(word, own=agrees)
        return 1

    def _noun(self, tokens: list[str], at: int) -> int:
        word = tokens[at].lower()
        if re.fullmatch(r"\w+['’]s", word) and at + 1 < len(tokens) and tokens[at + 1].lower() in FACES:
            return 1 + self._noun([word[:-2]], 0)  # a cat's face is what a close view of a cat shows
        used = self._small_word(word, tokens[at + 1].lower() if at + 1 < len(tokens) else "")
        if used:
            return used
        match, length = lexicon.longest([token.lower() for token in tokens[at : at + 3] if re.match(r"[^\W_]", token)])
        if length > 1 and "at" in tokens[at : at + length]:
            match, length = lexicon.lookup(word), 1  # a bridge, and then the night
        length = max(length, 1)
        phrase = " ".join(tokens[at : at + length]).lower()
        if length == 1:
            self._texts.note(word)
        if self._negating:
            self._negated |= forms(phrase)
            return length
        following = tokens[at + length].lower() if at + length < len(tokens) else ""
        if match is None or not (
            lexicon.is_noun(tokens[at + length - 1].lower()) or match.how in ("exact", "procedural")
        ):
            return self._unknown_word(word, following)
        does = hints.is_one(tokens, at) and hints.agree(word, following, lexicon.lemma(following, "v"))
        if length == 1 and not does and is_modifier(word, following, match):
            self._cast.pending.words.append(word)
            self._cast.pending.scale *= YOUNG if word == "baby" else 1.0
            if match.drawing in SETTINGS or SCENIC.get(match.sprite) == "mountains":
                self._scene_noun(match)
            return length
        kin = self._cast.kin(word) if at and tokens[at - 1].lower() in ("its", "their", "her", "his") else None
        self._take(phrase, tokens[at + length - 1].lower(), kin or match)
        return length

    def _small_word(self, word: str, following: str) -> int:
        """Words that are no thing of their own: articles, curly hair, "a flock of"."""
        if word in vocabulary.stop():
            self._cast.article = self._cast.article or word in ("a", "an", "the")
            self._cast.definite = self._cast.definite or word == "the"
            return 1
        role = lexicon.lookup(following) if word in vocabulary.inverse("gender") and following else None
        if role and guises.plays(role.sprite):
            self._cast.pending.words.append(word)
            return 1
        if word in vocabulary.inverse("hair") and lexicon.colour(word) is None:
            self._cast.pending.hues.append(word)
            return 1
        if word in ("hair", "beard") and not self._negating and self._cast.groom(word):
            return 1
        return 2 if following == "of" and self._gathers(word) else 0

    def _gathers(self, word: str) -> bool:
        """ "A flock of", "a field of": how many of what follows, and whether they are everywhere."""
        if word in ("field", "meadow", "garden", "sea", "bed") and self._cast.pending.count is None:
            if word != "bed":
                self._sets.setdefault("place", []).append(word if word == "garden" else "meadow")
            self._cast.pending.spread = True
            return True
        number = vocabulary.inverse("collective").get(lexicon.lemma(word))
        if number:
            self._cast.pending.gathered = int(number)
        return number is not None

    def _unknown_word(self, word: str, following: str) -> int:
        adjective = lexicon.is_adjective(word) or (lexicon.is_verb(word) and not lexicon.is_noun(word))
        if (
            not adjective
            and word not in vocabulary.inverse("carriers")
            and lexicon.number(word) is None
            and len(word) > 2
        ):
            self._unknown.append(word)
            if not lexicon.is_noun(following) or following in vocabulary.phrases():
                self._cast.pending.colours.clear()  # they are the unknown thing's
        return 1

    def _take(self, phrase: str, head: str, match: lexicon.Match) -> None:
        if (match.score < LEAST_SCORE and not match.drawing) or self._unseen(head):
            self._unknown.append(phrase)
        elif self._heavenly(match):
            self._cast.add(phrase, head, match)
        elif self._scene_noun(match) or self._interior(match):
            self._cast.bathe(match.drawing)
            self._cast.after_place = True
        else:
            self._cast.add(phrase, head, match)
            self._cast.after_place = False
        self._cast.ahead = ""
        self._cast.rest()

    def _heavenly(self, match: lexicon.Match) -> bool:
        """A moon or planet that something is over, or that something flies by, is a thing beside it."""
        relation, of = self._cast.link or ("", None)
        if of is None or match.drawing or match.sprite not in ORBS:
            return False
        who = self._cast.subjects[of]
        flies = who.action == "air" or bool(who.sprite and sprites.info(who.sprite).subgroup == "transport-air")
        flies = flies or who.drawing in ("hot-air-balloon", "airship")
        return relation == "over" or (flies and relation in ("beside", "before", "behind", "left-of", "right-of"))

    def _unseen(self, head: str) -> bool:
        """Whether a noun would be drawn as something absurd: the eyes of a cat, a fire hose."""
        word, before = singular(head), self._cast.subjects
        body = {word, head.removesuffix("s")} & vocabulary.words("anatomy") and any(map(alive, before))
        whole = word in vocabulary.words("components") and any(map(composed, before))
        return bool(body) or whole or word in vocabulary.words("unseen")

    def _interior(self, match: lexicon.Match) -> bool:
        """ "In a church": somebody inside a building sees a room, not the building."""
        inside = self._cast.link is not None and self._cast.link[0] == "in" and bool(self._cast.subjects)
        subgroup = sprites.info(match.sprite).subgroup if match.sprite and not match.drawing else ""
        if (
            not inside
            or subgroup not in ("place-building", "place-religious")
            or match.sprite in ("rock", "wood", "brick")
        ):
            return False
        self._sets.setdefault("place", []).append("room")
        return True

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

    def description(self, negative: Iterable[str]) -> Description:
        """Everything read so far."""
        sets = {kind: tuple(dict.fromkeys(values)) for kind, values in self._sets.items()}
        negated = frozenset(self._negated | set(negative))
        return resolved(
            Description(
                subjects=tuple(self._cast.subjects),
                places=tuple(place for place in sets.get("place", ()) if place not in negated),
                features=frozenset(sets.get("feature", ())) - negated,
                time=(sets.get("time") or ("",))[-1],
                season=(sets.get("season") or ("",))[-1],
                weather=frozenset(sets.get("weather", ())) - negated,
                camera=(sets.get("camera") or ("",))[0],
                light=frozenset(sets.get("light", ())),
                mood=frozenset(sets.get("mood", ())),
                looks=sets.get("look", ()),
                letterings=tuple(self._texts.letterings[:3]),
                backdrop=self._backdrop,
                negated=negated,
                unknown=tuple(dict.fromkeys(self._unknown)),
            )
        )
