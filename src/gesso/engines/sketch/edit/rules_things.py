"""Rules for what concerns things: their colour, their going and coming, words, backgrounds, further pictures."""

from __future__ import annotations

import re

from gesso.engines.sketch.edit import words, writing
from gesso.engines.sketch.edit.clauses import Clause, amount, bare, colour, place, target
from gesso.engines.sketch.edit.steps import Add, Backdrop, Letter, Move, Recolour, Remove, Restyle, Step, Target
from gesso.engines.sketch.words import lexicon, prompt
from gesso.tasks import RGB

OTHER = (
    r"(?:the )?(?:(second|other|last|next|2nd|third|3rd|fourth|4th|reference) (?:image|picture|photo|input|one)|"
    r"(?:image|picture|photo|input|figure) #?(2|3|4|5|two|three|four))"
)
FIRST = r"(?:the )?(?:(?:first|1st) (?:image|picture|photo|input|one)|(?:image|picture|photo|input|figure) #?(?:1|one))"
INTO_IT = (
    r"(?:put|place|insert|move|set) (?:the |this )?[\w ]+? (?:of|from|in) (?:the )?"
    r"(?:first|1st|image 1|picture 1)\b.* into\b"
)
BROUGHT = (
    r"(?:put|place|add|insert|set|combine|bring|use|paste|show) ((?:the|a|an|this) [\w -]+?)"
    r"(?= on| in| to| next| beside| near| by| at| above|$)"
)
"""Of clauses about two pictures: the first one's thing put into the other, the other's thing brought here."""
UNNAMED = frozenset(["object", "thing", "item", "subject", "product", "one", "element"])
NUMBERS = {"third": 2, "3rd": 2, "3": 2, "three": 2, "fourth": 3, "4th": 3, "4": 3, "four": 3, "5": 4}
WRITE = (
    r"(?:add|write|put|insert|place|print|set)\b (?:the |a )?"
    r"(?:text|words?|caption|title|headline|slogan|letters)"
    r"(?: (?:saying|that (?:says|reads)|reading|of))?:? (.+)"
)
WRITTEN = r"(?:text|words?|lettering|writing|caption|title|headline|slogan|label|sign|billboard|banner|logo)"
SAYING = (
    rf"(?:change|make|edit|update|modify|have|let) (?:the |this )?(?:\w+ )?{WRITTEN}(?: (?:on|of|in|above) [\w' ]+?)?"
    r"(?: to| so (?:that )?it)? (?:say|says|saying|read|reads|reading|spell|spells) (?:as )?(?P<new>.+)$"
)
REWORD = (
    r"(?:change|replace|swap|edit|update) (?:the )?(?:text|words?|lettering|writing|caption|headline)"
    r"(?: (?:on|of|in) (?!to)[\w' ]+?)?(?: (?!to\b|with\b|by\b|on\b|of\b|in\b)(?P<old>[\w'!&-]+))? (?:to|with|by) "
    r"(?:the (?:word|text) )?(?P<new>.+)$"
)
"""New words for those that are there, said without quotation marks."""

