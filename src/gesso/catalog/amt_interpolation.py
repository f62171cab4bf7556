"""AMT: new frames between the frames of a video."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import VideoOutput, VideoUrl
from gesso.tasks import Interpolate


class InterpolationInput(Input):
    """A video, how often to double its frames and the rate to play them at."""

    video_url: VideoUrl = Field(description="The video, or animated picture, to make smoother.")
    output_fps: int = Field(
        24, ge=1, le=240, description="Frames per second of the result; it lasts as long as the video, sound included."
    )
    recursive_interpolation_passes: int = Field(
        2,
        ge=0,
        le=8,
        description=(
            "How many times to put a new frame between every two: each pass doubles the frames, and so the steps of "
            "motion that `output_fps` can pick from. 0 makes none and repeats or drops frames."
        ),
    )

    def task(self) -> Interpolate:
        return Interpolate(
            video=self.media("video_url"), fps=self.output_fps, passes=self.recursive_interpolation_passes
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/amt-interpolation",
        title="AMT frame interpolation",
        about=(
            "Works out what happens between the frames of a video and draws it, so that motion becomes smoother. "
            "Good for clips from animation models, which often have few frames per second."
        ),
        category="video-to-video",
        input=InterpolationInput,
        output=VideoOutput,
        example={
            "video_url": "https://example.com/media/paper-boat.mp4",
            "output_fps": 48,
            "recursive_interpolation_passes": 2,
        },
        units=Units(),
        weights=(Weights("lalala125/AMT", pipeline="AMT", licence="CC-BY-NC-4.0", memory_gb=4),),
        tags=("frame interpolation", "open weights"),
    ),
)
