"""What a word means beside its neighbours, and which words are places, hours or parts of the scenery."""

from __future__ import annotations

import re

from gesso.engines.sketch.words import lexicon, vocabulary

LEAST_SCORE = 0.5
"""A noun whose best picture scores less is told as not understood."""

SETTINGS = frozenset(
    [
        "street",
        "road",
        "path",
        "skyline",
        "sea",
        "beach",
        "lake",
        "river",
        "forest",
        "jungle",
        "meadow",
        "garden",
        "desert",
        "canyon",
        "cliff",
        "hills",
        "glacier",
        "cave",
        "harbor",
        "room",
        "sky",
        "galaxy",
        "table",
    ]
)
"""Drawings that are a whole place; the others are things in it."""

CONDITIONS = {
    "sunset": ("time", "sunset"),
    "sunrise": ("time", "sunrise"),
    "night": ("time", "night"),
    "rain": ("weather", "rain"),
    "snow": ("season", "winter"),
    "fog": ("weather", "fog"),
    "aurora": ("weather", "aurora"),
}
"""Drawings that are an hour, a season or a weather."""

SCENIC = {
    "mountain": "mountains",
    "snow-capped-mountain": "mountains",
    "mount-fuji": "mountains",
    "sun": "sun",
    "full-moon": "moon",
    "crescent-moon": "moon",
    "cloud": "clouds",
    "star": "stars",
    "glowing-star": "stars",
    "rainbow": "rainbow",
    "desert": "desert",
    "high-voltage": "lightning",
    "stadium": "street",
    "ringed-planet": "planet",
    "globe-showing-americas": "earth",
    "water-wave": "sea",
}
"""Sprites that the scene draws itself, better and at home in its light."""


def is_thing(word: str, following: str) -> bool:
    """Whether "orange", "rose" or "gold" is the thing here, not the colour of what follows."""
    if word not in (
        "orange",
        "rose",
        "peach",
        "plum",
        "olive",
        "gold",
        "silver",
        "chocolate",
        "ginger",
        "lavender",
        "jet",
        "apricot",
        "salmon",
        "tomato",
        "lemon",
        "lime",
        "snow",
        "coral",
        "wheat",
        "orchid",
        "seashell",
        "ruby",
        "emerald",
        "sapphire",
        "mint",
    ):
        return False
    return not (
        following
        and (lexicon.is_noun(following) or lexicon.is_adjective(following))
        and following not in vocabulary.stop() | vocabulary.phrases().keys()
    )


AMBIGUOUS = frozenset(
    {"clay", "ink", "pencil", "comic", "crayon", "sketch", "poster", "painting", "render", "studio", "landscape"}
    | {"retro", "photo", "neon", "flat", "black and white", "minimalist"}
)
"""Styles that are things, materials or colours as well."""

VAGUE = frozenset({"wet", "clear", "dark", "bright", "short", "long", "young", "at", "by"})


def applies(phrase: str, found: tuple[str, str], tokens: list[str], after: int) -> bool:
    """Whether a phrase means what the vocabulary says: "a clay pot" is a material, "a pencil" a thing."""
    kind, value = found
    following = tokens[after].lower() if after < len(tokens) else ""
    if kind == "negation" and value == "no":
        return following != "only"
    if phrase in VAGUE and kind != "relation":
        return kind != "size" or lexicon.is_noun(following) or lexicon.is_adjective(following)
    return is_style(phrase, tokens, after, following) if phrase in AMBIGUOUS else True


PRINTED = frozenset({"photo", "photograph", "photography", "picture", "film", "portrait", "image", "movie", "print"})


def is_style(phrase: str, tokens: list[str], after: int, following: str) -> bool:
    """Whether a phrase of two meanings says how the picture is made: an "ink drawing", not the "ink bottle"."""
    if following in PRINTED:
        return True
    if phrase in ("pencil", "crayon", "comic") and following in ("", ",", ".", "and"):
        before = tokens[after - 2].lower() if after >= 2 else ""
        return before not in ("a", "an", "the", "and")
    if following in {
        "of",
        "style",
        "art",
        "drawing",
        "illustration",
        "render",
        "",
        ",",
        ".",
        "painting",
        "in",
        "with",
        "shot",
    }:
        before = tokens[after - 2].lower() if after >= 2 else ","
        return following != "with" or before in {"a", "an", ",", "oil", "the"}
    return False


