"""Ovi: video and its sound, made together from words."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.catalog.minimax_video import MINIMAX_H3
from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import Seed, SeededVideoOutput, Size
from gesso.tasks import Sampling, TextToVideo

OVI = Weights(
    "chetwinlow1/Ovi", pipeline="OviFusionEngine", licence="Apache-2.0, sound decoder CC-BY-NC-4.0", memory_gb=80
)


class OviInput(Input):
    """Words for picture and sound, and a size."""

    prompt: str = Field(
        description=(
            "What is seen and heard. Speech goes between `<S>` and `<E>`, a description of the sound between "
            "`<AUDCAP>` and `<ENDAUDCAP>`."
        )
    )
    negative_prompt: str = Field(
        "jitter, bad hands, blur, distortion",
        description=(
            "What the video shall not show. A sketch leaves such things, verbs and weather out; words about quality "
            "mean nothing to it."
        ),
    )
    num_inference_steps: int = Field(
        30, ge=1, description="Denoising steps: more are slower and finer; a sketch gets crisper."
    )
    audio_negative_prompt: str = Field(
        "robotic, muffled, echo, distorted",
        description="How the sound shall not be. A sketch leaves out the noises that are named here.",
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same video; absent is random.")
    resolution: Literal["512x992", "992x512", "960x512", "512x960", "720x720", "448x1120", "1120x448"] = Field(
        "992x512", description="Width and height of the video in pixels."
    )

    def task(self) -> TextToVideo:
        width, height = self.resolution.split("x")
        return TextToVideo(
            prompt=self.prompt,
            size=Size(int(width), int(height)),
            seconds=5,
            fps=24,
            audio=True,
            audio_negative_prompt=self.audio_negative_prompt,
            seed=self.seed,
            sampling=Sampling(steps=self.num_inference_steps, negative_prompt=self.negative_prompt),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/ovi",
        title="Ovi text to video with sound",
        about=(
            "Makes five seconds of video whose speech and noises come with the picture, from one prompt. Good for "
            "short scenes in which someone says a line."
        ),
        category="text-to-video",
        input=OviInput,
        output=SeededVideoOutput,
        example={
            "prompt": (
                "A lighthouse keeper at her radio turns to the window and says <S>The fog is lifting.<E> "
                "<AUDCAP>Calm woman's voice, rain on glass, a distant horn<ENDAUDCAP>"
            ),
            "resolution": "960x512",
        },
        units=Units(),
        weights=(
            OVI,
            MINIMAX_H3,
            Weights("Lightricks/LTX-2", pipeline="LTX2Pipeline", licence="LTX-2 Community License", exact=False),
        ),
        tags=("ovi", "sound", "speech", "open weights"),
    ),
)
