"""Which engine serves a task, and what the embedded one says of what it cannot do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesso.engines import engines
from gesso.engines.engine import Context, Result, choose
from gesso.engines.sketch.engine import SketchEngine
from gesso.errors import EngineUnavailable
from gesso.runners.context import RunContext
from gesso.runners.work import Work
from gesso.shapes import Size
from gesso.tasks import Task, TextToImage, TextToMusic, VideoToAudio

PICTURE = TextToImage(prompt="x", size=Size(8, 8))


def draw(task: Task, context: Context) -> Result:
    return Result({}, {"drawn": type(task).__name__})


def own(**more: tuple[str, ...]) -> SketchEngine:
    return SketchEngine({TextToImage: f"{__name__}:draw"}, **more)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or sys)
    module = type(sys)(__name__)
    module.draw = draw  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, __name__, module)


def context(tmp: Path) -> RunContext:
    return RunContext(Work(job="1", endpoint="o/a", engine="sketch", task=PICTURE, tmp=str(tmp)), lambda event: None)


class Named:
    def __init__(self, name: str, reason: str | None = None) -> None:
        self.name = name
        self._reason = reason

    def missing(self, task: type[Task]) -> str | None:
        return self._reason

    def run(self, task: Task, context: Context) -> Result:
        raise NotImplementedError


def test_the_first_that_can() -> None:
    assert choose(PICTURE, [Named("a", "no"), Named("b"), Named("c")]).name == "b"


def test_the_wanted_one() -> None:
    assert choose(PICTURE, [Named("b"), Named("c")], "c").name == "c"


def test_no_engine_names_task_and_reasons() -> None:
    with pytest.raises(EngineUnavailable, match=r"text-to-image \(a: no; b: never\)"):
        choose(PICTURE, [Named("a", "no"), Named("b", "never")])
    with pytest.raises(EngineUnavailable, match='"c" is not installed'):
        choose(PICTURE, [Named("a")], "c")


def test_sketch_runs_the_function_of_the_task(tmp_path: Path) -> None:
    assert own(needed=()).run(PICTURE, context(tmp_path)).values == {"drawn": "TextToImage"}


def test_sketch_without_its_extra_says_what_to_run(tmp_path: Path) -> None:
    engine = own(needed=("json", "no_such_module"))
    reason = engine.missing(TextToImage)
    assert reason == "no_such_module not installed; run: pip install 'gesso[sketch]'"
    with pytest.raises(EngineUnavailable, match="pip install"):
        engine.run(PICTURE, context(tmp_path))


@pytest.mark.parametrize("task", [TextToMusic, VideoToAudio])
def test_sketch_names_what_is_not_drawn_yet(task: type[Task], tmp_path: Path) -> None:
    assert own(needed=("no_such_module",)).missing(task) == f"{task.name} is not drawn yet"


def test_warming_loads_only_what_can_run() -> None:
    own(needed=()).warm()
    SketchEngine({TextToImage: "no.such:module"}, needed=("no_such_module",)).warm()


def test_listing_the_engines_loads_no_media_library() -> None:
    program = """
import sys
from gesso.engines import engines
from gesso.tasks import TextToImage
[engine.missing(TextToImage) for engine in engines()]
print(sorted({"numpy", "cv2", "PIL", "onnxruntime", "ncnn"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_installed_engine_has_its_own_name() -> None:
    names = [engine.name for engine in engines()]
    assert len(set(names)) == len(names)
    assert "sketch" in names
