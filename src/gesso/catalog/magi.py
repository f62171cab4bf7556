"""MAGI-1: a video carried on, chunk by chunk."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from gesso.catalog.ltx_video_13b_distilled import LTX_DISTILLED
from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import NumericText, Seed, SeededVideoOutput, VideoUrl
from gesso.tasks import ExtendVideo, Safety, Sampling

MAGI = Weights("sand-ai/MAGI-1", pipeline="MAGI-1", licence="Apache-2.0", memory_gb=24)

_CHUNK = 24
_FEWEST = 96


class ExtendInput(Input):
    """A video, what shall happen next and for how long."""

    prompt: str = Field(
        description=(
            "What the new part shall show; it may be empty. A sketch follows camera moves, looks and edits in it "
            "and otherwise goes on as the video went."
        )
    )
    video_url: VideoUrl = Field(
        description="The video to carry on. Where its aspect is not the one asked for, it is cut at the sides."
    )
    num_frames: int = Field(
        _FEWEST, ge=_FEWEST, le=192, description="How many frames to make. Each 24 beyond 96 count as one more unit."
    )
    start_frame: int | None = Field(
        None,
        ge=0,
        description=(
            "The frame from which to go on: what comes before stays as it is. Absent is 32 frames before the end, "
            "which suits the model best."
        ),
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same video; absent is random.")
    resolution: Literal["480p", "720p"] = Field(
        "720p", description="Lines of the shorter side. 480p counts as half a unit."
    )
    num_inference_steps: Annotated[Literal["4", "8", "16", "32", "64"], NumericText] = Field(
        "16",
        description=(
            "Denoising steps: more are slower and finer; a sketch then studies more of the last frames, so that what "
            "sways repeats less often."
        ),
    )
    enable_safety_checker: bool = Field(True, description="Check input and result for content unsafe at work.")
    aspect_ratio: Literal["auto", "16:9", "9:16", "1:1"] = Field(
        "auto", description="Width to height of the result; `auto` takes the given video's."
    )

    @property
    def chunks(self) -> int:
        """What the number of frames counts for: one up to 96 frames, one more for each 24 begun."""
        return 1 + math.ceil((self.num_frames - _FEWEST) / _CHUNK)

    def task(self) -> ExtendVideo:
        return ExtendVideo(
            video=self.media("video_url"),
            prompt=self.prompt,
            start_frame=self.start_frame,
            frames=self.num_frames,
            lines=int(self.resolution.removesuffix("p")),
            aspect=None if self.aspect_ratio == "auto" else self.aspect_ratio,
            seed=self.seed,
            sampling=Sampling(steps=int(self.num_inference_steps)),
            safety=Safety(check=self.enable_safety_checker),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/magi/extend-video",
        title="MAGI-1 extend video",
        about=(
            "Carries a video on for four to eight seconds from a frame of your choice and leaves all before it as it "
            "was. Good for clips that end too soon; the model's weights are open."
        ),
        category="video-to-video",
        input=ExtendInput,
        output=SeededVideoOutput,
        example={
            "prompt": "The kettle comes to the boil and steam fogs the window",
            "video_url": "https://example.com/media/kettle.mp4",
            "num_frames": 120,
            "resolution": "480p",
        },
        units=Units(count="chunks", times={"resolution": {"480p": 0.5}}),
        weights=(MAGI, LTX_DISTILLED.as_substitute()),
        tags=("magi", "extend", "open weights"),
    ),
)
