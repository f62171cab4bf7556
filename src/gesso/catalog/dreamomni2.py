"""DreamOmni2: editing a picture with others as its examples."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Weights
from gesso.shapes import ImageOutput, ImageUrl
from gesso.tasks import EditImage


class EditInput(Input):
    """Pictures, and an instruction that speaks of them by number."""

    image_urls: list[ImageUrl] = Field(
        min_length=1, description="The picture to edit first, then those it shall borrow from."
    )
    prompt: str = Field(description="What to change; call the pictures the first, the second and so on.")

    def task(self) -> EditImage:
        return EditImage(prompt=self.prompt, images=self.media_list("image_urls"))


ENDPOINTS = (
    Endpoint(
        id="fal-ai/dreamomni2/edit",
        title="DreamOmni2 edit",
        about=(
            "Edits the first picture after the example of the others: their style, material, light, pose or object. "
            "Use it where a picture shows better than words what is wanted."
        ),
        category="image-to-image",
        input=EditInput,
        output=ImageOutput,
        example={
            "image_urls": ["https://example.com/kitchen.jpg", "https://example.com/blue-tiles.jpg"],
            "prompt": "Give the wall of the first image the tiles of the second image",
        },
        weights=(
            Weights(
                "xiabs/DreamOmni2",
                pipeline="DreamOmni2Pipeline",
                licence="Apache-2.0 on FLUX.1 [dev] Non-Commercial",
                memory_gb=50,
                gated=True,
            ),
            Weights(
                "Qwen/Qwen-Image-Edit-2509",
                pipeline="QwenImageEditPlusPipeline",
                licence="Apache-2.0",
                memory_gb=58,
                exact=False,
            ),
        ),
        tags=("edit", "several pictures", "open weights"),
    ),
)
