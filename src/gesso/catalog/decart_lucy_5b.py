"""Decart Lucy 5B: a short video from a picture, in seconds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import ImageUrl, VideoOutput
from gesso.tasks import ImageToVideo


class LucyInput(Input):
    """A first frame and what shall happen in it."""

    prompt: str = Field(description="What the video shall show, and what moves in it.")
    image_url: ImageUrl = Field(description="The picture that the video starts from.")
    aspect_ratio: Literal["9:16", "16:9"] = Field("16:9", description="Width to height of the video.")
    sync_mode: bool = Field(
        True, description="Answer with the video itself as a data URI, not with an URL. On unless you switch it off."
    )

    def task(self) -> ImageToVideo:
        return ImageToVideo(
            prompt=self.prompt, start=self.media("image_url"), aspect=self.aspect_ratio, lines=720, seconds=5
        )


ENDPOINTS = (
    Endpoint(
        id="decart/lucy-5b/image-to-video",
        title="Decart Lucy 5B image to video",
        about=(
            "Sets a still picture in motion as the prompt says and answers with a five second MP4. The model is small "
            "and quick: good for trying many ideas. The answer holds the file itself unless told otherwise."
        ),
        category="image-to-video",
        input=LucyInput,
        output=VideoOutput,
        example={
            "prompt": "The fishing boat rocks at its mooring while the fog drifts off the harbour",
            "image_url": "https://example.com/media/harbour.jpg",
            "aspect_ratio": "16:9",
        },
        units=Units(),
        weights=(
            Weights("Wan-AI/Wan2.2-TI2V-5B-Diffusers", pipeline="WanPipeline", licence="Apache-2.0", exact=False),
        ),
        tags=("lucy", "fast"),
    ),
)
