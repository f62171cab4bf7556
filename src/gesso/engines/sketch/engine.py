"""The embedded engine: a table from task to the module that draws it, nothing else.

The modules are imported when a task first needs them, so that a server can list this engine without loading numpy.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec

from gesso.engines.engine import Context, Result
from gesso.errors import EngineUnavailable
from gesso.tasks import (
    Detect,
    EditImage,
    ExtendVideo,
    ImagesTo3D,
    ImageToVideo,
    Inpaint,
    Interpolate,
    LipSync,
    MergeAudioVideo,
    Reframe,
    Sharpen,
    Task,
    TextToImage,
    TextToMusic,
    TextToVideo,
    Train,
    UpscaleVideo,
    VideoToAudio,
    VideoToVideo,
)

Draw = Callable[[Task, Context], Result]

DRAWN: Mapping[type[Task], str] = {
    TextToImage: "gesso.engines.sketch.text_to_image:make",
    EditImage: "gesso.engines.sketch.edit_image:make",
    Inpaint: "gesso.engines.sketch.inpaint:make",
    Sharpen: "gesso.engines.sketch.sharpen:make",
    Detect: "gesso.engines.sketch.detect:make",
    ImagesTo3D: "gesso.engines.sketch.images_to_3d:make",
    ImageToVideo: "gesso.engines.sketch.image_to_video:make",
    TextToMusic: "gesso.engines.sketch.text_to_music:make",
    TextToVideo: "gesso.engines.sketch.text_to_video:make",
    Train: "gesso.engines.sketch.train:make",
    ExtendVideo: "gesso.engines.sketch.extend_video:make",
    Interpolate: "gesso.engines.sketch.interpolate:make",
    LipSync: "gesso.engines.sketch.lip_sync:make",
    MergeAudioVideo: "gesso.engines.sketch.merge_audio_video:make",
    Reframe: "gesso.engines.sketch.reframe:make",
    UpscaleVideo: "gesso.engines.sketch.upscale_video:make",
    VideoToAudio: "gesso.engines.sketch.video_to_audio:make",
    VideoToVideo: "gesso.engines.sketch.video_to_video:make",
}
"""Task to `module:function`; the function takes the task and the context and gives the result."""

NEEDED = ("numpy", "av", "cv2", "PIL", "onnxruntime", "gesso_sketch_assets")
"""Modules of the `sketch` extra without which nothing can be drawn."""

INSTALL = "pip install 'gesso[sketch]'"


class SketchEngine:
    """Draws, on the CPU, with nothing to download."""

    name = "sketch"

    def __init__(self, drawn: Mapping[type[Task], str] = DRAWN, needed: tuple[str, ...] = NEEDED) -> None:
        self._drawn = drawn
        self._needed = needed

    def missing(self, task: type[Task]) -> str | None:
        """Why such a task cannot be drawn here, or none."""
        if task not in self._drawn:
            return f"{task.name} is not drawn yet"
        absent = [module for module in self._needed if not installed(module)]
        if absent:
            return f"{', '.join(absent)} not installed; run: {INSTALL}"
        return None

    def run(self, task: Task, context: Context) -> Result:
        """Draw. Raises `InputError` for what cannot be drawn from, `EngineUnavailable` as `missing` says."""
        reason = self.missing(type(task))
        if reason is not None:
            raise EngineUnavailable(f"{self.name}: {reason}")
        return function(self._drawn[type(task)])(task, context)

    def warm(self) -> None:
        """Load what the first picture would otherwise wait for."""
        for task, place in self._drawn.items():
            if self.missing(task) is None:
                function(place)


@cache
def installed(module: str) -> bool:
    """Whether a module could be imported, without importing it."""
    return find_spec(module) is not None


@cache
def function(place: str) -> Draw:
    """The drawing function that `module:function` names."""
    _one_thread()
    module, _, name = place.partition(":")
    draw: Draw = getattr(importlib.import_module(module), name)
    return draw


@cache
def _one_thread() -> None:
    # Sums over several threads come out in another order each time: the same input would give other bytes.
    if installed("cv2"):
        import cv2

        cv2.setNumThreads(1)
