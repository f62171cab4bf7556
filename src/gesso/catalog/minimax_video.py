"""MiniMax video: a picture set in motion, with camera moves in the prompt."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import ImageUrl, VideoOutput
from gesso.tasks import ImageToVideo

MINIMAX_H3 = Weights(
    "MiniMaxAI/MiniMax-H3",
    pipeline="ModularPipeline",
    licence="MiniMax H3 Community License",
    memory_gb=124,
    exact=False,
)
"""The vendor's later model, whose weights are open: it stands in for closed ones that make video with sound."""

WAN22_I2V = Weights(
    "Wan-AI/Wan2.2-I2V-A14B-Diffusers", pipeline="WanImageToVideoPipeline", licence="Apache-2.0", exact=False
)
WAN22_T2V = Weights("Wan-AI/Wan2.2-T2V-A14B-Diffusers", pipeline="WanPipeline", licence="Apache-2.0", exact=False)


class ImageToVideoInput(Input):
    """A first frame and what shall happen in it."""

    prompt: str = Field(
        description=(
            "What the video shall show. Camera moves may be given in square brackets, at most three together, such "
            "as `[Pan left]`, `[Push in]` or `[Tilt up]`; brackets at several places follow each other in time."
        )
    )
    image_url: ImageUrl = Field(description="The picture that the video starts from.")
    prompt_optimizer: bool = Field(
        True,
        description=(
            "Let the prompt be written out in more detail first. A sketch then also moves the clouds, the water and "
            "the green that nobody told of."
        ),
    )

    def task(self) -> ImageToVideo:
        return ImageToVideo(
            prompt=self.prompt,
            start=self.media("image_url"),
            lines=720,
            seconds=6,
            fps=25,
            expand_prompt=self.prompt_optimizer,
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/minimax-video/image-to-video",
        title="MiniMax image to video",
        about=(
            "Sets a still picture in motion for about six seconds and keeps close to its look. Camera moves can be "
            "ordered by name in the prompt, which makes it good for planned shots."
        ),
        category="image-to-video",
        input=ImageToVideoInput,
        output=VideoOutput,
        example={
            "prompt": "A baker dusts flour over the dough, sunlight through the window [Push in]",
            "image_url": "https://example.com/media/bakery.jpg",
        },
        units=Units(),
        weights=(MINIMAX_H3, WAN22_I2V),
        vendor=Vendor("MiniMax", model="I2V-01", fields={"image_url": "first_frame_image"}),
        tags=("minimax", "hailuo", "camera control"),
    ),
)
