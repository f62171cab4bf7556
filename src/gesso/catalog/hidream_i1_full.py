"""HiDream-I1 full: the undistilled model, fifty steps, with LoRAs."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Weights, lora_at
from gesso.shapes import ImagesOutput, NumImages, PictureFormat, Seed, SizeChoice, size_of
from gesso.tasks import Look, Safety, Sampling, TextToImage


class LoraWeight(BaseModel):
    """A LoRA to mix in."""

    path: str = Field(description="URL of the LoRA's weights, or their name on the model hub.")
    weight_name: str | None = Field(None, description="Which file of a repository with several holds the weights.")
    scale: float = Field(1, description="How strongly it counts.")


class FullInput(Input):
    """Words, what to keep out, LoRAs and how to sample."""

    prompt: str = Field(description="What the picture shall show.")
    negative_prompt: str = Field("", description="What the picture shall not show.")
    image_size: SizeChoice | None = Field(
        None,
        description=(
            "Size of the pictures: a preset's name, or width and height in pixels. Absent is a square of 1024 pixels."
        ),
    )
    num_inference_steps: int = Field(50, ge=1, description="Denoising steps: more take longer and show finer detail.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    guidance_scale: float = Field(
        5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("jpeg", description="File format of the pictures.")
    loras: list[LoraWeight] | None = Field(None, description="LoRAs to mix into the model, as many as you like.")

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size or "square_hd"),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=Sampling(
                steps=self.num_inference_steps,
                guidance=self.guidance_scale,
                negative_prompt=self.negative_prompt,
            ),
            look=Look(
                loras=tuple(
                    lora_at(lora.path, ("loras", i, "path"), lora.scale, lora.weight_name)
                    for i, lora in enumerate(self.loras or ())
                )
            ),
            safety=Safety(check=self.enable_safety_checker),
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/hidream-i1-full",
        title="HiDream-I1 full",
        about=(
            "An open model of seventeen billion parameters that follows involved prompts closely, in photographs as "
            "well as cartoons. Slower than its fast sibling and finer; takes LoRAs."
        ),
        category="text-to-image",
        input=FullInput,
        output=ImagesOutput,
        example={
            "prompt": "A clockmaker's bench seen from above, brass gears sorted by size, a sleeping tabby cat",
            "negative_prompt": "blur",
            "image_size": {"width": 1280, "height": 960},
        },
        units=Units(unit="image", count="num_images"),
        streams=True,
        weights=(
            Weights(
                "HiDream-ai/HiDream-I1-Full",
                pipeline="HiDreamImagePipeline",
                licence="MIT, text encoder Llama 3.1 Community",
                memory_gb=62,
                gated=True,
            ),
        ),
        tags=("lora", "stream", "open weights"),
    ),
)
