"""F-Lite: pictures from words, trained on licensed pictures only."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import ImagesOutput, NumImages, Seed, SizeChoice, size_of
from gesso.tasks import Safety, Sampling, TextToImage


class StandardInput(Input):
    """Words, what to keep out, and how to sample."""

    prompt: str = Field(description="What the picture shall show.")
    negative_prompt: str = Field("", description="What the picture shall not show.")
    image_size: SizeChoice = Field(
        "landscape_4_3", description="Size of the pictures: a preset's name, or width and height in pixels."
    )
    num_inference_steps: int = Field(28, ge=1, description="Denoising steps: more take longer and show finer detail.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    guidance_scale: float = Field(
        3.5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size),
            seed=self.seed,
            num_images=self.num_images,
            format="jpeg",
            sampling=Sampling(
                steps=self.num_inference_steps,
                guidance=self.guidance_scale,
                negative_prompt=self.negative_prompt,
            ),
            safety=Safety(check=self.enable_safety_checker),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/f-lite/standard",
        title="F-Lite standard",
        about=(
            "A ten billion parameter model that learned from licensed pictures only, which matters to who must "
            "answer for where training data came from. Made for illustration and stock-like photographs."
        ),
        category="text-to-image",
        input=StandardInput,
        output=ImagesOutput,
        example={
            "prompt": "Terraced tea hills at sunrise, mist in the valleys, a single farmer with a straw hat",
            "negative_prompt": "text, watermark",
            "image_size": "landscape_4_3",
        },
        units=Units(unit="image", count="num_images"),
        weights=(
            Weights("Freepik/F-Lite", pipeline="FLitePipeline", licence="CreativeML Open RAIL-M", memory_gb=24),
            Weights("lodestones/Chroma1-HD", "ChromaPipeline", licence="Apache-2.0", memory_gb=28, exact=False),
        ),
        tags=("licensed data", "open weights"),
    ),
)
