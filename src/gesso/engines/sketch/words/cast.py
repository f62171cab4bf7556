"""The things that a prompt names: modifiers wait for their noun, a preposition ties the last noun to the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words import guises, lexicon, vocabulary
from gesso.engines.sketch.words.description import Subject
from gesso.engines.sketch.words.hints import carries_text, many, singular
from gesso.engines.sketch.words.linking import (
    BELONGING,
    active,
    agent,
    alive,
    attached,
    coloured,
    contents,
    dish,
    drink,
    handy,
    swims,
    vessel,
)
from gesso.tasks import RGB

MAX_SUBJECTS = 12
MAX_COUNT = 40
FIELD, FLOCK = 30, 9
"""How many flowers, and how many of anything else, "a field of" them has."""

PARENTS = frozenset({"mother", "father", "mom", "mum", "dad", "parents", "parent"})
WATERS = ("lake", "river", "sea", "harbor")


@dataclass(slots=True)
class Pending:
    """Modifiers that wait for their noun."""

    count: int | None = None
    colours: list[RGB] = field(default_factory=list[RGB])
    material: str = ""
    scale: float = 1.0
    action: str = ""
    doing: str = ""
    hues: list[str] = field(default_factory=list[str])
    """The words of its colours, and curly."""
    spread: bool = False
    where: str = ""
    gathered: int | None = None
    words: list[str] = field(default_factory=list[str])


class Cast:
    """The subjects so far, what waits for the next one, and the relation that ties it to one before."""

    def __init__(self) -> None:
        self.subjects: list[Subject] = []
        self.pending = Pending()
        self.link: tuple[str, int | None] | None = None
        self.after_place = False
        self.joined = False
        self.article = False
        self.definite = False
        """Whether the noun to come is "the" one, which may have been named before."""
        self.ahead = ""
        """Where the next noun is, said before it: "on the left a cat"."""
        self._row: list[int] = []

    def rest(self) -> None:
        """A noun is taken, or a clause ends: nothing waits any more."""
        self.pending, self.link = Pending(), None
        self.joined = self.article = self.definite = False

    def relate(self, relation: str) -> None:
        """A preposition: what it ties is the last noun, or who acts."""
        of = len(self.subjects) - 1 if self.subjects and not self.after_place else None
        if relation in ("held", "worn", "riding", "breathed"):
            of = agent(self.subjects, of)
        self.link = relation, of

    def act(self, word: str, own: bool = False) -> None:
        """What a verb tells of who was named last: "sleeping on", "hovering over"; a cat and a dog both do it.

        With `own` it stands right behind its noun: what sails is the boat, not the gull of the sentence before.
        """
        verb = lexicon.lemma(word, "v")
        action = vocabulary.inverse("actions").get(verb)
        if not action or not self.subjects:
            return
        last = len(self.subjects) - 1
        own = own and not any(subject.of == last and subject.relation for subject in self.subjects)
        who = self._first(last) if not word.endswith("ing") else None
        if who is None:
            who = last if own else agent(self.subjects, last) or 0
        for i in {who, *(self._row if who in self._row else ())}:
            if not (self.subjects[i].action in ("sit", "lie", "air", "water") and action == "do"):
                self.subjects[i] = replace(self.subjects[i], action=action, doing=verb)

    def _first(self, last: int) -> int | None:
        """Whose a verb is behind "a cat next to a dog", "a man with a hat": the first noun's, not the nearest's."""
        if self.subjects[last].relation in ("worn", "held", "with"):
            return self.subjects[last].of
        return next(
            (i for i, one in enumerate(self.subjects) if one.of == last and one.relation in ("beside", "behind")), None
        )

    @property
    def several(self) -> bool:
        """Whether the noun named last ends a row: "a cat and a dog"."""
        return len(self._row) > 1

    def place_last(self, where: str) -> None:
        """Where in the picture the last noun is; "on top" is on top of what was named before it."""
        if not self.subjects or self.pending.words:
            return
        last = self.subjects[-1]
        if where == "shoulder":
            host = agent(self.subjects, last.of if last.of is not None else len(self.subjects) - 2)
            self.subjects[-1] = replace(last, relation="perched", of=host) if host is not None and host >= 0 else last
        elif where == "ontop":
            host = last.of if last.of is not None else len(self.subjects) - 2
            self.subjects[-1] = replace(last, relation="on", of=host) if host >= 0 else last
        else:
            self.subjects[-1] = replace(last, where=where)

    def each(self, tokens: list[str], at: int) -> int:
        """ "..., one red, one blue": each of several has its own colour."""
        colour = lexicon.colour(tokens[at + 1]) if at + 1 < len(tokens) else None
        after = tokens[at + 2].lower() if at + 2 < len(tokens) else ","
        if tokens[at].lower() not in ("one", "another") or not colour or not self.subjects or lexicon.is_noun(after):
            return 0
        last = self.subjects[-1]
        if last.count < 2:
            return 0
        self.subjects[-1] = replace(last, palette=(*last.palette, colour))
        return 2

    def bathe(self, place: str) -> None:
        """Who is "in a river" or "on a pond" swims there, people on the shore aside."""
        relation, of = self.link or ("", None)
        if place in WATERS and of is not None and not self.subjects[of].action:
            subject = self.subjects[of]
            if swims(subject, relation):
                self.subjects[of] = replace(subject, action="water")

    def add(self, phrase: str, head: str, match: lexicon.Match) -> None:
        """Take a noun as a thing to draw, with its modifiers, related to those before."""
        if carries_text(head) or len(self.subjects) >= MAX_SUBJECTS:
            return
        relation, of = self.link or ("", None)
        subject = self._subject(phrase, head, match)
        if self.link is None and self.joined and self.subjects and self._shared(subject):
            relation, of = self.subjects[-1].relation, self.subjects[-1].of
        if of is not None and (self._served(subject, relation, of) or self._engaged(subject, relation, of)):
            return
        if self._named_before(phrase, relation, of):
            return
        relation, of = attached(subject, relation, of, self.subjects)
        if of is not None and relation not in BELONGING and self.subjects[of].relation in BELONGING:
            of = self.subjects[of].of  # "eating a nut on a branch": who eats is on the branch
        # "with" and "of" tell what belongs to the last noun; everything else says where the last noun is.
        if of is not None and relation in BELONGING:
            subject = replace(subject, relation=relation, of=of)
        if relation == "of" and of is not None and subject.sprite == self.subjects[of].sprite:
            return
        self._enter(subject, relation, of)

    def _enter(self, subject: Subject, relation: str, of: int | None) -> None:
        """Put a thing on the list. Who was named before it is where it says, with the row that one stands in."""
        self.subjects.append(subject)
        last = len(self.subjects) - 1
        if of is not None and relation and relation not in BELONGING:
            for i in {of, *(self._row if of in self._row else ())}:
                if not self.subjects[i].relation:
                    self.subjects[i] = replace(self.subjects[i], relation=relation, of=last)
        self._row = [*self._row, last] if self.joined else [last]

    def _served(self, subject: Subject, relation: str, of: int) -> bool:
        """ "A glass of juice", "juice in a glass": one thing. What a bottle holds is not seen."""
        host = self.subjects[of]
        if relation in ("of", "with") and drink(subject) and vessel(host):
            if vessel(host) == "open":
                shown = replace(host, sprite=subject.sprite, drawing=subject.drawing, parts=subject.parts)
                self.subjects[of] = replace(shown, phrase=f"{host.phrase} of {subject.phrase}")
            return True
        if relation in ("of", "with") and dish(subject, host):
            self.subjects[of] = replace(subject, count=host.count if host.count > 1 else subject.count)
            return True
        return relation in ("in", "on") and ((drink(host) and vessel(subject) == "open") or dish(host, subject))

    def _engaged(self, subject: Subject, relation: str, of: int) -> bool:
        """ "A woman doing yoga" is one figure."""
        who = self.subjects[of]
        if relation != "doing":
            return False
        name = f"{who.sprite.partition('-')[0]}-{active(subject).partition('-')[2]}"
        if name in sprites.names():
            self.subjects[of] = replace(who, sprite=name)
        return True

    def _named_before(self, phrase: str, relation: str, of: int | None) -> bool:
        """Tie a thing to "the house" that was named before, instead of drawing a second one."""
        same = next((i for i, s in enumerate(self.subjects) if s.phrase == phrase and i != of), None)
        if not self.definite or same is None or of is None or not relation or relation in BELONGING:
            return False
        if not self.subjects[of].relation:
            self.subjects[of] = replace(self.subjects[of], relation=relation, of=same)
        return True

    def _shared(self, subject: Subject) -> bool:
        """Whether "and" ties a noun to the owner of the one before: "a hat and glasses", "apples and pears"."""
        relation = self.subjects[-1].relation
        if relation in ("held", "worn"):
            return not alive(subject)
        host = self.subjects[-1].of
        both = handy(subject) and handy(self.subjects[-1]) and host is not None and alive(self.subjects[host])
        return relation in BELONGING and (not self.article or both)

    def kin(self, word: str) -> lexicon.Match | None:
        """The mother or father of an animal is one too; None for other words, and for people."""
        who = self.subjects[-1] if self.subjects else None
        if who is None or word not in PARENTS or not alive(who) or not sprites.info(who.sprite).group.startswith("ani"):
            return None
        return lexicon.Match(who.sprite, 1.0, "exact", word)

    def groom(self, word: str) -> bool:
        """Give the last person the hair or beard that a noun names. False where there is no such head."""
        who = agent(self.subjects, len(self.subjects) - 1) if self.subjects else None
        name = self.subjects[who].sprite.removesuffix("-standing") if who is not None else ""
        if who is None or name not in ("man", "woman", "person"):
            return False
        known = vocabulary.inverse("hair")
        looks = [known[w] for w in self.pending.hues if w in known]
        if word == "beard" and (looks or self.pending.scale != 1):
            return False  # long or white: it is drawn
        # There is no head with red curls; the colour tells more.
        look = min(looks, key=lambda found: found == "curly-hair", default="")
        head = f"{name}-beard" if word == "beard" else f"{name}-{look}"
        if head not in sprites.names():
            return False
        self.subjects[who] = replace(self.subjects[who], sprite=head)
        self.rest()
        return True

    def _subject(self, phrase: str, head: str, match: lexicon.Match) -> Subject:
        """The noun with the modifiers that waited for it."""
        pending = self.pending
        plant = bool(match.sprite) and sprites.info(match.sprite).subgroup == "plant-flower"
        plural = lexicon.is_plural(head) or many(head)
        several = (FIELD if plant else FLOCK) if pending.spread else (7 if plant else 3)
        known = vocabulary.inverse("together")
        together = known.get(head) or (known.get(singular(head)) if plural and not pending.spread else None)
        together = together if plural or together == "1" else None
        # "A stack of books" is one picture where the dictionary has one for the plural; fish have no other.
        herd = bool(match.sprite) and sprites.info(match.sprite).subgroup.startswith("animal")
        gathered = int(together) if together else pending.gathered if plural or herd else None
        count = pending.count or gathered or (several if plural or pending.spread else 1)
        parts = contents(phrase, tuple(pending.colours))
        colours = () if parts else coloured(phrase, match, tuple(pending.colours), count)
        return Subject(
            phrase,
            "" if match.drawing else guises.called(match.sprite, pending.words),
            match.drawing,
            match.prop,
            count,
            pending.scale * match.scale,
            colours[0] if len(colours) == 1 else None,
            colours if len(colours) > 1 else (),
            pending.material,
            parts,
            where="scattered" if pending.spread else pending.where or self.ahead,
            action=pending.action,
            doing=pending.doing,
            counted=bool(pending.count),
        )
