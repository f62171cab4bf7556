"""Imagen 4: Google's pictures from words, in a standard and a fast form."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import NumImages, Seed, SeededImagesOutput, size_for_aspect
from gesso.tasks import Sampling, TextToImage

AREAS = {"1K": 1024 * 1024, "2K": 2048 * 2048}
"""Pixels by the word for them."""


class FastInput(Input):
    """Words and a shape."""

    prompt: str = Field(description="What the picture shall show.")
    negative_prompt: str = Field("", description="What the picture shall not show.")
    aspect_ratio: Literal["1:1", "16:9", "9:16", "3:4", "4:3"] = Field(
        "1:1", description="Width to height of the pictures."
    )
    num_images: NumImages = Field(1, le=4, description="How many pictures to make.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")

    def task(self) -> TextToImage:
        return self.picture("1K")

    def picture(self, resolution: str) -> TextToImage:
        """The work order at a resolution."""
        return TextToImage(
            prompt=self.prompt,
            size=size_for_aspect(self.aspect_ratio, AREAS[resolution]),
            seed=self.seed,
            num_images=self.num_images,
            format="png",
            sampling=Sampling(negative_prompt=self.negative_prompt),
        )


class PreviewInput(FastInput):
    """Words, a shape and a resolution."""

    resolution: Literal["1K", "2K"] = Field(
        "1K", description="About one megapixel, or four times that with twice the detail per side."
    )

    def task(self) -> TextToImage:
        return self.picture(self.resolution)


QWEN_IMAGE = Weights("Qwen/Qwen-Image", pipeline="QwenImagePipeline", licence="Apache-2.0", memory_gb=58, exact=False)
Z_IMAGE = Weights(
    "Tongyi-MAI/Z-Image-Turbo", pipeline="ZImagePipeline", licence="Apache-2.0", memory_gb=21, exact=False
)

ENDPOINTS = (
    Endpoint(
        id="fal-ai/imagen4/preview",
        title="Imagen 4",
        about=(
            "Makes detailed pictures from a description, photographic ones above all, at up to four megapixels. Its "
            "maker has closed the model; other engines stand in for it."
        ),
        category="text-to-image",
        input=PreviewInput,
        output=SeededImagesOutput,
        example={
            "prompt": "Macro photograph of frost ferns on a window pane, the first sun behind it",
            "aspect_ratio": "4:3",
            "resolution": "2K",
        },
        units=Units(unit="image", count="num_images"),
        weights=(QWEN_IMAGE,),
        vendor=Vendor("Google", model="imagen-4.0-generate-001", shut="2026-08-17"),
        tags=("photographic", "high resolution", "closed"),
    ),
    Endpoint(
        id="fal-ai/imagen4/preview/fast",
        title="Imagen 4 fast",
        about=(
            "The quicker, cheaper form of Imagen 4 for drafts and large batches, at about one megapixel. Its maker "
            "has closed the model; other engines stand in for it."
        ),
        category="text-to-image",
        input=FastInput,
        output=SeededImagesOutput,
        example={
            "prompt": "Storyboard panel: a courier cycles through a market, umbrellas everywhere, ink and wash",
            "aspect_ratio": "16:9",
            "num_images": 2,
        },
        units=Units(unit="image", count="num_images"),
        weights=(
            Z_IMAGE,
            Weights(
                "black-forest-labs/FLUX.1-schnell",
                pipeline="FluxPipeline",
                licence="Apache-2.0",
                memory_gb=34,
                exact=False,
            ),
        ),
        vendor=Vendor("Google", model="imagen-4.0-fast-generate-001", shut="2026-08-17"),
        tags=("fast", "closed"),
    ),
)
