"""Words to pictures: the common nouns show what they say, forms are found, kinds are climbed, closed lists hold."""

from __future__ import annotations

import pytest

from gesso.engines.sketch import assets
from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.words import lexicon

#: word=sprite; looked at on a contact sheet.
SHOWN = """
cat=cat dog=dog horse=horse fox=fox owl=owl gull=gull seagull=gull whale=whale dragon=dragon unicorn=unicorn
robot=robot astronaut=astronaut wizard=man-mage child=child woman=woman-standing man=man-standing
baker=cook violinist=person-standing car=automobile truck=delivery-truck bus=bus bicycle=bicycle boat=sailboat
sailboat=sailboat ship=ship train=locomotive airplane=airplane rocket=rocket balloon=balloon house=house
cottage=house-with-garden castle=castle church=church tree=deciduous-tree pine=evergreen-tree palm=palm-tree
oak=deciduous-tree flower=blossom rose=rose tulip=tulip sunflower=sunflower cactus=cactus mushroom=mushroom
apple=red-apple banana=banana cake=birthday-cake coffee=hot-beverage teapot=teapot
book=open-book guitar=guitar piano=musical-keyboard clock=mantelpiece-clock umbrella=umbrella hat=top-hat crown=crown
dagger=dagger diamond=gem-stone moon=full-moon sun=sun star=star cloud=cloud rainbow=rainbow
mountain=mountain kitten=cat puppy=dog rabbit=rabbit bear=bear lion=lion tiger=tiger elephant=elephant giraffe=giraffe
monkey=monkey panda=panda penguin=penguin duck=duck swan=swan eagle=eagle parrot=parrot frog=frog snake=snake
turtle=turtle fish=fish shark=shark dolphin=dolphin octopus=octopus crab=crab butterfly=butterfly bee=honeybee
spider=spider snail=snail king=person-with-crown queen=princess mermaid=mermaid fairy=fairy witch=witch
vampire=vampire
zombie=zombie ghost=ghost alien=alien doctor=health-worker teacher=teacher farmer=farmer chef=cook
firefighter=firefighter detective=detective ninja=ninja dancer=woman-dancing surfer=person-surfing
cyclist=person-biking baby=baby tractor=tractor taxi=taxi motorcycle=motorcycle scooter=kick-scooter
ambulance=ambulance helicopter=helicopter canoe=canoe yacht=sailboat ferry=ferry tram=tram-car pagoda=japanese-castle
hut=hut school=school factory=factory hotel=hotel hospital=hospital fountain=fountain carousel=carousel-horse
lavender=hyacinth lily=lotus daisy=blossom leaf=fallen-leaf orange=tangerine strawberry=strawberry lemon=lemon
pear=pear grape=grapes watermelon=watermelon bread=bread cheese=cheese-wedge egg=egg burger=hamburger
sandwich=sandwich sushi=sushi cookie=cookie donut=doughnut chocolate=chocolate-bar wine=wine-glass beer=beer-mug
candle=candle lantern=red-paper-lantern chair=chair bed=bed mirror=mirror door=door window=window key=old-key
violin=violin drum=drum trumpet=trumpet camera=camera telephone=telephone computer=desktop-computer
television=television shoe=mans-shoe boot=womans-boot dress=dress shirt=t-shirt scarf=scarf glasses=glasses ring=ring
ball=soccer-ball kite=kite gift=wrapped-gift bell=bell heart=red-heart fire=fire wave=water-wave
snowman=snowman-without-snow snowflake=snowflake lightning=high-voltage planet=ringed-planet comet=comet
telescope=telescope compass=compass map=world-map anchor=anchor shield=shield axe=axe hammer=hammer
"""
EXACT = {word: sprite for word, _, sprite in (pair.partition("=") for pair in SHOWN.split())}
KINDS = {
    "terrier": "dog",
    "sparrow": "bird",
    "puffin": "dove",
    "ukulele": "guitar",
    "gazelle": "deer",
    "marmot": "chipmunk",
    "lasagna": "spaghetti",
    "frigate": "ship",
    "dentist": "health-worker",
    "accountant": "person-standing",
    "celery": "leafy-green",
}
DRAWN = {
    "lighthouse": "lighthouse",
    "bridge": "bridge",
    "pier": "pier",
    "barn": "barn",
    "windmill": "windmill",
    "river": "river",
    "brook": "river",
    "forest": "forest",
    "city": "skyline",
    "paris": "skyline",
    "sea": "sea",
    "table": "table",
    "waterfall": "waterfall",
    "hot air balloon": "hot-air-balloon",
    "beach": "beach",
}


def shown(noun: str) -> str:
    found = lexicon.lookup(noun)
    assert found is not None, noun
    return found.sprite


def test_enough_words_are_held() -> None:
    assert len(EXACT) >= 150


@pytest.mark.parametrize(("noun", "sprite"), EXACT.items())
def test_common_nouns_show_the_thing(noun: str, sprite: str) -> None:
    found = lexicon.lookup(noun)
    assert found is not None
    assert found.sprite == sprite
    assert found.score >= 0.7
    assert found.how in ("exact", "synonym")


@pytest.mark.parametrize(("noun", "sprite"), KINDS.items())
def test_kinds_are_climbed(noun: str, sprite: str) -> None:
    found = lexicon.lookup(noun)
    assert found is not None
    assert (found.sprite, found.how) == (sprite, "hypernym")
    assert 0.3 < found.score < 1
    assert found.head != noun


@pytest.mark.parametrize(("noun", "drawing"), DRAWN.items())
def test_scenery_is_drawn(noun: str, drawing: str) -> None:
    found = lexicon.lookup(noun)
    assert found is not None
    assert (found.drawing, found.how) == (drawing, "procedural")


