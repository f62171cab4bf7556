"""HiDream-I1 fast: the distilled model, sixteen steps."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import ImagesOutput, NumImages, PictureFormat, Seed, SizeChoice, size_of
from gesso.tasks import Safety, Sampling, TextToImage


class FastInput(Input):
    """Words, what to keep out, and how to sample."""

    prompt: str = Field(description="What the picture shall show.")
    negative_prompt: str = Field("", description="What the picture shall not show.")
    image_size: SizeChoice | None = Field(
        None,
        description=(
            "Size of the pictures: a preset's name, or width and height in pixels. Absent is a square of 1024 pixels."
        ),
    )
    num_inference_steps: int = Field(
        16, ge=1, description="Denoising steps. The model was distilled for about sixteen."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("jpeg", description="File format of the pictures.")

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size or "square_hd"),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=Sampling(steps=self.num_inference_steps, negative_prompt=self.negative_prompt),
            safety=Safety(check=self.enable_safety_checker),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/hidream-i1-fast",
        title="HiDream-I1 fast",
        about=(
            "The quick member of an open family of seventeen billion parameters: sixteen steps where the full model "
            "takes fifty. Choose it for live use and drafts; pictures can be watched as they form."
        ),
        category="text-to-image",
        input=FastInput,
        output=ImagesOutput,
        example={
            "prompt": "A hot-air balloon shaped like a teapot over lavender fields, wide angle",
            "image_size": "landscape_16_9",
        },
        units=Units(unit="image", count="num_images"),
        streams=True,
        weights=(
            Weights(
                "HiDream-ai/HiDream-I1-Fast",
                pipeline="HiDreamImagePipeline",
                licence="MIT, text encoder Llama 3.1 Community",
                memory_gb=62,
                gated=True,
            ),
        ),
        tags=("fast", "stream", "open weights"),
    ),
)
