"""A song from lyrics: tempo, key and band from words or from a recording, the lyrics sung."""

from __future__ import annotations

import zlib
from dataclasses import replace

from gesso.engines.engine import Context, Result
from gesso.engines.sketch.audio import lyrics, sampler, sounds, style, vocoder
from gesso.engines.sketch.audio.lyrics import Section
from gesso.engines.sketch.audio.measure import KEYS
from gesso.engines.sketch.audio.song import Plan, perform, plan
from gesso.engines.sketch.audio.style import Style
from gesso.tasks import TextToMusic

_LISTENED = 60.0
"""Seconds of a reference that are measured: a song keeps its tempo and key."""

_HIGHEST_BITRATES = ((8000, 64000), (24000, 160000))
"""MP3 at up to so many samples a second carries at most so many bits a second."""


def make(task: TextToMusic, context: Context) -> Result:
    """Compose, play and sing."""
    seed = zlib.crc32(f"{task.lyrics}\0{task.style}".encode())
    chosen = _style(task, seed, context)
    sections = lyrics.read(task.lyrics)
    if not any(section.sung for section in sections):
        context.log("The lyrics hold nothing that can be pronounced in English: the piece is instrumental.", "WARNING")
        sections = sections or [Section("verse"), Section("chorus")]
    elif unsung := lyrics.unsung(task.lyrics):
        context.log(f"Not sung, as it cannot be pronounced in English: {'; '.join(unsung)}.", "WARNING")
    made = plan(sections, chosen, seed)
    _tell(made, context)
    sound = perform(made, seed, context.progress)
    context.progress(0.95, "writing")
    sound = sounds.resample(sound, task.sample_rate)
    bitrate = _bitrate(task, context)
    texts = {"Software": "Gesso", "Engine": "sketch", "Parts": _parts(made), "Endpoint": context.endpoint}
    path = context.tmp / f"song.{task.format}"
    file = sounds.write(sound, path, task.format, bitrate=bitrate, texts=texts)
    return Result(files={"audio": [file]}, values={}, parts=tuple(_parts(made).split(", ")))


def _style(task: TextToMusic, seed: int, context: Context) -> Style:
    if task.reference is None:
        return style.of_words(task.style, seed)
    heard = sounds.heard(task.reference)
    context.progress(0.02, "listening")
    chosen = style.like(sounds.fit(heard, min(heard.seconds, _LISTENED)), seed)
    context.log(f"The reference is in {KEYS[chosen.tonic]} {chosen.mode} at {chosen.tempo:g} beats a minute.")
    if "##" not in task.lyrics:
        context.log("The lyrics are not between ##: they are sung to a piano alone.")
        chosen = replace(chosen, band=False)
    return chosen


def _tell(made: Plan, context: Context) -> None:
    chosen = made.style
    playing = [name for name in (chosen.chords, chosen.bass, chosen.kit, chosen.pad, chosen.lead) if name]
    context.log(
        f"{KEYS[chosen.tonic]} {chosen.mode}, {chosen.tempo:g} beats a minute, {chosen.groove}: "
        f"{', '.join(playing if chosen.band else ['piano'])}"
        f"{f'; sung by {chosen.voice}' if any(passage.phrases for passage in made.passages) else ''}."
    )
    order = ", ".join(f"{passage.kind} {passage.bars}" for passage in made.passages)
    context.log(f"{made.seconds:.1f} seconds, bars: {order}.")


def _bitrate(task: TextToMusic, context: Context) -> int:
    """The asked bitrate, or the highest that MP3 has at this rate."""
    if task.format != "mp3":
        return task.bitrate
    for rate, most in _HIGHEST_BITRATES:
        if task.sample_rate <= rate and task.bitrate > most:
            context.log(f"MP3 at {task.sample_rate} samples a second carries {most} bits a second at most.", "WARNING")
            return most
    return task.bitrate


def _parts(made: Plan) -> str:
    sung = any(passage.phrases for passage in made.passages)
    return ", ".join((vocoder.NAME, sampler.NAME) if sung else (sampler.NAME,))
