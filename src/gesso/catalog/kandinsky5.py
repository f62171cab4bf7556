"""Kandinsky 5: short videos from words, with a small open model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import Size, VideoOutput
from gesso.tasks import Sampling, TextToVideo

_RESOLUTION_OF = {"1:1": "512x512", "3:2": "768x512", "2:3": "512x768"}


class KandinskyInput(Input):
    """Words, a size and a length."""

    prompt: str = Field(description="What the video shall show.")
    resolution: Literal["768x512", "512x768", "512x512"] = Field(
        "768x512", description="Width and height of the video in pixels."
    )
    video_length: Literal["5s", "10s"] = Field("5s", description="Length of the video.")
    num_inference_steps: int = Field(
        30, ge=1, description="Denoising steps: more are slower and finer; a sketch gets crisper."
    )
    aspect_ratio: Literal["1:1", "3:2", "2:3"] | None = Field(
        None, description="Width to height of the video. Where given, it takes the place of `resolution`."
    )
    duration: Literal["5s", "10s"] | None = Field(
        None, description="Length of the video. Where given, it takes the place of `video_length`."
    )

    def task(self) -> TextToVideo:
        resolution = _RESOLUTION_OF[self.aspect_ratio] if self.aspect_ratio else self.resolution
        width, height = resolution.split("x")
        return TextToVideo(
            prompt=self.prompt,
            size=Size(int(width), int(height)),
            seconds=float((self.duration or self.video_length).removesuffix("s")),
            fps=24,
            sampling=Sampling(steps=self.num_inference_steps),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/kandinsky5/text-to-video",
        title="Kandinsky 5 text to video",
        about=(
            "Makes a silent video of five or ten seconds from a description. A light model with open weights: good "
            "for sketching a scene before a heavier model renders it."
        ),
        category="text-to-video",
        input=KandinskyInput,
        output=VideoOutput,
        example={
            "prompt": "A paper lantern rises over a frozen lake at night, its light sliding across the ice",
            "resolution": "768x512",
            "video_length": "5s",
        },
        units=Units(),
        weights=(
            Weights(
                "kandinskylab/Kandinsky-5.0-T2V-Lite-sft-5s-Diffusers",
                pipeline="Kandinsky5T2VPipeline",
                licence="MIT",
                memory_gb=22,
            ),
            Weights(
                "kandinskylab/Kandinsky-5.0-T2V-Lite-sft-10s-Diffusers",
                pipeline="Kandinsky5T2VPipeline",
                licence="MIT",
                memory_gb=22,
            ),
        ),
        tags=("kandinsky", "open weights"),
    ),
)