MOVED = (
    r"(?:(?:put|place|move|transport|set|show|relocate|make)\s+)?"
    r"(?:(it|this|him|her|them|me|(?:the|this|my) [\w ]+?)\s+)?"
    r"(?:look like (?:it|he|she|they)(?:'s| is| are) |standing |sitting |be |is )?"
    r"((?:on|in|at|into|onto|inside|under|underwater|by|near|in front of|against|to|next to|beside) .+|underwater)$"
)
CLEAR = (
    r"\btransparent\b|"
    r"\b(?:remove|delete|erase|cut out|clear|strip|no) (?:the |its |this )?(?:whole |entire )?background$"
)
BACKGROUNDS = (
    (
        r"(?:background|backdrop)(?: of (?:the|this) (?:image|picture|photo))? "
        r"(?:to|with|into|by|for|as|be|is|of|should be|becomes?|in)(?: be)? (.+)$"
    ),
    r"(?:with|on|against|have|to|give it|use|add) (?:a |an |the )?(.+?) (?:background|backdrop)\b",
    r"^(?:make|turn|change|set|paint|colou?r) (?:the )?(?:background|backdrop) (?:a |an )?(.+)$",
    r"^(?:a |an )?(.+?) (?:background|backdrop)$",
)
REPLACED = (
    r"(?:replace|swap|exchange|switch|substitute) (.+?) (?:with|by|for|to) (.+)$",
    r"(?:turn|change|transform|convert|make) (.+?) (?:into|to be|to|become|be) (?:a |an |some )(.+)$",
    r"(?:add|put|use) (.+) instead of (.+)$",
)
REMOVED = (
    r"(?:remove|delete|erase|get rid of|take (?:away|out|off)|eliminate|clean up|hide|drop|cut out|without|no)\b (.+)$"
)
ADDED = (
    r"(?:add|insert|include|place|put|draw|have|show|paint|give (?:it|him|her|them|the \w+)|with|let there be)\b (.+)$"
)
WORN = r"(?:make|have|let|get) (.+?) (?:to )?(?:be )?wear(?:ing)? (.+)$"
DRESSED = r"(?:put|dress|give|show) (her|him|them|it|me|the \w+) (?:in )?(?:a |an |some )?(.+)$"
ITS_PLACE = (
    r"\b(?:on(?:to)?|to|in(?:to)?|over|of|beside|next to|near|wearing) (?:the |this |his |her |its |their )?"
    r"(?:head|scene|image|picture|photo|it|him|her|them|ground|floor|grass|face|hand|hands|shot)\b"
)
BESIDE = r"\b(?:next to|beside|near|behind|under|in front of|on top of|to the (?:left|right) of|on|in) the .*$"

BY = (
    r"\s(on top of|on(?:to)?|to|next to|beside|near|by|to the left of|to the right of|above|over|around|for) "
    r"((?:the|this|his|her|its|their|my) (?!left|right|top|bottom|middle|cent|fore|back|upper|lower|far).+)$"
)
BY_IT = r"\s(next to|beside|near|by|to the left of|to the right of|above|over) (him|her|them|it|me)$"
RELATIONS = {
    "on": "on", "onto": "on", "on top of": "on", "to": "on", "for": "on", "above": "above", "over": "above",
    "to the left of": "left", "to the right of": "right",
}  # fmt: skip
NOWHERE = frozenset(
    re.findall(
        r"\w+",
        "sky ground floor grass beach street road table wall water sea lake sand background foreground scene head "
        "face side horizon meadow field snow city",
    )
)
"""Places and not things: what is put there finds its own spot."""

SCALED = (
    r"(?:make|turn|scale|resize|(?P<verb>enlarge|shrink)) (?P<thing>.+?)(?: (?:look|be|appear))?"
    r"(?: (?:much|slightly|a (?:bit|little|lot)|even|twice as|(?P<times>\d(?:\.\d+)?) ?(?:x|times)))?"
    r"(?(verb)(?: (?P<rest>by .+|a (?:bit|little)))?|"
    r"(?: as)? (?P<word>bigger|larger|big|large|huge|giant|smaller|small|tiny))$"
)
SCALES = {
    "enlarge": 1.4, "bigger": 1.4, "larger": 1.4, "big": 1.8, "large": 1.8, "huge": 2.2, "giant": 2.4,
    "shrink": 0.66, "smaller": 0.66, "small": 0.55, "tiny": 0.35,
}  # fmt: skip
PLACES = frozenset(["left", "right", "top", "bottom", "centre"])

HAIR = {
    "blonde": (196, 164, 112), "blond": (196, 164, 112), "yellow": (204, 170, 104), "golden": (190, 150, 88),
    "red": (150, 62, 34), "ginger": (176, 86, 40), "orange": (176, 86, 40), "auburn": (118, 54, 34),
    "brown": (92, 62, 44), "black": (34, 30, 30), "grey": (150, 150, 150), "gray": (150, 150, 150),
    "white": (214, 212, 206), "silver": (184, 186, 190),
}  # fmt: skip
"""Colours of hair, which are not those of paint."""

LIPSTICK = (
    r"(?:(?:add|put|apply|give (?:her|him|them)|with|make (?:her|him|them) wear|have (?:her|him|them) wear)\s+)?"
    r"(?:on |some |her |a )*([\w -]*?)\s*lipstick(?: (?:on|to) .+)?$"
)
MADE_UP = (178, 34, 52)
"""What lips are painted with where no colour is said."""

