"""Videos of twice as many pixels a side: the network on every frame and the classical way, against Lanczos.

python -m benchmarks.video_upscale [SHEET.jpg]

Five short films of known motion at 720p (pans, zooms, things that pass) are made half as large by area averaging and
encoded. Each way makes an H.264 file of 720p from that, with one encoder, and is compared with the true frames by GMSD
(0 for the same picture, as people judge) and by flicker: how much the error changes from one frame to the next, as the
root of its mean square in grey levels. Speed is the whole task's at 480p, from file to file. With a path, a sheet is
written there: for each film Lanczos, classical, learned, the truth.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks import moving
from benchmarks.memory import Alone
from benchmarks.processes import folder
from benchmarks.report import Report
from benchmarks.super_resolution import gmsd
from gesso.engines.sketch import upscale_video
from gesso.engines.sketch.remake import enlarge
from gesso.engines.sketch.video import clips
from gesso.media import Media
from gesso.shapes import MediaRule
from gesso.tasks import UpscaleVideo

Array = npt.NDArray[Any]

FPS, FRAMES = 24, 5
SIZE, HALF = (1280, 720), (640, 360)
SPEED_SIZE, LEARNED_FRAMES, CLASSICAL_FRAMES = (854, 480), 4, 96
CROP = 150
"""Side of a crop on the sheet, shown twice as large."""

Way = Callable[[Path, Path], None]


def main(sheet: Path | None) -> None:
    """All films in all ways, then the speed of ours."""
    report = Report("video_upscale", "2x video upscale, two cores")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    rows = list[Array]()
    with folder() as place:
        for film in moving.FILMS:
            true = [moving.frame(film, 0.4 + number / FPS) for number in range(FRAMES)]
            small = (cv2.resize(pixels, HALF, interpolation=cv2.INTER_AREA) for pixels in true)
            source = _written(place / "small.mp4", small, HALF, 12)
            made = {name: _made(way, source, place / f"{name}.mp4") for name, way in WAYS.items()}
            for name, frames in made.items():
                found[name].append((1000 * _gmsd(true, frames), _flicker(true, frames)))
            rows.append(_row(true, made))
        _compare(report, found)
        _speed(report, place)
    if sheet is not None:
        sheet.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(sheet), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
    report.finish()


def _compare(report: Report, found: dict[str, list[tuple[float, float]]]) -> None:
    for which, unit in enumerate(("thousandths of GMSD", "levels of flicker")):
        for name in ("learned", "classical"):
            ratios = list[float]()
            for film, ours, peer in zip(moving.FILMS, found[name], found["lanczos"], strict=True):
                told = {"unit": unit, "against": "Lanczos", "lower_is_better": True}
                least = 1.0 if name == "learned" else None
                what = f"{film.name}, {name}"
                ratios.append(
                    report.compare(what, ours=ours[which], peer=peer[which], at_least=least, **told)  # pyright: ignore[reportArgumentType]
                )
            report.tell(f"{name}: {unit}, worst of five", min(ratios), "x better than Lanczos")


def _speed(report: Report, place: Path) -> None:
    film = moving.FILMS[0]
    still = [cv2.resize(moving.frame(film, at / FPS), SPEED_SIZE, interpolation=cv2.INTER_AREA) for at in range(12)]
    for name, count, least in (("learned", LEARNED_FRAMES, 0.35), ("classical", CLASSICAL_FRAMES, float(FPS))):
        there_and_back = (still[abs((at + 11) % 22 - 11)] for at in range(count))
        source = _written(place / "speed.mp4", there_and_back, SPEED_SIZE, 18)
        WAYS[name](source, place / "warm.mp4")
        started = time.perf_counter()
        WAYS[name](source, place / "made.mp4")
        pace = count / (time.perf_counter() - started)
        report.limit(f"{name}, 480p to 960p", pace, "frames/s", at_least=least)


# ---------------------------------------------------------------- the ways


def _learned(source: Path, target: Path) -> None:
    _engine(source, target, budget=1e9)


def _classical(source: Path, target: Path) -> None:
    _engine(source, target, budget=0.0)


def _engine(source: Path, target: Path, budget: float) -> None:
    """The task itself, with a budget that lets the network look at every frame or at none."""
    usual, enlarge.BUDGET = enlarge.BUDGET, budget
    try:
        done = upscale_video.make(UpscaleVideo(video=_media(source), scale=2.0), Alone(target.parent, "benchmark"))
    finally:
        enlarge.BUDGET = usual
    done.files["video"][0].path.rename(target)


def _lanczos(source: Path, target: Path) -> None:
    frames = clips.frames(_media(source))
    _written(target, (cv2.resize(one, SIZE, interpolation=cv2.INTER_LANCZOS4) for one in frames), SIZE, 18)


WAYS: dict[str, Way] = {"learned": _learned, "classical": _classical, "lanczos": _lanczos}


def _written(path: Path, frames: Iterable[Array], size: tuple[int, int], crf: int) -> Path:
    with clips.Writer(path, size, FPS, texts={}, crf=crf) as writer:
        for pixels in frames:
            writer.add(pixels)
    return path


def _made(way: Way, source: Path, target: Path) -> list[Array]:
    way(source, target)
    return list(clips.frames(_media(target)))


def _media(path: Path) -> Media:
    return Media(path.name, ("video_url",), MediaRule("video"), path, "video/mp4")


# ---------------------------------------------------------------- the measures


def _gmsd(true: list[Array], made: list[Array]) -> float:
    return float(np.mean([gmsd(one, two) for one, two in zip(true, made, strict=True)]))


def _flicker(true: list[Array], made: list[Array]) -> float:
    off = [_grey(two) - _grey(one) for one, two in zip(true, made, strict=True)]
    return float(np.sqrt(np.mean([np.square(after - before) for before, after in pairwise(off)])))


def _grey(pixels: Array) -> Array:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _row(true: list[Array], made: dict[str, list[Array]]) -> Array:
    """Where the middle frame has most detail: Lanczos, classical, learned, the truth."""
    detail = cv2.boxFilter(np.abs(cv2.Laplacian(_grey(true[FRAMES // 2]), cv2.CV_32F)), -1, (CROP, CROP))
    inner = detail[CROP // 2 : -CROP // 2, CROP // 2 : -CROP // 2]
    y, x = np.unravel_index(int(inner.argmax()), inner.shape)
    shown = [made[name][FRAMES // 2] for name in ("lanczos", "classical", "learned")]
    cut = [pixels[y : y + CROP, x : x + CROP] for pixels in (*shown, true[FRAMES // 2])]
    return np.hstack([cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST) for pixels in cut])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
