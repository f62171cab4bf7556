"""FLUX.1 dev: a picture painted over another."""

from __future__ import annotations

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import Acceleration, ImagesOutput, ImageUrl, NumImages, PictureFormat, Seed
from gesso.tasks import EditImage, Safety, Sampling


class ImageToImageInput(Input):
    """A picture to start from, and words for where to go."""

    image_url: ImageUrl = Field(description="The picture to start from.")
    prompt: str = Field(description="What the new picture shall show.")
    strength: float = Field(
        0.95,
        ge=0,
        le=1,
        description="How far to leave the given picture: 0 keeps it, 1 forgets it. This model likes high values.",
    )
    num_inference_steps: int = Field(
        40, ge=1, description="Denoising steps; of these the part that `strength` says is really run."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    guidance_scale: float = Field(
        3.5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("jpeg", description="File format of the pictures.")
    acceleration: Acceleration = Field(
        "none", description="How much fidelity may be traded for speed: `high` is fastest."
    )

    def task(self) -> EditImage:
        return EditImage(
            prompt=self.prompt,
            images=(self.media("image_url"),),
            operation="restyle",
            strength=self.strength,
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
        id="fal-ai/flux/dev/image-to-image",
        title="FLUX.1 dev image to image",
        about=(
            "Repaints a picture towards a description and keeps its composition as far as `strength` allows. Good "
            "for turning a rough sketch into a finished picture or a photograph into another style."
        ),
        category="image-to-image",
        input=ImageToImageInput,
        output=ImagesOutput,
        example={
            "image_url": "https://example.com/harbour-sketch.png",
            "prompt": "An oil painting of a fishing harbour at dawn, thick brush strokes",
            "strength": 0.85,
        },
        units=Units(unit="image", count="num_images"),
        weights=(
            Weights(
                "black-forest-labs/FLUX.1-dev",
                pipeline="FluxImg2ImgPipeline",
                licence="FLUX.1 [dev] Non-Commercial",
                memory_gb=34,
                gated=True,
            ),
        ),
        tags=("flux", "restyle", "open weights"),
    ),
)
