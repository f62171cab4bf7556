"""FLUX.1 Kontext dev with LoRAs: editing by instruction, filling in a masked part, and making from words."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Weights, lora_at
from gesso.shapes import (
    Acceleration,
    ImagesOutput,
    ImageUrl,
    NumImages,
    PictureFormat,
    Seed,
    SizeChoice,
    size_of,
)
from gesso.tasks import EditImage, Inpaint, Look, Safety, Sampling, TextToImage

ResolutionMode = Literal[
    "auto", "match_input", "1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"
]

LICENCE = "FLUX.1 [dev] Non-Commercial"


class LoraWeight(BaseModel):
    """A LoRA to mix in."""

    path: str = Field(description="URL of the LoRA's weights, or their name on the model hub.")
    scale: float = Field(1, description="How strongly it counts.")


class PictureInput(Input):
    """What editing and filling in share: a picture, words and how to sample."""

    image_url: ImageUrl = Field(description="The picture to work on.")
    prompt: str = Field(description="What to change, or what the new part shall show.")
    num_inference_steps: int = Field(30, ge=1, description="Denoising steps: more take longer and show finer detail.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    guidance_scale: float = Field(
        2.5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("png", description="File format of the pictures.")
    loras: list[LoraWeight] | None = Field(None, description="LoRAs to mix into the model, as many as you like.")
    acceleration: Acceleration = Field(
        "none",
        description=(
            "How much fidelity may be traded for speed: `high` is fastest. The sketch engine paints what is new on a "
            "smaller canvas then; an edit by instruction takes the same time."
        ),
    )


class EditInput(PictureInput):
    """A picture and an instruction."""

    resolution_mode: ResolutionMode = Field(
        "match_input",
        description=(
            "Shape of the result: `match_input` keeps the picture's own size, `auto` takes the nearest of the sizes "
            "that the model was trained on, and a ratio asks for that shape."
        ),
    )

    def task(self) -> EditImage:
        named = self.resolution_mode in ("auto", "match_input")
        return EditImage(
            prompt=self.prompt,
            images=(self.media("image_url"),),
            aspect=None if named else self.resolution_mode,
            snap=self.resolution_mode == "auto",
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=_sampling(self),
            look=_look(self.loras),
            safety=Safety(check=self.enable_safety_checker),
        )


class InpaintInput(PictureInput):
    """A picture, a mask, and a picture of what shall appear there."""

    reference_image_url: ImageUrl = Field(description="A picture of what the masked part shall look like.")
    mask_url: ImageUrl = Field(description="White where the picture shall be made new, black where it shall stay.")
    strength: float = Field(
        0.88, ge=0, le=1, description="How much of what was under the mask to forget: 1 starts from nothing."
    )

    def task(self) -> Inpaint:
        return Inpaint(
            prompt=self.prompt,
            image=self.media("image_url"),
            mask=self.media("mask_url"),
            reference=self.media("reference_image_url"),
            strength=self.strength,
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=_sampling(self),
            look=_look(self.loras),
            safety=Safety(check=self.enable_safety_checker),
        )


class TextInput(Input):
    """Words, a size, LoRAs and how to sample."""

    prompt: str = Field(description="What the picture shall show.")
    image_size: SizeChoice = Field(
        "landscape_4_3", description="Size of the pictures: a preset's name, or width and height in pixels."
    )
    num_inference_steps: int = Field(30, ge=1, description="Denoising steps: more take longer and show finer detail.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    guidance_scale: float = Field(
        2.5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("png", description="File format of the pictures.")
    loras: list[LoraWeight] | None = Field(None, description="LoRAs to mix into the model, as many as you like.")
    acceleration: Acceleration = Field(
        "none", description="How much fidelity may be traded for speed: `high` is fastest."
    )

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=_sampling(self),
            look=_look(self.loras),
            safety=Safety(check=self.enable_safety_checker),
        )


def _sampling(values: PictureInput | TextInput) -> Sampling:
    return Sampling(steps=values.num_inference_steps, guidance=values.guidance_scale, acceleration=values.acceleration)


def _look(loras: list[LoraWeight] | None) -> Look:
    return Look(loras=tuple(lora_at(lora.path, ("loras", i, "path"), lora.scale) for i, lora in enumerate(loras or ())))


def _weights(pipeline: str) -> Weights:
    return Weights("black-forest-labs/FLUX.1-Kontext-dev", pipeline, LICENCE, memory_gb=34, gated=True)


ENDPOINTS = (
    Endpoint(
        id="fal-ai/flux-kontext-lora",
        title="FLUX.1 Kontext dev edit with LoRAs",
        about=(
            "Edits a picture as an instruction says and keeps people, objects and style consistent. Add LoRAs for a "
            "trained style, person or kind of edit."
        ),
        category="image-to-image",
        input=EditInput,
        output=ImagesOutput,
        example={
            "image_url": "https://example.com/street-at-night.jpg",
            "prompt": "Make it a bright morning and hang coloured flags across the street",
            "resolution_mode": "match_input",
        },
        units=Units(unit="image", count="num_images"),
        streams=True,
        weights=(_weights("FluxKontextPipeline"),),
        tags=("flux", "edit", "lora", "stream", "open weights"),
    ),
    Endpoint(
        id="fal-ai/flux-kontext-lora/inpaint",
        title="FLUX.1 Kontext dev inpaint with LoRAs",
        about=(
            "Makes the masked part of a picture new, after a reference picture and a description, so that light and "
            "perspective fit the rest. Good for putting a given product or object into a scene."
        ),
        category="image-to-image",
        input=InpaintInput,
        output=ImagesOutput,
        example={
            "image_url": "https://example.com/empty-table.jpg",
            "mask_url": "https://example.com/empty-table-mask.png",
            "reference_image_url": "https://example.com/teapot.jpg",
            "prompt": "A glazed green teapot standing on the table",
        },
        units=Units(unit="image", count="num_images"),
        streams=True,
        weights=(
            _weights("FluxKontextInpaintPipeline"),
            Weights("black-forest-labs/FLUX.1-Fill-dev", "FluxFillPipeline", LICENCE, 34, exact=False, gated=True),
        ),
        tags=("flux", "inpaint", "mask", "lora", "stream", "open weights"),
    ),
    Endpoint(
        id="fal-ai/flux-kontext-lora/text-to-image",
        title="FLUX.1 Kontext dev with LoRAs",
        about=(
            "Makes pictures from a description with the editing model, so that LoRAs trained for it work here too. "
            "Use it for the first picture of a series that you then edit with its siblings."
        ),
        category="text-to-image",
        input=TextInput,
        output=ImagesOutput,
        example={
            "prompt": "A wooden toy robot on a workbench, shavings around it, soft window light",
            "image_size": "square_hd",
        },
        units=Units(unit="image", count="num_images"),
        streams=True,
        weights=(_weights("FluxKontextPipeline"),),
        tags=("flux", "lora", "stream", "open weights"),
    ),
)
