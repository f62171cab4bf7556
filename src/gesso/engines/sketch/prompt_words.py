"""The closed word lists of prompt parsing: phrases that place, date, light or style a picture rather than name a thing in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["look", "time", "season", "weather", "camera", "place", "light", "where", "relation", "negation", "size", "text", "mood"]

_GROUPS: Mapping[Kind, Mapping[str, str]] = {
    "look": {
        "photo": "photograph, photo, photography, photorealistic, realistic, photo-realistic, dslr, 35mm, cinematic, film still, hyperrealistic, bokeh",
        "watercolour": "watercolor, watercolour, aquarelle, watercolor painting, watercolour painting, gouache",
        "oil": "oil painting, oil on canvas, oil paint, impasto, impressionist, impressionism, impressionist painting, painting, van gogh, monet, acrylic painting, expressionism",
        "ink": "ink drawing, ink, sumi-e, ink wash, pen and ink, engraving, etching, woodcut, linocut, crosshatch, ukiyo-e",
        "pencil": "pencil drawing, pencil sketch, pencil, graphite, charcoal drawing, sketch, line drawing, line art, hand drawn, hand-drawn",
        "pixel": "pixel art, pixelated, 8-bit, 8 bit, 16-bit, 16 bit, pixel",
        "lowpoly": "low poly, low-poly, lowpoly, polygonal",
        "poster": "poster art, travel poster, screen print, screenprint, flat design, flat illustration, vector art, vector illustration, minimalist, propaganda poster, retro poster, silkscreen, vintage poster, flat",
        "comic": "comic, comic book, comic style, comic book style, manga, cartoon, pop art, graphic novel, cel shaded, cel-shaded",
        "anime": "anime, studio ghibli, ghibli, anime style",
        "noir": "film noir, noir, black and white, black-and-white, monochrome, grayscale, b&w",
        "neon": "cyberpunk, synthwave, vaporwave, neon lights, neon-lit, neon colors, outrun, retrowave",
        "blueprint": "blueprint, technical drawing, schematic",
        "pastel": "pastel, pastels, chalk drawing, crayon, pastel colors, kawaii",
        "mosaic": "mosaic, stained glass, stained-glass",
        "papercut": "paper cut, papercut, paper-cut, cut paper, paper craft, papercraft, origami style, layered paper",
        "vintage": "vintage photo, vintage photograph, sepia, retro, old photo, polaroid, 1970s, 1950s",
        "clay": "clay, claymation, plasticine, clay render, 3d render, 3d, render, octane render, blender",
    },
    "time": {
        "sunrise": "sunrise, dawn, at dawn, daybreak, early morning",
        "day": "midday, noon, daytime, daylight, sunny day, sunny, sunlit, bright day, morning, blue sky",
        "golden": "golden hour, late afternoon, golden light, evening light, evening sun, warm light",
        "sunset": "sunset, at sunset, evening, sundown",
        "dusk": "dusk, at dusk, twilight, blue hour, nightfall, gloaming",
        "night": "night, at night, midnight, nighttime, night-time, nocturnal, moonlit, moonlight, starry, starry night, starry sky, dark night, under the stars",
    },
    "season": {
        "spring": "spring, springtime, blossoming, blooming",
        "summer": "summer, summertime",
        "autumn": "autumn, fall colors, autumnal, in fall",
        "winter": "winter, wintry, snowy, snow-covered, frozen, frosty, icy landscape, snow covered",
    },
    "weather": {
        "rain": "rain, rainy, raining, drizzle, downpour, wet",
        "storm": "storm, stormy, thunderstorm, lightning storm, tempest, lightning",
        "snow": "snowing, snowfall, snowstorm, blizzard, falling snow, snowflakes",
        "fog": "fog, foggy, mist, misty, haze, hazy",
        "clouds": "cloudy, clouds, overcast, cloud",
        "clear": "clear sky, cloudless, clear",
        "wind": "windy, breezy",
        "rainbow": "rainbow",
        "aurora": "aurora, northern lights, aurora borealis",
    },
    "camera": {
        "close": "close-up, closeup, close up, macro, portrait, headshot, extreme close-up, detailed portrait, portrait of",
        "wide": "wide shot, wide angle, wide-angle, panorama, panoramic, landscape, vista, establishing shot, distant, far away, in the distance, vast, long shot",
        "aerial": "aerial, aerial view, bird's eye view, birds eye view, bird's-eye view, from above, top down, top-down, overhead, drone shot",
        "low": "low angle, low-angle, from below, worm's eye view",
    },
    "place": {
        "moon": "on the moon, lunar surface, moon surface, the moon's surface",
        "mars": "on mars, martian, mars, red planet, alien planet",
        "galaxy": "outer space, in space, deep space, zero gravity, orbit, in orbit, through space",
        "underwater": "underwater, under water, under the sea, ocean floor, coral reef, seabed, reef, deep sea, aquarium, beneath the waves",
        "snowfield": "snowy field, tundra, arctic, antarctica, antarctic, north pole, south pole, ski slope, snowfield, in the snow",
        "sky": "in the sky, above the clouds, in the clouds, through the clouds, mid-air",
        "studio": "plain background, white background, studio lighting, studio, isolated, simple background, product shot, product photo, studio shot, black background, solid background, neutral background, seamless backdrop, transparent background",
        "table": "still life, tabletop, wooden table, kitchen table, on a table, on the table, on a plate",
        "mountains": "mountain range, alps, himalayas, alpine",
        "room": "indoors, indoor, interior, living room, bedroom, inside a house, office, library, museum, cafe, café, restaurant, bar, classroom, kitchen, laboratory, lab, gym, hall, apartment",
        "street": "alleyway, side street, tokyo, new york, crosswalk, street corner, shopping street, marketplace, market",
        "farm": "farm, farmland, countryside, rural, ranch",
        "cave": "cave, cavern, dungeon",
        "stage": "on stage, concert stage, theater stage, spotlight",
    },
    "light": {
        "soft": "soft light, soft lighting, diffused, gentle light, softly lit, ambient light",
        "dramatic": "dramatic lighting, dramatic, chiaroscuro, moody, high contrast, rim light, rim lighting, backlit, volumetric lighting, god rays, dark",
        "glow": "glowing, glow, luminous, bioluminescent, radiant, lit by candles, candlelight, candlelit, firelight, lantern light",
        "bright": "bright, vibrant, vivid, colorful, colourful",
    },
    "where": {
        "left": "on the left, to the left, at left, on the left side, left side",
        "right": "on the right, to the right, at right, on the right side, right side",
        "centre": "in the center, in the centre, in the middle, centered, centred, center",
        "front": "in the foreground, foreground, up front",
        "back": "in the background, in the distance, far behind, on the horizon, at the horizon",
        "top": "at the top, overhead, above, in the sky",
        "bottom": "at the bottom",
    },
    "relation": {
        "on": "on top of, atop, on, sitting on, standing on, lying on, resting on, perched on, upon, seated on",
        "under": "under, beneath, below, underneath",
        "left-of": "to the left of, left of, on the left of",
        "right-of": "to the right of, right of, on the right of",
        "beside": "next to, beside, by, near, alongside, close to, at, against, accompanied by, together with",
        "before": "in front of, before",
        "behind": "behind, in back of",
        "in": "in, inside, within, into, inside of",
        "over": "over, above, flying over, hovering over",
        "among": "among, amongst, surrounded by, amid, between, around",
        "riding": "riding, rides, riding on, mounted on",
        "held": "holding, carrying, holding up, clutching, playing, eating, drinking, reading, using",
        "worn": "wearing, dressed in, with a hat of",
        "with": "with, having, featuring, containing, full of, filled with",
        "of": "of",
    },
    "negation": {"no": "no, without, without any, not, free of, excluding, minus, never, no more, nobody"},
    "size": {
        "0.45": "tiny, miniature, minuscule, microscopic",
        "0.7": "small, little, young, short",
        "1.35": "big, large, tall, long",
        "1.8": "huge, giant, gigantic, enormous, massive, colossal, towering, oversized, monumental",
    },
    "text": {
        "says": "says, saying, that says, which says, reading the words, that reads, reads, with the text, with the words, with text, written, labeled, labelled, titled, entitled, lettering, spelling, the words, the text, the word, captioned",
    },
    "mood": {
        "calm": "calm, peaceful, serene, quiet, tranquil, cozy, cosy",
        "gloomy": "gloomy, spooky, scary, eerie, creepy, haunted, sinister, ominous, dark and moody",
        "magic": "magical, enchanted, mystical, dreamy, fantasy, surreal, whimsical, ethereal, fairytale, dreamlike",
    },
}

PHRASES: Mapping[str, tuple[Kind, str]] = {
    phrase.strip(): (kind, value) for kind, table in _GROUPS.items() for value, line in table.items() for phrase in line.split(",")
}
"""Phrase -> (kind, value); a phrase that two kinds list belongs to the later one."""

LONGEST = max(len(phrase.split()) for phrase in PHRASES)

CARRIERS: Mapping[str, str] = {
    **dict.fromkeys(("neon", "neon sign"), "neon"),
    **dict.fromkeys(("sign", "signpost", "signboard", "billboard", "placard", "plaque", "storefront", "shop", "awning"), "sign"),
    **dict.fromkeys(("poster", "flyer", "advertisement", "magazine", "cover", "album", "postcard", "card", "invitation"), "poster"),
    **dict.fromkeys(("banner", "flag", "ribbon"), "banner"),
    **dict.fromkeys(("chalkboard", "blackboard", "menu"), "chalk"),
    **dict.fromkeys(("label", "bottle", "package", "box", "tag", "sticker", "mug", "shirt", "t-shirt", "tshirt", "cap"), "label"),
    **dict.fromkeys(("screen", "monitor", "terminal", "display", "computer"), "screen"),
    **dict.fromkeys(("graffiti", "wall", "mural"), "graffiti"),
    **dict.fromkeys(("title", "logo", "headline", "caption", "heading", "typography", "wordmark"), "title"),
}
"""What a text may be written on: noun -> how it is set."""

STOP = frozenset(
    ["a", "an", "the", "this", "that", "these", "those", "its", "his", "her", "their", "our", "my", "your", "some", "any", "each", "every", "and", "or", "but", "with", "of", "to", "from", "for", "as", "is", "are", "was", "were", "be", "been", "being", "it", "he", "she", "they", "there", "very", "really", "highly", "ultra", "super", "extremely", "detailed", "intricate", "beautiful", "stunning", "gorgeous", "masterpiece", "quality", "best", "award", "winning", "trending", "artstation", "4k", "8k", "hd", "uhd", "high", "resolution", "sharp", "focus", "elegant", "perfect", "amazing", "lovely", "nice", "pretty", "cute", "image", "picture", "illustration", "drawing", "art", "artwork", "style", "styled", "scene", "view", "shot", "showing", "depicting", "illustrated", "rendered", "background", "foreground", "into", "onto", "up", "down", "out", "off", "so", "just", "only", "also", "which", "who", "where", "while", "whose", "old", "new", "modern", "ancient", "happy", "sad", "lonely", "lone", "single", "create", "generate", "make", "draw", "paint", "please", "me", "depiction", "featuring", "digital", "concept", "composition", "design", "hand", "colors", "colours", "color", "colour", "tone", "tones", "front", "side", "top"]
)
"""Words that name nothing to draw: function words, praise, and the vocabulary of prompts about pictures."""

ACTIONS: Mapping[str, str] = {
    **dict.fromkeys(("fly", "soar", "hover", "glide", "float", "levitate", "flutter", "leap", "jump"), "air"),
    **dict.fromkeys(("swim", "sail", "dive", "surf", "row", "paddle"), "water"),
    **dict.fromkeys(("sleep", "lie", "rest", "nap"), "lie"),
    **dict.fromkeys(("run", "gallop", "race", "chase", "sprint", "jog", "rush", "drive", "walk", "march", "stroll"), "run"),
    **dict.fromkeys(("sit", "stand", "perch", "wait", "look", "gaze", "watch", "pose", "smile", "climb", "grow", "glow", "shine", "burn", "park"), "stay"),
    **dict.fromkeys(("dance", "sing", "cook", "fight", "work", "play", "eat", "drink", "read", "write", "paint", "hold", "carry", "wear", "ride", "hang", "cover", "fall", "rise", "surround", "reflect", "say"), "do"),
}
"""Verb -> what it says of its subject's place; verbs are never drawn themselves."""
