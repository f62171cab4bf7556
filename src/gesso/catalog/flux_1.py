"""FLUX.1 schnell: pictures from words in four steps."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import Acceleration, ImagesOutput, NumImages, PictureFormat, Seed, SizeChoice, size_of
from gesso.tasks import Safety, Sampling, TextToImage


class SchnellInput(Input):
    """Words, a size and how to sample."""

    prompt: str = Field(description="What the picture shall show.")
    image_size: SizeChoice = Field(
        "landscape_4_3", description="Size of the pictures: a preset's name, or width and height in pixels."
    )
    num_inference_steps: int = Field(
        4, ge=1, description="Denoising steps. The model was distilled for one to four; more seldom helps."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("png", description="File format of the pictures.")
    acceleration: Acceleration = Field(
        "regular", description="How much fidelity may be traded for speed: `high` is fastest."
    )
    guidance_scale: float | None = Field(
        None, description="How closely to follow the prompt. Schnell is distilled to run without guidance."
    )

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=Sampling(
                steps=self.num_inference_steps, guidance=self.guidance_scale, acceleration=self.acceleration
            ),
            safety=Safety(check=self.enable_safety_checker),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/flux-1/schnell",
        title="FLUX.1 schnell",
        about=(
            "Makes pictures from a description in as few as four steps, so it answers faster than its larger "
            "siblings. Good for drafts, previews and anything that is made in bulk; its weights may be used freely."
        ),
        category="text-to-image",
        input=SchnellInput,
        output=ImagesOutput,
        example={
            "prompt": "A red tram climbing a steep street in the rain, shop lights on the wet cobbles",
            "image_size": "landscape_16_9",
            "num_images": 1,
        },
        units=Units(unit="image", count="num_images"),
        weights=(
            Weights("black-forest-labs/FLUX.1-schnell", pipeline="FluxPipeline", licence="Apache-2.0", memory_gb=34),
        ),
        aliases=("fal-ai/flux/schnell",),
        tags=("flux", "fast", "open weights", "quick start"),
    ),
)
