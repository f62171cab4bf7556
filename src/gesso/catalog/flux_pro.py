"""FLUX.1 Kontext pro and max: the closed models for editing one or several pictures and for making new ones."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.media import Media
from gesso.shapes import (
    ImagesOutput,
    ImageUrl,
    NumImages,
    PictureFormat,
    SafetyTolerance,
    Seed,
    size_for_aspect,
)
from gesso.tasks import EditImage, Safety, Sampling, TextToImage

AspectRatio = Literal["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"]


class KontextInput(Input):
    """What all Kontext endpoints share: words and how to make the picture."""

    prompt: str = Field(description="What the picture shall show, or what to change in the one given.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    guidance_scale: float = Field(
        3.5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    output_format: PictureFormat = Field("jpeg", description="File format of the pictures.")
    safety_tolerance: SafetyTolerance = Field(
        "2", description="What the safety checker lets pass: 1 is strictest, 6 most lenient."
    )
    enhance_prompt: bool = Field(
        False,
        description=(
            "Let a language model write the prompt out before it is used. The sketch engine adds place, light and view "
            "where the prompt of a new picture leaves them open, and takes an instruction as it is."
        ),
    )


class TextInput(KontextInput):
    """Words and a shape."""

    aspect_ratio: AspectRatio = Field("1:1", description="Width to height of the pictures.")

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_for_aspect(self.aspect_ratio),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=Sampling(guidance=self.guidance_scale),
            safety=Safety(tolerance=int(self.safety_tolerance)),
            expand_prompt=self.enhance_prompt,
        )


class EditingInput(KontextInput):
    """What editing adds: the result may have a shape of its own."""

    aspect_ratio: AspectRatio | None = Field(
        None, description="Width to height of the result; absent keeps the shape of the first picture."
    )


class EditInput(EditingInput):
    """An instruction and the picture it is about."""

    image_url: ImageUrl = Field(description="The picture to edit.")

    def task(self) -> EditImage:
        return _edit(self, (self.media("image_url"),))


class MultiInput(EditingInput):
    """An instruction and the pictures it is about."""

    image_urls: list[ImageUrl] = Field(
        min_length=1, description="The picture to edit first, then those that lend something to it."
    )

    def task(self) -> EditImage:
        return _edit(self, self.media_list("image_urls"))


def _edit(values: EditingInput, images: tuple[Media, ...]) -> EditImage:
    return EditImage(
        prompt=values.prompt,
        images=images,
        aspect=values.aspect_ratio,
        seed=values.seed,
        num_images=values.num_images,
        format=values.output_format,
        sampling=Sampling(guidance=values.guidance_scale),
        safety=Safety(tolerance=int(values.safety_tolerance)),
        expand_prompt=values.enhance_prompt,
    )


def _bfl(model: str) -> Vendor:
    return Vendor(
        "Black Forest Labs",
        model=model,
        fields={
            "image_url": "input_image",
            "image_urls": "input_image,input_image_2,input_image_3,input_image_4",
            "enhance_prompt": "prompt_upsampling",
        },
    )


SUBSTITUTE = Weights(
    "black-forest-labs/FLUX.1-Kontext-dev",
    pipeline="FluxKontextPipeline",
    licence="FLUX.1 [dev] Non-Commercial",
    memory_gb=34,
    exact=False,
    gated=True,
)
"""The open model of the same family, with one picture or none."""

MULTI_SUBSTITUTE = Weights(
    "black-forest-labs/FLUX.2-dev",
    pipeline="Flux2Pipeline",
    licence="FLUX.2 [dev] Non-Commercial",
    exact=False,
    gated=True,
)
"""For several pictures."""

PER_IMAGE = Units(unit="image", count="num_images")

ENDPOINTS = (
    Endpoint(
        id="fal-ai/flux-pro/kontext/max",
        title="FLUX.1 Kontext max edit",
        about=(
            "Edits a picture as an instruction says, with the strongest of the Kontext models: best where text must "
            "be set right or a small detail must survive."
        ),
        category="image-to-image",
        input=EditInput,
        output=ImagesOutput,
        example={
            "prompt": "Change the sign above the door to read “BAKERY” and light its lamp",
            "image_url": "https://example.com/shop-front.jpg",
        },
        units=PER_IMAGE,
        weights=(SUBSTITUTE,),
        vendor=_bfl("flux-kontext-max"),
        tags=("flux", "edit", "typography", "closed"),
    ),
    Endpoint(
        id="fal-ai/flux-pro/kontext/max/multi",
        title="FLUX.1 Kontext max edit of several pictures",
        about=(
            "Combines several pictures as an instruction says, with the strongest of the Kontext models: puts one's "
            "subject into another's scene, or dresses it in what a third shows. Experimental at its maker."
        ),
        category="image-to-image",
        input=MultiInput,
        output=ImagesOutput,
        example={
            "prompt": "Set the clay vase on the windowsill, lit like the room",
            "image_urls": ["https://example.com/windowsill.jpg", "https://example.com/vase.jpg"],
        },
        units=PER_IMAGE,
        weights=(MULTI_SUBSTITUTE,),
        vendor=_bfl("flux-kontext-max"),
        tags=("flux", "edit", "several pictures", "closed"),
    ),
    Endpoint(
        id="fal-ai/flux-pro/kontext/max/text-to-image",
        title="FLUX.1 Kontext max",
        about=(
            "Makes pictures from a description with the strongest of the Kontext models. Follows long prompts "
            "closely and sets text well, so posters and packaging are where it shows."
        ),
        category="text-to-image",
        input=TextInput,
        output=ImagesOutput,
        example={
            "prompt": "A letterpress poster for a night train, a moon over pines, the words “SLEEP NORTH”",
            "aspect_ratio": "2:3",
        },
        units=PER_IMAGE,
        weights=(SUBSTITUTE,),
        vendor=_bfl("flux-kontext-max"),
        tags=("flux", "typography", "closed"),
    ),
    Endpoint(
        id="fal-ai/flux-pro/kontext/multi",
        title="FLUX.1 Kontext pro edit of several pictures",
        about=(
            "Combines several pictures as an instruction says. The faster and cheaper of the two that take more than "
            "one picture, and likewise experimental at its maker."
        ),
        category="image-to-image",
        input=MultiInput,
        output=ImagesOutput,
        example={
            "prompt": "Let the cat from the second picture sleep on the armchair",
            "image_urls": ["https://example.com/armchair.jpg", "https://example.com/cat.jpg"],
        },
        units=PER_IMAGE,
        weights=(MULTI_SUBSTITUTE,),
        vendor=_bfl("flux-kontext-pro"),
        tags=("flux", "edit", "several pictures", "closed"),
    ),
    Endpoint(
        id="fal-ai/flux-pro/kontext/text-to-image",
        title="FLUX.1 Kontext pro",
        about=(
            "Makes pictures from a description, quickly and in many styles. Its editing siblings take the result "
            "further without losing its look."
        ),
        category="text-to-image",
        input=TextInput,
        output=ImagesOutput,
        example={
            "prompt": "A paper-cut fox crossing a frozen lake, layered blue paper, soft shadows",
            "aspect_ratio": "16:9",
        },
        units=PER_IMAGE,
        weights=(SUBSTITUTE,),
        vendor=_bfl("flux-kontext-pro"),
        tags=("flux", "closed"),
    ),
)
