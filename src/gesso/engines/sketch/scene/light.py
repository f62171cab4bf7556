"""One light for a picture: its direction, its colours, and what the sky, the haze and the shadows take from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gesso.engines.sketch.scene.noise import Colour, blend


@dataclass(frozen=True, slots=True)
class Light:
    """sRGB 0..1: `zenith`, `middle`, `horizon` of the sky, `sun` of the lit, `shade` of the rest.

    `height` is the sun's over the horizon in picture heights (below 0: set), `side` where it stands, -1 left..1 right.
    """

    zenith: Colour
    middle: Colour
    horizon: Colour
    glow: Colour
    sun: Colour
    shade: Colour
    haze: Colour
    height: float
    side: float = -0.4
    shadow: float = 0.45
    stars: float = 0.0
    dark: bool = False


TIMES: Mapping[str, Light] = {
    "day": Light(
        (0.16, 0.42, 0.86),
        (0.40, 0.66, 0.95),
        (0.80, 0.91, 0.99),
        (1.0, 0.98, 0.90),
        (1.04, 1.02, 0.97),
        (0.62, 0.70, 0.86),
        (0.76, 0.87, 0.97),
        0.75,
    ),
    "sunrise": Light(
        (0.36, 0.50, 0.80),
        (0.80, 0.70, 0.80),
        (1.0, 0.78, 0.58),
        (1.0, 0.86, 0.60),
        (1.08, 0.94, 0.80),
        (0.60, 0.58, 0.76),
        (1.0, 0.84, 0.72),
        0.10,
    ),
    "golden": Light(
        (0.32, 0.52, 0.82),
        (0.78, 0.74, 0.72),
        (1.0, 0.82, 0.52),
        (1.0, 0.84, 0.48),
        (1.10, 0.96, 0.74),
        (0.62, 0.56, 0.62),
        (1.0, 0.86, 0.62),
        0.20,
    ),
    "sunset": Light(
        (0.22, 0.22, 0.50),
        (0.80, 0.40, 0.46),
        (1.0, 0.66, 0.34),
        (1.0, 0.72, 0.36),
        (1.02, 0.76, 0.60),
        (0.44, 0.36, 0.54),
        (0.98, 0.62, 0.46),
        0.05,
    ),
    "dusk": Light(
        (0.10, 0.13, 0.36),
        (0.36, 0.30, 0.56),
        (0.96, 0.60, 0.50),
        (1.0, 0.62, 0.42),
        (0.80, 0.70, 0.80),
        (0.34, 0.34, 0.54),
        (0.62, 0.48, 0.60),
        -0.02,
        shadow=0.35,
        stars=0.35,
        dark=True,
    ),
    "night": Light(
        (0.015, 0.03, 0.10),
        (0.05, 0.09, 0.24),
        (0.16, 0.23, 0.42),
        (0.70, 0.80, 1.0),
        (0.58, 0.66, 0.86),
        (0.22, 0.28, 0.46),
        (0.14, 0.20, 0.37),
        0.70,
        shadow=0.40,
        stars=1.0,
        dark=True,
    ),
    "overcast": Light(
        (0.52, 0.59, 0.67),
        (0.66, 0.72, 0.78),
        (0.82, 0.85, 0.88),
        (0.92, 0.93, 0.94),
        (0.92, 0.94, 0.97),
        (0.68, 0.72, 0.78),
        (0.80, 0.83, 0.87),
        0.8,
        shadow=0.28,
    ),
    "storm": Light(
        (0.13, 0.16, 0.23),
        (0.27, 0.32, 0.40),
        (0.54, 0.58, 0.62),
        (0.70, 0.74, 0.78),
        (0.70, 0.74, 0.82),
        (0.38, 0.43, 0.52),
        (0.48, 0.53, 0.59),
        0.8,
        shadow=0.3,
        dark=True,
    ),
    "fog": Light(
        (0.76, 0.79, 0.82),
        (0.80, 0.83, 0.85),
        (0.84, 0.86, 0.88),
        (0.94, 0.95, 0.95),
        (0.90, 0.92, 0.94),
        (0.70, 0.74, 0.78),
        (0.82, 0.85, 0.87),
        0.8,
        shadow=0.2,
    ),
    "mars": Light(
        (0.62, 0.46, 0.36),
        (0.80, 0.62, 0.47),
        (0.94, 0.80, 0.63),
        (1.0, 0.95, 0.85),
        (1.04, 0.96, 0.88),
        (0.62, 0.52, 0.50),
        (0.92, 0.74, 0.58),
        0.75,
    ),
    "indoor": Light(
        (0.9, 0.88, 0.84),
        (0.9, 0.88, 0.84),
        (0.9, 0.88, 0.84),
        (1.0, 0.95, 0.85),
        (1.03, 1.0, 0.95),
        (0.70, 0.68, 0.70),
        (0.9, 0.88, 0.84),
        0.8,
    ),
}


def light_for(time: str, weather: frozenset[str], side: float) -> Light:
    """The light of a time of day under a weather; `side` is where the sun stands."""
    light = TIMES.get(time, TIMES["day"])
    if "storm" in weather:
        light = _dimmed(light, TIMES["storm"], 0.85 if not light.dark else 0.4)
    elif "fog" in weather:
        light = _dimmed(
            light, TIMES["fog"], 0.9 if light.height >= 0.5 and not light.dark else 0.5 if not light.dark else 0.18
        )
    elif weather & {"rain", "snow"} or "overcast" in weather:
        light = _dimmed(light, TIMES["overcast"], 0.75 if not light.dark else 0.18)
    return replace(light, side=side)


def _dimmed(light: Light, cover: Light, share: float) -> Light:
    return replace(
        light,
        zenith=blend(light.zenith, cover.zenith, share),
        middle=blend(light.middle, cover.middle, share),
        horizon=blend(light.horizon, cover.horizon, share),
        sun=blend(light.sun, cover.sun, share),
        shade=blend(light.shade, cover.shade, share),
        haze=blend(light.haze, cover.haze, share),
        shadow=light.shadow * (1 - share / 2),
        stars=light.stars * 0.25,
        dark=light.dark or (cover.dark and share > 0.5),
    )


def lit(colour: Colour, light: Light, share: float = 0.75) -> Colour:
    """A surface's colour as it looks with `share` of it in the sun and the rest in shade."""
    by = blend(light.shade, light.sun, share)
    return (colour[0] * by[0], colour[1] * by[1], colour[2] * by[2])


def under_lamps(light: Light) -> Light:
    """The light indoors: after dark that of lamps, else the day's."""
    if not light.dark:
        return light
    return replace(light, sun=(1.0, 0.85, 0.63), shade=(0.56, 0.44, 0.40), glow=(1.0, 0.82, 0.55), shadow=0.4)