def is_modifier(word: str, following: str, match: lexicon.Match) -> bool:
    """Whether a noun only says more about the next one: the city of "city street", the coffee of "coffee cup"."""
    if (
        not following
        or following in vocabulary.stop()
        or following in vocabulary.phrases()
        or not re.match(r"[^\W_]", following)
        or lexicon.is_plural(word)
    ):
        return False
    if (
        lexicon.colour(following)
        or lexicon.number(following)
        or vocabulary.inverse("actions").get(lexicon.lemma(following, "v"))
    ):
        return False
    if following.endswith("ing") and lexicon.lemma(following, "v") != following and lexicon.is_verb(following):
        return False  # "a child building a castle", not "a wedding ring"
    head = lexicon.lookup(following)
    shown = head is not None and head.score >= LEAST_SCORE
    return (
        lexicon.is_noun(following) and not lexicon.is_adjective(following) and (shown or lexicon.is_plural(following))
    )


PICTURE = lexicon.Match("", 1.0, "procedural", "picture", "picture")


def is_picture(tokens: list[str], at: int) -> bool:
    """Whether "a picture" hangs in the scene, over a sofa or on the wall, and is not the one that is asked for."""
    if tokens[at].lower() not in (
        "picture",
        "painting",
        "photo",
        "photograph",
        "poster",
        "artwork",
        "pictures",
        "paintings",
    ):
        return False
    after = " ".join(token.lower() for token in tokens[at + 1 : at + 4])
    return re.match(
        r"(hanging )?(above|over|on) (the|a|an|my|our|her|his) |hanging |hung ", after + " "
    ) is not None and (not re.match(r"on (?!(the|a|an) wall)", after))


def is_one(tokens: list[str], at: int) -> bool:
    """Whether "a" tells that the noun at a place is one thing: then "a ball rolls" has a verb, not rolls."""
    for token in reversed(tokens[max(0, at - 4) : at]):
        word = token.lower()
        if word in ("a", "an", "another"):
            return True
        if not lexicon.is_adjective(word):
            return False
    return False


def agree(noun: str, word: str, base: str) -> bool:
    """Whether a word right behind a noun may be its verb in the present: one rolls, several roll."""
    if not lexicon.is_verb(word):
        return False
    return word == base if lexicon.is_plural(noun) else word.endswith("s") and word != base


def carries_text(head: str) -> bool:
    return vocabulary.inverse("carriers").get(head, "title") in (
        "neon",
        "sign",
        "poster",
        "banner",
        "chalk",
        "graffiti",
    ) and head not in ("wall", "shop", "flag", "ribbon")


def forms(phrase: str) -> set[str]:
    """A word as written, its dictionary form, and the scene feature it stands for."""
    forms = {phrase, lexicon.lemma(phrase)}
    match = lexicon.lookup(phrase)
    if match:
        forms |= {name for name in (match.drawing, SCENIC.get(match.sprite, "")) if name}
    found = vocabulary.phrases().get(phrase)
    return forms | ({found[1]} if found and found[0] in ("weather", "time") else set())


def singular(word: str) -> str:
    """A noun's singular, also where the dictionary lists its plural by itself: pancakes -> pancake, eyes -> eye."""
    found = lexicon.lemma(word)
    return word[:-1] if found == word and many(word) else found


def many(word: str) -> bool:
    """Whether a word that the dictionary lists by itself is still a plural: cows are more than one cow."""
    if not word.endswith("s") or word.endswith("ss"):
        return False
    one, several = lexicon.lookup(word[:-1]), lexicon.lookup(word)
    return one is not None and several is not None and (one.sprite, one.drawing) == (several.sprite, several.drawing)


def more_colours(tokens: list[str], at: int) -> int:
    """The comma and "and" of "red, white and blue" tie the colours together; how many tokens that takes."""
    used = 0
    while used < 2 and at + used < len(tokens) and tokens[at + used].lower() in (",", "and", "&", "or"):
        used += 1
    return used if used and at + used < len(tokens) and lexicon.colour(tokens[at + used]) else 0


def goes_ahead(tokens: list[str], start: int, end: int) -> bool:
    """Whether words of place stand before their noun: "on the left a cat", "In the distance, a ship"."""
    before = tokens[start - 1].lower() if start else "."
    following = tokens[end].lower() if end < len(tokens) else ""
    if before in (".", ";", ":", "\n", "!") and following == ",":
        return True
    return before in (".", ",", ";", ":", "\n", "!", "and", "with") and (
        following in ("a", "an", "the", "there", "some", "several") or lexicon.number(following) is not None
    )