RECOLOUR = r"(?:make|turn|change|paint|colou?r|recolou?r|dye|tint|set|convert|repaint|transform|have)"


def lettering(clause: Clause) -> Step | None:
    """ "Add the text 'SALE' at the top", "write HELLO"; "replace the text with 'X'" is a thing replaced by words."""
    quoted = clause.quoted()
    text = clause.lower
    if re.match(r"(?:remove|delete|erase)\b", text):
        return None
    if not quoted:
        found = re.match(
            WRITE,
            clause.text, re.IGNORECASE,
        ) or re.match(r"write (.+)", clause.text, re.IGNORECASE)  # fmt: skip
        if not found:
            return _reworded(clause)
        where, rest = place(found[1].lower())
        kept = found[1][: len(rest)] if found[1].lower().startswith(rest) else found[1]
        return Letter(kept.strip(" :,"), where, *_ink(text))
    if re.match(r"(?:replace|change|swap|switch|edit|update)\b", text):
        return Letter(quoted[-1], "instead", *_ink(text), old=quoted[0] if len(quoted) > 1 else "")
    return Letter(quoted[0], place(re.sub(r"\x00\d+", " ", text))[0], *_ink(text))


def _reworded(clause: Clause) -> Step | None:
    """ "Change the sign to say OPEN", "replace the word BREAD with CAFE": new words without quotation marks."""
    found = re.match(REWORD, clause.text, re.IGNORECASE) or re.match(SAYING, clause.text, re.IGNORECASE)
    if found is None:
        return None
    new = found["new"].strip(" :,")
    plain = colour(new) is not None or prompt.parse(new).looks or re.match(r"(?:a |an |the |another|be )", new)
    if found.re.pattern == REWORD and not found["old"] and plain:
        return None
    return Letter(new, "instead", None, "bold", old=found.groupdict().get("old") or "")


def _ink(text: str) -> tuple[tuple[int, int, int] | None, str]:
    face = next((face for word, face in words.FACES.items() if re.search(rf"\b{word}\b", text)), "bold")
    outside = re.sub(r"\x00\d+", " ", text)
    found = next((value for word in re.findall(r"[a-z]+", outside) if (value := lexicon.colour(word))), None)
    return found, face


def combining(clause: Clause) -> Step | None:
    """Clauses that speak of a further picture: its style, its colours, it as background, its thing put in."""
    found = re.search(OTHER, clause.lower)
    if clause.materials == 0 or found is None:
        return None
    number = NUMBERS.get(found[1] or found[2] or "", 1)
    number = clause.materials if found[1] == "last" else min(number, clause.materials)
    text = clause.lower
    if re.search(r"\b(?:colou?rs?|palette|tones?|colou?r scheme|lighting)\b", text):
        return Restyle(material=number, colours_only=True)
    if re.search(r"\b(?:style|look|texture|pattern|material|painting|manner)\b", text):
        return Restyle(material=number)
    if re.search(r"\b(?:background|backdrop|scene of|setting)\b", text):
        return Backdrop(words="another picture", kind="material", material=number)
    if re.match(INTO_IT, text):
        return Backdrop(words="another picture", kind="material", material=number)
    gone = re.match(r"(?:replace|swap|exchange) (.+?) (?:with|by|for) ", text)
    here = re.sub(rf"\s*(?:\b(?:of|from|in) )?(?:{OTHER}|{FIRST})", "", text)
    beside = None if gone else re.search(BY, here)
    thing = re.match(BROUGHT, here)
    known = target(thing[1]) if thing else Target()
    where = place(re.sub(OTHER, " ", text))[0]
    return Add(
        words=known.phrase if known.noun and known.noun not in UNNAMED else "",
        where=where,
        material=number,
        by=target(beside[2]) if beside is not None and target(beside[2]).noun not in NOWHERE else None,
        relation=RELATIONS.get(beside[1], "beside") if beside is not None else "",
        instead=target(gone[1]) if gone and not re.search(OTHER, gone[1]) else None,
    )


def background(clause: Clause) -> Step | None:
    """Another background, none, or a blurred one."""
    text = re.sub(r"\bbg\b", "background", clause.lower)
    if re.search(r"\b(?:background|backdrop)\b", text):
        return _named_background(text)
    moved = re.match(MOVED, text)
    if moved is None:
        return None
    where, rest = place(moved[2])
    if where in ("left", "right", "top", "bottom", "centre") and len(rest.split()) < 3:
        return None
    seen = prompt.parse(rest if where == "" else moved[2])
    if not seen.places or seen.looks:
        return None
    return Backdrop(_scenic(moved[2]))


