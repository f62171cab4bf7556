"""Where a picture plays: a description with every gap filled."""

from __future__ import annotations

from dataclasses import dataclass

from gesso.engines.sketch.scene.noise import Colour

HUNG = frozenset({"wall", "picture", "framed-picture", "mirror", "window", "whiteboard", "wall-shelf", "blackboard"})
"""What hangs on a room's wall; "wall" is anything that the prompt hangs there."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the painters go by. `also` holds the other places named and what kind of room it is."""

    place: str
    also: frozenset[str]
    time: str
    season: str
    weather: frozenset[str]
    features: frozenset[str]
    clouds: float
    horizon: float
    backdrop: Colour | None
    stands: bool = False
    """Whether somebody needs ground to stand on."""
    shown: frozenset[str] = frozenset()
    """Sprites and drawings of the subjects: a place does not bring these a second time."""

    @property
    def hung(self) -> bool:
        """Whether a subject hangs on the wall, which is left free for it."""
        return bool(self.shown & HUNG)

    @property
    def grass(self) -> str:
        """What open ground is covered with (before snow)."""
        return {"autumn": "autumn", "summer": "summer"}.get(self.season, "grass")

    @property
    def leaf(self) -> Colour:
        """The colour of leaves."""
        colours: dict[str, Colour] = {"autumn": (0.84, 0.46, 0.14), "spring": (0.88, 0.56, 0.66)}
        return colours.get(self.season, (0.30, 0.52, 0.22))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which trees grow in temperate country."""
        if self.season == "winter":
            return ("conifer", "conifer", "bare")
        return ("broadleaf",) if self.season else ("broadleaf", "broadleaf", "conifer")

    @property
    def green(self) -> Colour:
        """The colour of slopes."""
        return (0.70, 0.48, 0.22) if self.season == "autumn" else (0.38, 0.56, 0.26)

    @property
    def varied(self) -> float:
        """How much the colours of trees differ; most in autumn."""
        return 0.32 if self.season == "autumn" else 0.10
