"""Luma Photon: a picture changed by words."""

from __future__ import annotations

from typing import Literal
from zlib import crc32

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Vendor, Weights
from gesso.shapes import ImageListOutput, ImageUrl
from gesso.tasks import EditImage


class ModifyInput(Input):
    """A picture, how much of it to keep, and what to change."""

    prompt: str | None = Field(None, description="What to change.")
    image_url: ImageUrl = Field(description="The picture to change.")
    strength: float = Field(
        ge=0, le=1, description="How much of the given picture to keep: 1 is close to it, 0 is free of it."
    )
    aspect_ratio: Literal["1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21"] = Field(
        description="Width to height of the result."
    )

    def task(self) -> EditImage:
        return EditImage(
            prompt=self.prompt or "",
            images=(self.media("image_url"),),
            aspect=self.aspect_ratio,
            operation="restyle",
            # Here a high strength keeps the picture; everywhere else it leaves it.
            strength=1 - self.strength,
            # There is no field for it: every strength lies on one way only if all share what is drawn.
            seed=crc32((self.prompt or "").encode()),
            format="png",
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/luma-photon/modify",
        title="Luma Photon modify",
        about=(
            "Makes a picture over as a description says, in any of seven shapes, and keeps as much of it as you ask "
            "for. Good for trying looks and materials on a design."
        ),
        category="image-to-image",
        input=ModifyInput,
        output=ImageListOutput,
        example={
            "prompt": "The same chair in walnut and green velvet",
            "image_url": "https://example.com/plastic-chair.png",
            "strength": 0.7,
            "aspect_ratio": "4:3",
        },
        weights=(
            Weights(
                "black-forest-labs/FLUX.1-Kontext-dev",
                pipeline="FluxKontextPipeline",
                licence="FLUX.1 [dev] Non-Commercial",
                memory_gb=34,
                exact=False,
                gated=True,
            ),
        ),
        vendor=Vendor(
            "Luma",
            model="photon-1",
            fields={"image_url": "modify_image_ref.url", "strength": "modify_image_ref.weight"},
        ),
        tags=("restyle", "closed"),
    ),
)
