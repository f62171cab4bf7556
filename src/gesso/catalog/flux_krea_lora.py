"""FLUX.1 Krea dev with LoRAs: photographic pictures, streamed while they form."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Weights, lora_at
from gesso.shapes import ImagesOutput, NumImages, PictureFormat, Seed, SizeChoice, size_of
from gesso.tasks import Look, Safety, Sampling, TextToImage


class LoraWeight(BaseModel):
    """A LoRA to mix in."""

    path: str = Field(description="URL of the LoRA's weights, or their name on the model hub.")
    scale: float = Field(1, description="How strongly it counts.")


class StreamInput(Input):
    """Words, a size, LoRAs and how to sample."""

    prompt: str = Field(description="What the picture shall show.")
    image_size: SizeChoice = Field(
        "landscape_4_3", description="Size of the pictures: a preset's name, or width and height in pixels."
    )
    num_inference_steps: int = Field(28, ge=1, description="Denoising steps: more take longer and show finer detail.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    loras: list[LoraWeight] | None = Field(None, description="LoRAs to mix into the model, as many as you like.")
    guidance_scale: float = Field(
        3.5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make; a stream makes one, whatever this says.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("jpeg", description="File format of the pictures.")
    acceleration: Literal["none", "regular"] | None = Field(
        None, description="How much fidelity may be traded for speed: `regular` is faster."
    )

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=Sampling(
                steps=self.num_inference_steps,
                guidance=self.guidance_scale,
                acceleration=self.acceleration or "none",
            ),
            look=Look(
                loras=tuple(
                    lora_at(lora.path, ("loras", i, "path"), lora.scale) for i, lora in enumerate(self.loras or ())
                )
            ),
            safety=Safety(check=self.enable_safety_checker),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/flux-krea-lora/stream",
        title="FLUX.1 Krea dev with LoRAs",
        about=(
            "Makes pictures that look photographed rather than rendered, in the style of any LoRAs you add, and "
            "shows them as they form. Use the stream to give people something to watch, and to stop early."
        ),
        category="text-to-image",
        input=StreamInput,
        output=ImagesOutput,
        example={
            "prompt": "Portrait of a beekeeper in her garden, late afternoon light, grain of 35 mm film",
            "image_size": "portrait_4_3",
        },
        units=Units(unit="image", count="num_images"),
        streams=True,
        streams_one=True,
        weights=(
            Weights(
                "black-forest-labs/FLUX.1-Krea-dev",
                pipeline="FluxPipeline",
                licence="FLUX.1 [dev] Non-Commercial",
                memory_gb=34,
                gated=True,
            ),
        ),
        aliases=("fal-ai/flux/dev",),
        tags=("flux", "lora", "stream", "open weights"),
    ),
)
