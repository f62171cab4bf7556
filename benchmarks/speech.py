"""Speech and song against real time, on one core: seconds of sound made in a second of processor time.

Time is that of all threads of the process, so that another busy program does not count. The first of each, which loads
the networks, is made before the clock starts.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.processes import median
from benchmarks.report import Report
from gesso.engines.sketch.audio import align, kokoro, lyrics, song, speech, style, voices
from gesso.engines.sketch.audio.sounds import Sound

RUNS = 3
TARGET = 20.0
TEXT = (
    "Good morning, and welcome aboard. Our tour of the old harbour starts in five minutes. "
    "Please hold on to the rail, keep your hats in your hands, and wave at anybody you know."
)
LYRICS = """[verse]
Morning light upon the water
Carry me across the bay
[chorus]
Sing it loud and sing it over
We will all come home today
"""
SONGS = ("pop ballad, female voice", "rock, male voice, 130 bpm")


def main() -> None:
    """The median of `RUNS` for speech in two voices, two songs, a bed, and finding the phones of a recording."""
    report = Report("speech", "Speech and song against real time, one core")
    for voice in ("Auto", "James"):
        report.limit(f"speech, {voice}", measured(lambda v=voice: speech.say(TEXT, v).sound), "x", at_least=TARGET)
    for words in SONGS:
        report.limit(f"a song: {words}", measured(lambda w=words: sung(w)), "x", at_least=TARGET)
    report.tell("music without a voice", measured(lambda: song.bed(style.of_words(SONGS[0], 1), 30.0, 1)), "x")
    said = speech.say(TEXT, "James").sound
    report.tell("phones of a recording found", measured(lambda: aligned(said)), "x")
    if kokoro.installed():
        report.tell("speech by Kokoro", measured(lambda: voices.read(TEXT[:90], "James").said.sound, 1), "x")
    else:
        report.skip("speech by Kokoro", "its voices are not installed: pip install 'gesso[voices]'")
    report.finish()


def sung(words: str) -> Sound:
    """A whole song: written, played, sung and mixed."""
    return song.perform(song.plan(lyrics.read(LYRICS), style.of_words(words, 1), 1), 1)


def aligned(said: Sound) -> Sound:
    """A recording whose phones were found."""
    align.align(said, TEXT)
    return said


def measured(make: Callable[[], Sound], runs: int = RUNS) -> float:
    """Seconds of sound in a second of processor time, the median of `runs` after one that is not counted."""
    make()
    ratios = list[float]()
    for _ in range(runs):
        start = time.process_time()
        seconds = make().seconds
        ratios.append(seconds / (time.process_time() - start))
    return round(median(ratios), 1)


if __name__ == "__main__":
    main()
