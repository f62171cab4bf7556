"""From a shot and a prompt to frames: who acts, what nature does, where the camera goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gesso.engines.sketch.composition import sprites
from gesso.engines.sketch.video import camera, directions, keyframes, nature, script, veils
from gesso.engines.sketch.video.acts import Act, Clock, Motion, perform
from gesso.engines.sketch.video.camera import Pose
from gesso.engines.sketch.video.directions import Directions, Move
from gesso.engines.sketch.video.nature import Layer
from gesso.engines.sketch.video.render import Renderer
from gesso.engines.sketch.video.script import Line, Script
from gesso.engines.sketch.video.shot import Shot, Thing
from gesso.engines.sketch.words import lexicon, vocabulary
from gesso.engines.sketch.words.description import Description

CLOUD_SPEED, CLOUD_SPEED_TOLD, CLOUD_SPEED_LAPSE = 0.004, 0.016, 0.085
"""Widths a second that the sky drifts: always, where clouds are told of, in a time lapse."""

MIRRORED, LEAST_MARGIN = 0.02, 0.08
"""Shares of a side."""

AMBIENT = {"clouds": 0.7, "water": 0.6, "wind": 0.5}
"""What a prompt that is to be embellished gets, where its picture has skies, water or green."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall happen in one video."""

    camera: Directions
    script: Script
    clock: Clock
    free: bool
    """Whether the first frame is ours to choose; a given picture must be the first frame as it is."""
    strength: float = 1.0
    """How far motions go, by the guidance."""

    @property
    def moves(self) -> list[Move]:
        """The camera's moves, with the one it makes when nobody told it any."""
        told = [replace(move, strength=move.strength * self.strength) for move in self.camera.moves]
        idle = not told and not self.camera.asked and not self.script.still
        return [camera.IDLE] if idle else told


def plan(
    prompt: str, negative: str, clock: Clock, *, free: bool, strength: float = 1.0, embellish: bool = False
) -> Plan:
    """Read a prompt. With `embellish` water, plants and clouds move where there are any, though nobody told them."""
    told = directions.without(directions.read(prompt), negative)
    happens = script.read(told.text, negative)
    if embellish:
        happens.effects = {**AMBIENT, **happens.effects}
    return Plan(told, happens, clock, free, strength)


_UNSEEN = re.compile(
    r"\b(?:(?:directly |straight )?(?:towards?|to|at|into|for) (?:the |us |our )?(?:camera|viewer|lens)"
    r"|time[- ]?lapse(?: of)?|hyper[- ]?lapse(?: of)?"
    r"|day (?:turning |turns )?(?:in)?to night|night (?:turning |turns )?(?:in)?to day)\b",
    re.IGNORECASE,
)