@pytest.mark.parametrize("noun", ["xyzzy", "", "  ", "thing", "background", "of", "zürich☃", "a" * 10_000])
def test_what_shows_nothing_is_none(noun: str) -> None:
    assert lexicon.lookup(noun) is None


@pytest.mark.parametrize(
    ("plural", "sprite"),
    [
        *[
            ("gulls", "gull"),
            ("men", "man-standing"),
            ("women", "woman-standing"),
            ("wolves", "wolf"),
            ("mice", "mouse"),
        ],
        *[("geese", "goose"), ("foxes", "fox"), ("cherries", "cherries"), ("berries", "blueberries"), ("buses", "bus")],
        *[
            ("children", "child"),
            ("Houses", "house"),
            ("firemen", "firefighter"),
            ("knives", "kitchen-knife"),
        ],
        *[("fire trucks", "fire-engine"), ("polar bears", "polar-bear"), ("fire-trucks", "fire-engine")],
    ],
)
def test_plurals_are_found(plural: str, sprite: str) -> None:
    assert shown(plural) == sprite


def test_phrases_fall_back_on_their_last_word() -> None:
    assert shown("cruise ship") == "passenger-ship"
    rusty = lexicon.lookup("rusty cargo ship")
    assert rusty is not None
    assert (rusty.sprite, rusty.how) == ("ship", "head")
    assert rusty.score < 1


def test_figures_hold_things_and_have_sizes() -> None:
    violinist, kitten = lexicon.lookup("violinist"), lexicon.lookup("kitten")
    assert violinist is not None
    assert violinist.prop == "violin"
    assert kitten is not None
    assert kitten.scale < 1


def test_longest_phrase_wins() -> None:
    found, length = lexicon.longest(["Polar", "bears", "on", "ice"])
    assert found is not None
    assert (found.sprite, length) == ("polar-bear", 2)
    found, length = lexicon.longest(["hot", "air", "balloon", "over", "hills"])
    assert found is not None
    assert (found.drawing, length) == ("hot-air-balloon", 3)
    found, length = lexicon.longest(["cat", "on", "mat"])
    assert found is not None
    assert (found.sprite, length) == ("cat", 1)
    assert lexicon.longest(["xyzzy"]) == lexicon.longest([]) == (None, 0)


@pytest.mark.parametrize(
    ("form", "pos", "lemma"),
    [
        *[("gulls", "n", "gull"), ("leaves", "n", "leaf"), ("boxes", "n", "box"), ("glasses", "n", "glasses")],
        *[("bus", "n", "bus"), ("sitting", "v", "sit"), ("running", "v", "run"), ("flew", "v", "fly")],
        *[("rides", "v", "ride"), ("chased", "v", "chase"), ("carries", "v", "carry"), ("hopping", "v", "hop")],
        *[("qwerty", "n", "qwerty"), ("Sitting", "v", "sit")],
    ],
)
def test_lemmas(form: str, pos: str, lemma: str) -> None:
    assert lexicon.lemma(form, "n" if pos == "n" else "v") == lemma


def test_plural_is_told_from_singular() -> None:
    assert all(map(lexicon.is_plural, ["gulls", "men", "foxes"]))
    assert not any(map(lexicon.is_plural, ["gull", "bus", "sheep", "glass"]))


def test_parts_of_speech() -> None:
    assert all(map(lexicon.is_noun, ["cat", "gulls", "house", "lighthouse", "light", "men"]))
    assert not any(map(lexicon.is_noun, ["beautiful", "quickly", "of", "xyzzy", "wooden"]))
    assert all(map(lexicon.is_verb, ["sitting", "flew", "chases", "ride", "jumping"]))
    assert not any(map(lexicon.is_verb, ["cat", "beautiful", "lighthouse", "of"]))
    assert all(map(lexicon.is_adjective, ["red", "beautiful", "wooden", "tiny", "turquoise"]))
    assert not any(map(lexicon.is_adjective, ["cat", "quickly", "house"]))


def test_colours() -> None:
    red, green, blue = lexicon.colour("Red") or (0, 0, 0)
    assert red > 2 * green
    assert red > 2 * blue
    assert lexicon.colour("rebeccapurple") == (102, 51, 153)
    assert lexicon.colour("chair") is None


def test_materials() -> None:
    gold, stone = lexicon.material("golden"), lexicon.material("stone")
    assert gold is not None
    assert stone is not None
    assert gold.shine > stone.shine
    assert stone.rough > gold.rough
    assert lexicon.material("chair") is None


@pytest.mark.parametrize(
    ("word", "count"), [("two", 2), ("Dozen", 12), ("a", 1), ("several", 4), ("17", 17), ("007", 7)]
)
def test_numbers(word: str, count: int) -> None:
    assert lexicon.number(word) == count


@pytest.mark.parametrize("word", ["cat", "", "12345", "1.5", "-3"])
def test_other_words_are_no_numbers(word: str) -> None:
    assert lexicon.number(word) is None


def test_every_line_is_found_and_names_what_exists() -> None:
    lines = assets.path("lexicon.tsv").read_text().splitlines()
    known = {*sprites.names(), ""}
    words = [line.split("\t")[0] for line in lines]
    assert words == sorted(words, key=str.encode)
    assert len(set(words)) == len(words) > 70_000
    for line in lines:
        row = line.split("\t")
        assert len(row) == 2 or {row[2], *row[7:8]} <= known, line
    for line in [*lines[::211], lines[0], lines[-1]]:
        assert lexicon._row(line.split("\t")[0]) == tuple(line.split("\t"))


def test_enough_nouns_show_something() -> None:
    assert sum(len(line.split("\t")) > 2 for line in assets.path("lexicon.tsv").read_text().splitlines()) > 25_000
