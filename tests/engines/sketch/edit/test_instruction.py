"""What instructions are read as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.engines.sketch.edit.instruction import parse
from gesso.engines.sketch.edit.steps import (
    Add,
    Adjust,
    Atmosphere,
    Backdrop,
    Letter,
    Move,
    Recolour,
    Remove,
    Reshape,
    Restyle,
    Step,
    Target,
)


def one(text: str, materials: int = 0) -> Step:
    found = parse(text, materials)
    assert found.unknown == []
    assert len(found.steps) == 1
    return found.steps[0]


@pytest.mark.parametrize(
    ("text", "noun", "colour"),
    [
        ("make the car red", "car", "red"),
        ("Please change the color of the shirt to green.", "shirt", "green"),
        ("paint the wall light blue", "wall", "light blue"),
        ("could you turn the house's color into yellow", "house", "yellow"),
        ("give her red hair", "hair", "red"),
        ("change the sky to orange", "sky", "orange"),
        ("recolor the flowers purple", "flower", "purple"),
        ("make the house dark green, keep everything else the same", "house", "dark green"),
        ("the door should be blue", "door", "blue"),
        ("make the door of the house red", "door", "red"),
        ("make the bin next to the fountain green", "bin", "green"),
        ("make the man with a hat blue", "man", "blue"),
        ("make the cat's eyes green", "eyes", "green"),
        ("whiten her teeth", "tooth", "white"),
    ],
)
def test_recolouring(text: str, noun: str, colour: str) -> None:
    step = one(text)
    assert isinstance(step, Recolour)
    assert (step.target.noun, step.name) == (noun, colour)


def test_the_present_colour_and_place_of_a_thing() -> None:
    step = one("make the red apple on the left yellow")
    assert isinstance(step, Recolour)
    assert (step.target.noun, step.target.colour, step.target.where) == ("apple", (214, 45, 48), "left")
    step = one("change red to green")
    assert isinstance(step, Recolour)
    assert (step.target.noun, step.target.colour) == ("", (214, 45, 48))
    step = one("turn everything blue")
    assert isinstance(step, Recolour)
    assert step.target.everything


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("on a beach", "scene", "on a beach"),
        ("put her in a forest", "scene", "in a forest"),
        ("replace the background with a snowy mountain", "scene", "in snowy mountain"),
        ("blur the background", "blur", ""),
        ("remove the background", "clear", ""),
        ("transparent background", "clear", ""),
        ("white background", "scene", "white"),
        ("make the background a city at night", "scene", "in city at night"),
    ],
)
def test_backgrounds(text: str, kind: str, words: str) -> None:
    step = one(text)
    assert isinstance(step, Backdrop)
    assert (step.kind, step.words) == (kind, words)


@pytest.mark.parametrize(
    ("text", "time", "season", "weather"),
    [
        ("at night", "night", "", set[str]()),
        ("change the time of day to sunset", "sunset", "", set[str]()),
        ("make it rainy", "", "", {"rain"}),
        ("Make it look like a snowy winter evening", "sunset", "winter", set[str]()),
        ("turn it into autumn and make it foggy", "", "autumn", {"fog"}),
        ("add a rainbow", "", "", {"rainbow"}),
        ("replace the sky with a starry night sky", "night", "", set[str]()),
    ],
)
def test_atmosphere(text: str, time: str, season: str, weather: set[str]) -> None:
    assert one(text) == Atmosphere(time, season, frozenset(weather))


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("brighter", "brightness", 1.0),
        ("make it slightly darker", "brightness", -0.5),
        ("much more contrast", "contrast", 1.7),
        ("increase the brightness by 20%", "brightness", 0.5),
        ("Make it a black and white photo", "mono", 1.0),
        ("make it sepia", "sepia", 1.0),
        ("vintage look", "vintage", 1.0),
        ("less saturated", "saturation", -1.0),
        ("sharpen", "sharpness", 1.0),
        ("enhance the photo", "auto", 1.0),
    ],
)
def test_controls(text: str, kind: str, amount: float) -> None:
    step = one(text)
    assert isinstance(step, Adjust)
    assert step.target.everything
    assert (step.kind, step.amount) == (kind, pytest.approx(amount))


def test_a_control_of_a_part() -> None:
    step = one("make the sky a bit darker")
    assert isinstance(step, Adjust)
    assert (step.target.noun, step.kind, step.amount) == ("sky", "brightness", -0.5)


@pytest.mark.parametrize(
    ("text", "look", "learned"),
    [
        ("as a watercolor", "watercolour", ""),
        ("Turn this into a pencil sketch", "pencil", ""),
        ("pixel art", "pixel", ""),
        ("in the style of Van Gogh", "", "starry"),
        ("make it look like an oil painting", "oil", ""),
        ("Convert to anime style", "anime", ""),
    ],
)
def test_styles(text: str, look: str, learned: str) -> None:
    step = one(text)
    assert isinstance(step, Restyle)
    assert (step.look, step.learned) == (look, learned)


def test_words() -> None:
    assert one('Add the text "Hello World" at the bottom in red') == Letter(
        "Hello World", "bottom", (214, 45, 48), "bold"
    )
    assert one("write 'a cat in winter' in handwriting") == Letter("a cat in winter", "", None, "handwriting")
    assert one("change the text to 'OPEN'") == Letter("OPEN", "instead", None, "bold")
    assert one("add the title Summer Sale") == Letter("Summer Sale", "", None, "bold")


def test_things_come_and_go() -> None:
    assert one("add a cat on the left") == Add("a cat", "left")
    step = one("Replace the cat with a dog")
    assert isinstance(step, Add)
    assert step.words == "a dog"
    assert step.instead is not None
    assert step.instead.noun == "cat"
    gone = one("get rid of the red car on the right")
    assert isinstance(gone, Remove)
    assert (gone.target.noun, gone.target.where, gone.target.colour) == ("car", "right", (214, 45, 48))


@pytest.mark.parametrize(
    ("text", "noun", "relation"),
    [
        ("add a hat to the cat", "cat", "on"),
        ("put a bird on top of the house", "house", "on"),
        ("add a tree next to the house", "house", "beside"),
        ("add a dog to the left of the car", "car", "left"),
        ("put sunglasses on her", "", ""),
        ("add a bird in the sky", "", ""),
    ],
)
def test_what_a_thing_comes_to_stand_by(text: str, noun: str, relation: str) -> None:
    step = one(text)
    assert isinstance(step, Add)
    assert (step.by.noun if step.by else "", step.relation) == (noun, relation)
    assert len(step.words.split()) <= 2


@pytest.mark.parametrize(
    ("text", "scale", "where"),
    [
        ("make the car bigger", 1.4, ""),
        ("shrink the cat", 0.66, ""),
        ("increase the size of the car", 1.4, ""),
        ("make the house 2x larger", 2.0, ""),
        ("move the ball to the right", 1.0, "right"),
    ],
)
def test_things_move_and_grow(text: str, scale: float, where: str) -> None:
    step = one(text)
    assert isinstance(step, Move)
    assert (step.scale, step.where) == (pytest.approx(scale), where)


def test_clouds_and_snow() -> None:
    assert one("remove the clouds from the sky") == Atmosphere(weather=frozenset({"clear"}))
    assert one("make the sky dramatic") == Atmosphere(weather=frozenset({"dramatic"}))
    capped = one("add snow on the car")
    assert isinstance(capped, Adjust)
    assert (capped.kind, capped.target.noun) == ("snow", "car")


def test_the_words_that_are_replaced_are_known_where_they_are_quoted() -> None:
    assert one("change 'BREAD' to 'CAKE'") == Letter("CAKE", "instead", old="BREAD")


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("flip horizontally", "mirror", 0.0),
        ("flip it upside down", "flip", 0.0),
        ("rotate 90 degrees left", "rotate", -90.0),
        ("crop to 16:9", "aspect", 16 / 9),
        ("crop to a square", "aspect", 1.0),
        ("zoom in 2x", "zoom", 2.0),
        ("zoom out", "out", 1.5),
        ("extend to 16:9", "widen", 16 / 9),
        ("extend the picture to the left", "extend", 0.35),
        ("expand the canvas by 200 pixels on the right", "extend", 200),
    ],
)
def test_shape(text: str, kind: str, amount: float) -> None:
    step = one(text)
    assert isinstance(step, Reshape)
    assert (step.kind, step.amount) == (kind, pytest.approx(amount))


def test_further_pictures() -> None:
    assert one("put the cat from the second image on the left", 1) == Add("the cat", "left", 1)
    assert one("use image 3 as the background", 2) == Backdrop("another picture", None, "material", 2)
    assert one("in the style of the second image", 1) == Restyle(material=1)
    assert one("use the palette of image 2", 1) == Restyle(material=1, colours_only=True)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("make the car blue and the sky orange", [Recolour, Recolour]),
        ("make the car blue and add a cat on the left", [Recolour, Add]),
        ("remove the dog, then make it brighter. Crop to a square", [Remove, Adjust, Reshape]),
        ("make it brighter and warmer", [Adjust, Adjust]),
        ("add a cat and a dog", [Add]),
        ("at night, in the rain, as an oil painting", [Atmosphere, Restyle]),
    ],
)
def test_several_steps(text: str, kinds: list[type]) -> None:
    found = parse(text)
    assert [type(step) for step in found.steps] == kinds
    assert found.unknown == []


@pytest.mark.parametrize("text", ["make him smile", "asdf qwer", "describe the picture", "what is this?"])
def test_what_is_not_understood_is_told(text: str) -> None:
    found = parse(text)
    assert found.steps == []
    assert found.unknown == [text.rstrip("?")]


def test_the_rest_is_done_when_a_part_is_not_understood() -> None:
    found = parse("make him smile and make it brighter")
    assert [type(step) for step in found.steps] == [Adjust]
    assert found.unknown == ["make him smile"]


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    assert len(parse(text, 2).steps) <= 8


@pytest.mark.parametrize(
    "text", ["to " * 900, "make " * 600, "from " * 500 + "to red", "a and " * 500, "'" * 3000, "keep the " * 220]
)
def test_hostile_texts_come_to_nothing(text: str) -> None:
    assert parse(text).steps == []


def test_what_somebody_is_to_wear_is_put_on() -> None:
    step = one("make the cat wear a crown")
    assert isinstance(step, Add)
    assert (step.words, step.relation) == ("a crown", "on")
    assert step.by is not None
    assert step.by.noun == "cat"


def test_hair_is_coloured_as_hair_is() -> None:
    hair, paint = one("give her yellow hair"), one("make the car yellow")
    assert isinstance(hair, Recolour)
    assert isinstance(paint, Recolour)
    assert max(hair.colour) - min(hair.colour) < 0.6 * (max(paint.colour) - min(paint.colour))


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("black and white except the red car", "car"),
        ("make everything black and white except for the dog", "dog"),
        ("keep only the red car in color", "car"),
        ("make it black and white, but keep the balloon in colour", "balloon"),
        ("blur everything except her face", "face"),
    ],
)
def test_all_but_a_thing(text: str, noun: str) -> None:
    step = one(text)
    assert isinstance(step, Adjust)
    assert (step.target.noun, step.target.outside) == (noun, True)


@pytest.mark.parametrize(
    ("text", "kept", "step"),
    [
        ("don't change the sky, make the car green", ["sky"], Recolour),
        ("as a watercolor but keep the face unchanged", ["face"], Restyle),
        ("make it night while keeping the same composition and pose", [], Atmosphere),
        ("make the house red, everything else unchanged", [], Recolour),
    ],
)
def test_what_must_stay_is_heard_and_does_not_swallow_the_rest(text: str, kept: list[str], step: type) -> None:
    found = parse(text)
    assert [thing.noun for thing in found.kept] == kept
    assert [type(each) for each in found.steps] == [step]
    assert found.unknown == []


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("remove the car and the dog", ["car", "dog"]),
        ("make the car, the house and the tree blue", ["car", "house", "tree"]),
    ],
)
def test_a_step_for_each_thing(text: str, nouns: list[str]) -> None:
    steps = parse(text).steps
    assert all(isinstance(step, Recolour | Remove) for step in steps)
    assert [step.target.noun for step in steps if isinstance(step, Recolour | Remove)] == nouns


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("change the sign to say OPEN", Letter("OPEN", "instead")),
        ("replace the word BREAD with CAFE", Letter("CAFE", "instead", old="BREAD")),
        ("remove the car and replace it with a bus", Add("a bus", instead=Target("the car", "car"))),
        ("remove bg", Backdrop(kind="clear")),
        ("change the background to a white studio background", Backdrop("white", (248, 248, 245))),
        (
            "remove all people from the background",
            Remove(Target("all people in the background", "person", where="back")),
        ),
        ("make it 16:9", Reshape("widen", 16 / 9)),
        ("upscale 4x", Reshape("upscale", 4.0)),
        ("swap the sky for a starry one", Atmosphere("night")),
        ("turn it to stained glass", Restyle("stained")),
        ("make it look like Lego", Restyle("voxel")),
        ("neon lighting", Adjust("neon")),
        ("restore this old photo", Adjust("restore")),
        ("remove the scratches", Adjust("scratches")),
        ("fix the blur", Adjust("sharpness", 1.6)),
        ("remove the fog", Adjust("dehaze")),
        ("remove wrinkles", Adjust("evenness", 1.0, Target("the skin", "skin"))),
        (
            "make her wear a red dress",
            Recolour(Target("the clothes (their cut stays)", "clothes"), (214, 45, 48), "red"),
        ),
        ("add red lipstick", Recolour(Target("lips", "lip"), (214, 45, 48), "red")),
        ("add a dog next to him", Add("a dog", by=Target("him"), relation="beside")),
    ],
)
def test_what_people_type(text: str, step: Step) -> None:
    assert one(text) == step


def test_a_dress_without_a_colour_is_not_laid_on_anybody() -> None:
    assert parse("put her in a spacesuit").steps == []


def test_a_thing_of_a_further_picture_goes_where_it_is_wanted() -> None:
    step = one("put the cat of image 2 on the chair of image 1", 1)
    assert step == Add("the cat", material=1, by=Target("the chair", "chair"), relation="on")
