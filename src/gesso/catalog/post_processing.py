"""Post-processing: a picture made sharper, by calculation alone."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input
from gesso.shapes import ImageListOutput, ImageUrl
from gesso.tasks import Sharpen


class SharpenInput(Input):
    """A picture, a method, and the settings of all three methods."""

    image_url: ImageUrl = Field(description="The picture to sharpen.")
    sharpen_mode: Literal["basic", "smart", "cas"] = Field(
        "basic",
        description=(
            "`basic` is an unsharp mask; `smart` removes noise first and spares edges; `cas` adapts to local contrast."
        ),
    )
    sharpen_radius: int = Field(
        1, ge=1, description="Radius of the mask in pixels, for `basic`; more than 200 is taken as 200."
    )
    sharpen_alpha: float = Field(1, description="Strength of the mask, for `basic`; 0 changes nothing.")
    noise_radius: int = Field(
        7, ge=1, description="How many pixels across `smart` looks for noise; more than 49 is taken as 49."
    )
    preserve_edges: float = Field(0.75, ge=0, le=1, description="How much `smart` spares edges that are sharp.")
    smart_sharpen_strength: float = Field(
        5, description="How far `smart` sharpens: 1 is the picture as it is, 0 switches the sharpening off."
    )
    smart_sharpen_ratio: float = Field(
        0.5, ge=0, le=1, description="The mixture of `smart`: 0 the denoised picture alone, 1 the sharpened one."
    )
    cas_amount: float = Field(0.8, ge=0, le=1, description="Strength of `cas`.")

    def task(self) -> Sharpen:
        return Sharpen(
            image=self.media("image_url"),
            mode=self.sharpen_mode,
            radius=self.sharpen_radius,
            alpha=self.sharpen_alpha,
            noise_radius=self.noise_radius,
            preserve_edges=self.preserve_edges,
            smart_strength=self.smart_sharpen_strength,
            smart_ratio=self.smart_sharpen_ratio,
            cas_amount=self.cas_amount,
            format="png",
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/post-processing/sharpen",
        title="Sharpen",
        about=(
            "Sharpens a picture by one of three methods, exactly and without a model: nothing is invented. Use it "
            "as the last step after scaling or generating."
        ),
        category="image-to-image",
        input=SharpenInput,
        output=ImageListOutput,
        example={"image_url": "https://example.com/soft-landscape.jpg", "sharpen_mode": "cas", "cas_amount": 0.6},
        tags=("filter", "sharpen", "exact"),
    ),
)