def _named_background(text: str) -> Step | None:
    if re.search(r"\b(?:blur|blurred|blurry|bokeh|out of focus|soften|defocus)\b", text):
        return Backdrop(kind="blur")
    if re.search(CLEAR, text):
        return Backdrop(kind="clear")
    new = next((found for pattern in BACKGROUNDS if (found := re.search(pattern, text))), None)
    of_it = r"(?:add\b.* in|(?:remove|delete|erase|get rid of|take out)\b.*) the background$"
    if new is None or re.match(of_it, text):
        return None
    what = bare(new[1])
    plain = colour(re.sub(r"\b(?:solid|plain|pure|simple|studio|clean|seamless|background|backdrop)\b", "", what))
    if plain is not None:
        return Backdrop(words=plain[1], colour=plain[0])
    if re.fullmatch(r"(?:much |slightly |a bit )?(?:\w+er|more \w+|less \w+)", what):
        return None
    return Backdrop(_scenic(what))


def _scenic(phrase: str) -> str:
    """Words that the prompt reader takes as a place."""
    return phrase if re.match(r"(?:on|in|at|under|inside)\b", phrase) else f"in {phrase}"


def replacing(clause: Clause) -> Step | None:
    """ "Replace the cat with a dog", "turn the ball into a pumpkin"."""
    text = clause.lower
    found = next((found for pattern in REPLACED if (found := re.match(pattern, text))), None)
    if found is None:
        return None
    old, new = (found[2], found[1]) if "instead of" in text else (found[1], found[2])
    if colour(new) is not None:
        return recolouring(clause.of(f"make {old} {new}"))
    thing = target(old)
    seen = prompt.parse(new)
    if thing.everything or seen.looks or not seen.subjects or thing.noun in writing.NOUNS:
        return None
    if not thing.noun and thing.colour is None and not re.match(r"(?:replace|swap|exchange|substitute)", text):
        return None
    return Add(words=new, instead=thing)


def recolouring(clause: Clause) -> Step | None:
    """ "Make the red car blue", "change the colour of the wall to green", "give her red hair", "the sky orange"."""
    text = re.sub(r"\b(?:please|instead|completely|entirely|fully)\b", "", clause.lower).strip()
    text = re.sub(r"\s+", " ", text)
    if re.search(r"\b(?:black and white|black-and-white)\b", text):
        return None
    text = re.sub(r"^whiten (.+)$", r"make \1 white", text)
    worn = re.match(LIPSTICK, text)
    if worn is not None:
        new = colour(worn[1]) if worn[1].strip() else (MADE_UP, "red")
        return None if new is None else Recolour(Target("lips", "lip"), *new)
    patterns = (
        rf"(?:{RECOLOUR}|give|adjust) (?:the )?colou?rs? of (?P<thing>.+?) (?:from .+ )?(?:to|into|as) (?P<colour>.+)",
        rf"{RECOLOUR} (?P<thing>.+?)(?:'s)? colou?r (?:from .+ )?(?:to|into|as) (?P<colour>.+)",
        rf"{RECOLOUR} (?P<thing>.+?) (?:from .+ )?(?:to|into|in|as) (?:be )?(?:a |an )?(?P<colour>.+)",
        r"give (?P<owner>\w+|the \w+) (?P<colour>[\w -]+?) (?P<thing>hair|\w+)$",
        r"(?P<thing>(?:the|his|her|its|their|all) .+?) (?:should be|must be|to be|becomes?|is|in|to) (?P<colour>.+)",
        r"(?:replace|swap|exchange) (?P<thing>.+?) (?:with|by|for) (?P<colour>.+)",
    )
    for pattern in patterns:
        found = re.fullmatch(pattern, text)
        new = colour(found["colour"]) if found else None
        if found and new is not None and found["thing"]:
            thing = target(found["thing"])
            return _painted(thing, new)
    return _trailing(text)


def _painted(thing: Target, new: tuple[RGB, str]) -> Recolour:
    return Recolour(thing, HAIR.get(new[1], new[0]) if thing.noun == "hair" else new[0], new[1])