def shown(made: Plan) -> str:
    """The prompt's words for what is to be seen, without those for the camera and for what time does."""
    text = script.FALLING.sub(" ", _UNSEEN.sub(" ", made.camera.text))
    # A verb that no still picture shows would be read as a thing: a dog that barks brings no barks, which are ships.
    for line in made.script.lines:
        if line.word != line.verb and line.verb not in vocabulary.inverse("actions"):
            word = rf"\b{re.escape(line.word)}\b"
            text = re.sub(rf"\b(?:and|,)\s+{word}|{word}(?=\s*(?:$|[.,;!?]|and\b))", " ", text, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip()


def grounded(found: Description, made: Plan) -> Description:
    """Who is to leap is drawn on the ground, not in mid-air as in a still picture."""
    leaping = {line.noun for line in made.script.lines if line.act.name in ("jump", "dance", "run", "fall")}
    subjects = [
        replace(subject, action="run") if subject.action == "air" and leaping & _words(subject.phrase) else subject
        for subject in found.subjects
    ]
    return replace(found, subjects=tuple(subjects))


def sides(made: Plan) -> dict[str, float]:
    """To which side the things of each noun are told to go."""
    return {line.noun: line.act.side for line in made.script.lines if line.noun and line.act.side}


def sentences(made: Plan) -> list[str]:
    """The plan in plain words, for the request's log."""
    if made.camera.moves:
        camera_line = "Camera: " + ", ".join(_told(move) for move in made.camera.moves) + "."
    else:
        camera_line = "Camera: " + ("comes a little nearer." if made.moves else "stands still.")
    acts = ", ".join(f"{line.noun or 'subject'}: {line.verb}" for line in made.script.lines)
    unacted = made.script.unacted
    lines = [camera_line, f"Action: {acts or ('none that is known' if unacted else 'none asked')}."]
    lines += [f"Not acted: {', '.join(unacted)}."] if unacted else []
    if made.script.effects:
        lines.append(f"Effects: {', '.join(made.script.effects)}.")
    if made.script.light or made.script.timelapse:
        lines.append(f"Light: {made.script.light or 'of the hours passing'}.")
    lines += [f"Direction not followed: {text}." for text in made.camera.unknown]
    lines += [f"Followed, though it is none of the listed directions: {text}." for text in made.camera.unlisted]
    return lines


def _told(move: Move) -> str:
    span = "" if (move.start, move.end) == (0, 1) else f" ({move.start:.0%} to {move.end:.0%})"
    return move.kind + span


def poses(made: Plan, rng: np.random.Generator) -> list[Pose]:
    """The camera's path, before it follows anybody."""
    moves = [move for move in made.moves if move.kind != "track"]
    if not moves and made.moves and not made.camera.moves:
        moves = [camera.IDLE]
    return camera.path(moves, made.clock.count, made.clock.fps, loop=made.clock.loop, rng=rng)


def margin(made: Plan, path: Sequence[Pose]) -> float:
    """How far beyond the picture the shot must reach, share of a side."""
    tracks = any(move.kind == "track" for move in made.moves)
    wanted = camera.MOST_MARGIN if tracks else camera.margin(path)
    # A line or two beyond the edge is a mirror's work; more is painted, and never too thin to paint.
    return max(LEAST_MARGIN, wanted) if wanted > MIRRORED else 0.0


def counted(path: Sequence[Pose], frame: int) -> list[Pose]:
    """A path seen from its pose at a frame."""
    return [keyframes.relative(pose, path[frame]) for pose in path] if frame else list(path)


def renderer(
    shot: Shot, made: Plan, path: list[Pose], rng: np.random.Generator, *, origin: int = 0, veiled: bool = True
) -> Renderer:
    """Everything set in motion; at frame `origin` the shot is seen as it is."""
    size = (shot.width, shot.height)
    acts = _cast(shot.things, made)
    motions = [
        perform(thing, own, made.clock, size, free=made.free, rng=rng)
        for thing, own in zip(shot.things, acts, strict=True)
    ]
    if any(move.kind == "track" for move in made.moves) and motions:
        path = _tracked(shot, path, motions, acts)
    if origin:
        path = counted(path, origin)
        motions = [keyframes.since(motion, origin) for motion in motions]
    surfaces = _surfaces(shot, made, rng)
    if shot.seam is not None:
        surfaces.append(nature.Rim(shot.seam, shot.margin, made.clock))
    hung = veiling((shot.width, shot.height), shot.night, made, rng) if veiled else []
    return Renderer(shot, path, motions, surfaces=surfaces, veils=hung, origin=origin)


def _tracked(shot: Shot, path: list[Pose], motions: list[Motion], acts: list[list[Act]]) -> list[Pose]:
    """The camera keeps the main actor where it is."""
    busy = [k for k, own in enumerate(acts) if own] or list(range(len(motions)))
    main = max(busy, key=lambda k: shot.things[k].width * shot.things[k].height)
    motion = motions[main]
    return camera.follow(path, [(float(x) / shot.width, 0.0) for x in motion.x - motion.x[0] * 0])


# ---------------------------------------------------------------- who acts


def _cast(things: Sequence[Thing], made: Plan) -> list[list[Act]]:
    """The acts of each thing: a verb goes to the things of its noun, else to the largest."""
    acts: list[list[Act]] = [[] for _ in things]
    if not things:
        return acts
    if made.script.still:
        return [[Act("rest")] for _ in things]
    main = max(range(len(things)), key=lambda k: things[k].width * things[k].height)
    for line in made.script.lines:
        for number, k in enumerate(_named(line, things) or [main]):
            # Two of a kind do not move as one.
            act = replace(line.act, strength=line.act.strength * made.strength * (1 + 0.09 * number))
            if act.name not in [own.name for own in acts[k]]:
                acts[k].append(act)
    return acts


def _named(line: Line, things: Sequence[Thing]) -> list[int]:
    if not line.noun:
        return []
    match = lexicon.lookup(line.noun)
    group = sprites.info(match.sprite).group if match and match.sprite else ""
    kinds = {line.noun, *(match.sprite.split("-") if match else ()), *(["person"] if group == "people-body" else [])}
    return [k for k, thing in enumerate(things) if thing.label and kinds & _words(thing.label)]


def _words(label: str) -> set[str]:
    words = set(label.lower().replace("-", " ").split())
    return words | {word.removesuffix("s") for word in words} | {word.removesuffix("es") for word in words}


# ---------------------------------------------------------------- what nature does


def _surfaces(shot: Shot, made: Plan, rng: np.random.Generator) -> list[Layer]:
    if made.script.still:
        return []
    effects, clock, found = made.script.effects, made.clock, list[Layer]()
    if shot.sky is not None and (box := nature.box_of(shot.sky)):
        if made.script.timelapse or not shot.night:
            speed = CLOUD_SPEED_LAPSE if made.script.timelapse else CLOUD_SPEED
            speed = max(speed, CLOUD_SPEED_TOLD * effects.get("clouds", 0))
            found.append(nature.Clouds(shot.background, shot.sky, box, clock, speed * made.strength))
        if shot.night and ("stars" in effects or made.free):
            found.append(nature.Twinkle(shot.background, box, clock, effects.get("stars", 0.6), rng))
    if shot.water is not None and (box := nature.box_of(shot.water)):
        found.append(nature.Water(shot.water, box, clock, effects.get("water", 0.8) * made.strength, rng))
    if shot.plants is not None and "wind" in effects and (box := nature.box_of(shot.plants)):
        found.append(nature.Sway(shot.plants, box, clock, effects["wind"] * made.strength, rng))
    if "flicker" in effects:
        found.append(nature.Flicker(shot.background, clock, effects["flicker"]))
    return found


def veiling(
    size: tuple[int, int], night: bool, made: Plan, rng: np.random.Generator, keys: Sequence[int] = (0,)
) -> list[Layer]:
    """What hangs before the scene; it is away at the frames `keys`, where given pictures are to be seen as they are."""
    effects, found = made.script.effects, list[Layer]()
    seen = veils.presence(made.clock, () if made.free else keys)
    if "fog" in effects:
        found.append(veils.Fog(size, made.clock, effects["fog"], rng, seen))
    hour = made.script.light or ("evening" if made.script.timelapse and not night else "")
    if hour and (made.free or tuple(keys) == (0,)):
        start = "night" if made.free and hour == "morning" and not night else ""
        found.append(veils.Hour(hour if not start else "", made.clock, start=start))
    for kind in veils.KINDS:
        if kind in effects:
            found.append(veils.Particles(kind, size, made.clock, effects[kind], rng, seen))
    if "lightning" in effects:
        found.append(veils.Lightning(made.clock, effects["lightning"], rng))
    return found
