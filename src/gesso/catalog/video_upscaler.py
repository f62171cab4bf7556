"""Video upscaler: every frame of a video at a multiple of its size."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import VideoOutput, VideoUrl
from gesso.tasks import UpscaleVideo


class UpscalerInput(Input):
    """A video and how many times larger it shall be."""

    video_url: VideoUrl = Field(description="The video to enlarge.")
    scale: float = Field(
        2,
        ge=1,
        le=8,
        description="How many times wider and higher the result is; sides are rounded to pixels, odd ones padded.",
    )

    def task(self) -> UpscaleVideo:
        return UpscaleVideo(video=self.media("video_url"), scale=self.scale)


ENDPOINTS = (
    Endpoint(
        id="fal-ai/video-upscaler",
        title="Video upscaler",
        about=(
            "Enlarges a video frame by frame, makes its details sharper and keeps its sound. Good for small clips from "
            "video models and for old footage."
        ),
        category="video-to-video",
        input=UpscalerInput,
        output=VideoOutput,
        example={"video_url": "https://example.com/media/street-1998.mp4", "scale": 2},
        units=Units(),
        weights=(
            # The page does not say which model it runs, so none of these can be called its own.
            Weights("xinntao/Real-ESRGAN", pipeline="spandrel", licence="BSD-3-Clause", memory_gb=4, exact=False),
            Weights(
                "caidas/swin2SR-classical-sr-x2-64",
                pipeline="Swin2SRForImageSuperResolution",
                licence="Apache-2.0",
                exact=False,
            ),
        ),
        tags=("upscale", "open weights"),
    ),
)