def _trailing(text: str) -> Step | None:
    """ "make the car dark green": the longest end that is a colour, and a thing before it."""
    found = re.match(rf"(?:{RECOLOUR}) (.+)$", text) or re.match(r"((?:the|his|her|its|their|all) .+)$", text)
    if found is None:
        return None
    tokens = found[1].split()
    for length in range(min(3, len(tokens) - 1), 0, -1):
        new = colour(" ".join(tokens[-length:]))
        thing = target(" ".join(tokens[:-length]))
        if tokens[0] in ("it", "this", "that") and re.search(r"\b(?:to|into|like|as)\b", " ".join(tokens[1:-length])):
            continue  # "turn it to stained glass" is a look
        if new is not None and (
            thing.noun or thing.everything or thing.colour or bare(tokens[0]) in words.MAIN or thing.where
        ):
            return _painted(thing, new)
    return None


def removing(clause: Clause) -> Step | None:
    """ "Remove the dog", "get rid of the text"."""
    found = re.match(REMOVED, clause.lower)
    if found is None:
        return None
    phrase = re.sub(r"\bfrom the background$", "in the background", found[1])
    phrase = re.sub(r"\x00\d+|\bfrom (?:the|this|her|his|their)\b.*$", " ", phrase).strip()
    if re.search(r"\b(?:colou?rs?|noise|grain|blur|contrast|saturation|fog|haze|shadows?)$", phrase):
        return None
    return Remove(target(phrase))


def adding(clause: Clause) -> Step | None:
    """ "Add a cat on the left", "put a hat on him", "give it a red balloon"."""
    worn = re.match(WORN, clause.lower) or re.match(DRESSED, clause.lower)
    dress = target(worn[2]) if worn is not None else Target()
    if dress.noun in words.CLOTHES:
        # Nothing here can draw clothes on a body; what is worn can have their colour.
        new = (
            next(((value, word) for word in worn[2].split() if (value := lexicon.colour(word))), None) if worn else None
        )
        return None if new is None else Recolour(Target("the clothes (their cut stays)", "clothes"), *new)
    if worn is not None and prompt.parse(worn[2]).subjects:
        return Add(worn[2], "", by=target(worn[1]), relation="on")
    found = re.match(ADDED, clause.lower)
    if found is None:
        return None
    beside = re.search(BY, found[1]) or re.search(BY_IT, found[1])
    relation, by = "", None
    if beside is not None and (beside.re.pattern == BY_IT or target(beside[2]).noun not in ("", *NOWHERE)):
        relation, by = RELATIONS.get(beside[1], "beside"), target(beside[2])
    where, phrase = place(found[1][: beside.start()] if by is not None and beside else found[1])
    phrase = re.sub(ITS_PLACE, " ", phrase)
    # What it stands by is in the picture already.
    phrase = re.sub(BESIDE, " ", phrase)
    phrase = re.sub(r"\s+", " ", phrase).strip()
    return Add(phrase, where, by=by, relation=relation) if phrase and prompt.parse(phrase).subjects else None


def moving(clause: Clause) -> Step | None:
    """ "Make the car bigger", "move the cat to the left", "shrink it by half"."""
    text = re.sub(r"^increase the size of\b", "enlarge", clause.lower)
    text = re.sub(r"^(?:decrease|reduce) the size of\b", "shrink", text)
    scaled = re.match(SCALED, text)
    if scaled is not None:
        word = scaled["word"] or scaled["verb"]
        thing = target(scaled["thing"])
        by = 1 + (SCALES.get(word, 1.0) - 1) * amount(text) if word in SCALES else 1.0
        by = float(scaled["times"]) if scaled["times"] else by
        return None if thing.everything or by == 1.0 or word not in SCALES else Move(thing, min(4.0, max(0.2, by)))
    moved = re.match(
        r"(?:move|shift|slide|reposition|place|put) (.+?) (?:further |more )?((?:in|to|at|on) the .+)$", text
    )
    if moved is None:
        return None
    where, rest = place(moved[2])
    thing = target(moved[1])
    known = re.match(r"(?:the|it|him|her|them|this|that)\b", moved[1]) is not None
    return Move(thing, where=where) if known and where in PLACES and not rest and not thing.everything else None
