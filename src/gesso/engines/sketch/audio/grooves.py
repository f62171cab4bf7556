"""Rhythms: what drums, bass and chords play in a bar, a row a groove, sixteen steps to four beats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KICK, STICK, SNARE, CLAP, HAT, OPEN, CRASH, RIDE, TAMBOURINE, SHAKER = 36, 37, 38, 39, 42, 46, 49, 51, 54, 70
LOW_TOM, MID_TOM, HIGH_TOM = 43, 47, 50
"""Keys of a General MIDI drum kit."""


@dataclass(frozen=True, slots=True)
class Groove:
    """One bar of each part: `x` strikes, `X` hard, `.` rests. Bass: r root, 5 fifth, 3 third, o octave."""

    drums: Mapping[int, str] = field(default_factory=dict[int, str])
    bass: str = "r......."
    chords: str = "x.......x......."
    picking: str = "together"
    """`together`, `strum` (strings one after another), `arpeggio` (a tone a step)."""
    beats: int = 4
    swing: float = 0.0
    """How late the off-beat eighths come, in sixteenths."""
    hold: float = 0.9
    """How much of the time to the next stroke a chord sounds."""


_FULL = "x.x.x.x.x.x.x.x."

GROOVES: Mapping[str, Groove] = {
    "pop": Groove(
        {KICK: "X.....x.X.......", SNARE: "....X.......X...", HAT: _FULL},
        "r.....r.r...5...",
        "x...x...x...x...",
    ),
    "rock": Groove(
        {KICK: "X.....x.X.x.....", SNARE: "....X.......X...", HAT: "X.x.X.x.X.x.X.x."},
        "r.r.r.r.r.r.r.r.",
        "X.x.x.x.X.x.x.x.",
        hold=0.8,
    ),
    "ballad": Groove(
        {KICK: "X.........x.....", STICK: "....x.......x...", RIDE: "x...x...x...x..."},
        "r.......5.......",
        "x.x.x.x.x.x.x.x.",
        "arpeggio",
        hold=2.0,
    ),
    "folk": Groove(
        {KICK: "x.......x.......", STICK: "....x.......x...", SHAKER: _FULL},
        "r.......5.......",
        "x.x.x.x.x.x.x.x.",
        "arpeggio",
        hold=2.5,
    ),
    "swing": Groove(
        {KICK: "x.......x.......", HAT: "....x.......x...", RIDE: "x...x.x.x...x.x."},
        "r...3...5...3...",
        "......x.......x.",
        swing=0.66,
        hold=0.5,
    ),
    "shuffle": Groove(
        {KICK: "X.......X.....x.", SNARE: "....X.......X...", HAT: _FULL},
        "r.r.5.5.o.5.5.3.",
        "x.....x.x.....x.",
        swing=0.66,
        hold=0.6,
    ),
    "waltz": Groove({KICK: "X...........", STICK: "....x...x..."}, "r...........", "....x...x...", beats=3, hold=0.7),
    "house": Groove(
        {KICK: "X...X...X...X...", CLAP: "....X.......X...", OPEN: "..x...x...x...x.", HAT: "x.x.x.x.x.x.x.x."},
        "..r...r...r...o.",
        "x..x..x...x..x..",
        hold=0.7,
    ),
    "hiphop": Groove(
        {KICK: "X......x..X.....", SNARE: "....X.......X...", HAT: "x.x.x.xxx.x.x.x."},
        "r......r..r.....",
        "x.........x.....",
        swing=0.3,
    ),
    "reggae": Groove(
        {KICK: "........X.......", STICK: "........X.......", HAT: _FULL},
        "r.....r.5.......",
        "....x.......x...",
        swing=0.2,
        hold=0.3,
    ),
    "bossa": Groove(
        {KICK: "x..xx..xx..xx..x", STICK: "x..x..x...x..x..", SHAKER: "xxxxxxxxxxxxxxxx"},
        "r.....5.5.....r.",
        "x..x..x...x..x..",
        hold=0.8,
    ),
    "funk": Groove(
        {KICK: "X.x.......x..x..", SNARE: "....X..x.x..X...", HAT: "xxxxxxxxxxxxxxxx"},
        "r..r..o...r..5..",
        "..x...xx..x..x..",
        hold=0.35,
    ),
    "cinematic": Groove({LOW_TOM: "X..x..x.X..x..x."}, "r.r.r.r.r.r.r.r.", "x.xxx.xxx.xxx.xx", hold=0.8),
    "arpeggio": Groove({}, "r...............", "x.x.x.x.x.x.x.x.", "arpeggio", hold=4.0),
    "march": Groove(
        {KICK: "X.......X.......", SNARE: "x...x.xxx...xxxx"}, "r...5...r...5...", "....x.......x...", hold=0.5
    ),
}
"""By the names that styles use."""
