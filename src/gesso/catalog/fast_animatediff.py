"""AnimateDiff turbo: a clip drawn anew in another look, in a few steps."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import Seed, SeededVideoOutput, VideoUrl
from gesso.tasks import Sampling, VideoToVideo

Motion = Literal[
    "zoom-in",
    "zoom-out",
    "pan-left",
    "pan-right",
    "tilt-up",
    "tilt-down",
    "rolling-clockwise",
    "rolling-anticlockwise",
]
"""The camera moves for which AnimateDiff has adapters."""


class TurboVideoInput(Input):
    """A clip, what it shall become, and how far it may go from the original."""

    video_url: VideoUrl = Field(description="The video, or animated picture, to draw anew.")
    first_n_seconds: int = Field(3, ge=1, description="How many seconds, from the start of the video, to use.")
    prompt: str = Field(description="What the new video shall show. Details of subject, light and style help.")
    negative_prompt: str = Field(
        "(bad quality, worst quality:1.2), ugly faces, bad anime",
        description="What the video shall not show; a sketch leaves such things out of the world it draws.",
    )
    num_inference_steps: int = Field(
        8,
        ge=1,
        description=(
            "Denoising steps. Four to twelve suit this distilled model; with more a sketch paints more frames in full."
        ),
    )
    strength: float = Field(
        0.7, ge=0, le=1, description="How much is made new: near 0 keeps the clip, 1 keeps little but its motion."
    )
    guidance_scale: float = Field(
        1,
        ge=0,
        description=("How closely to follow the prompt. The distilled model expects about 1; a sketch edits further."),
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same video; absent is random.")
    fps: int = Field(8, ge=1, le=120, description="How many frames of each second of the video to use.")
    motions: list[Motion] | None = Field(None, description="Camera moves to add to the motion of the clip.")

    def task(self) -> VideoToVideo:
        return VideoToVideo(
            video=self.media("video_url"),
            prompt=self.prompt,
            strength=self.strength,
            seed=self.seed,
            first_seconds=self.first_n_seconds,
            fps=self.fps,
            motions=tuple(self.motions or ()),
            sampling=Sampling(
                steps=self.num_inference_steps, guidance=self.guidance_scale, negative_prompt=self.negative_prompt
            ),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/fast-animatediff/turbo/video-to-video",
        title="AnimateDiff turbo video to video",
        about=(
            "Draws the first seconds of a clip anew in the look that the prompt describes and keeps its motion. The "
            "turbo model needs about eight steps, so it suits quick tries at turning footage into animation."
        ),
        category="video-to-video",
        input=TurboVideoInput,
        output=SeededVideoOutput,
        example={
            "video_url": "https://example.com/media/juggler.mp4",
            "prompt": "A juggler in a gouache poster, flat orange and teal, visible brush strokes",
            "strength": 0.65,
            "motions": ["zoom-in"],
        },
        units=Units(),
        weights=(
            Weights(
                "wangfuyun/AnimateLCM",
                pipeline="AnimateDiffVideoToVideoPipeline",
                licence="CreativeML Open RAIL-M",
                memory_gb=10,
            ),
        ),
        tags=("animatediff", "fast", "open weights"),
    ),
)
