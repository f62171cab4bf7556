"""Image editing: four edits that need no skill in prompting."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Weights
from gesso.shapes import ImageUrl, PictureFormat, SafetyTolerance, Seed, SeededImagesOutput
from gesso.tasks import EditImage, Safety, Sampling

AspectRatio = Literal["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"]


class EditInput(Input):
    """What all four share: a picture and how to make the result."""

    image_url: ImageUrl = Field(description="The picture to edit.")
    guidance_scale: float = Field(
        3.5, description="How firmly to make the edit; high values may change more than was meant."
    )
    num_inference_steps: int = Field(30, ge=1, description="Denoising steps: more take longer and show finer detail.")
    safety_tolerance: SafetyTolerance = Field(
        "2", description="What the safety checker lets pass: 1 is strictest, 6 most lenient."
    )
    output_format: PictureFormat = Field("jpeg", description="File format of the result.")
    aspect_ratio: AspectRatio | None = Field(
        None, description="Width to height of the result; absent keeps the picture's own shape."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same picture; absent is random.")
    sync_mode: bool = Field(False, description="Answer with the picture itself as a data URI, not with a URL.")

    def edit(self, operation: str, prompt: str = "") -> EditImage:
        """The work order for one of the fixed edits."""
        return EditImage(
            operation=operation,
            prompt=prompt,
            images=(self.media("image_url"),),
            aspect=self.aspect_ratio,
            seed=self.seed,
            format=self.output_format,
            sampling=Sampling(steps=self.num_inference_steps, guidance=self.guidance_scale),
            safety=Safety(tolerance=int(self.safety_tolerance)),
        )


class BackgroundInput(EditInput):
    """A picture and the background that it shall have."""

    prompt: str = Field("beach sunset with palm trees", description="The new background.")

    def task(self) -> EditImage:
        return self.edit("background", self.prompt)


class ColorInput(EditInput):
    """A picture whose colours are off."""

    def task(self) -> EditImage:
        return self.edit("color")


class FaceInput(EditInput):
    """A picture with faces."""

    def task(self) -> EditImage:
        return self.edit("face")


class RemovalInput(EditInput):
    """A picture and what shall go from it."""

    guidance_scale: float = Field(
        3.5,
        description=(
            "How firmly to make the edit; high values may change more than was meant. With the sketch engine what is "
            "removed is removed whole, whatever this says."
        ),
    )
    prompt: str = Field("background people", description="What to take away.")

    def task(self) -> EditImage:
        return self.edit("remove", self.prompt)


SUBSTITUTE = Weights(
    "black-forest-labs/FLUX.1-Kontext-dev",
    pipeline="FluxKontextPipeline",
    licence="FLUX.1 [dev] Non-Commercial",
    memory_gb=34,
    exact=False,
    gated=True,
)

ENDPOINTS = (
    Endpoint(
        id="fal-ai/image-editing/background-change",
        title="Background change",
        about=(
            "Puts what is in front of a picture before another background and fits its light to it. Made for "
            "portraits and product photographs."
        ),
        category="image-to-image",
        input=BackgroundInput,
        output=SeededImagesOutput,
        example={
            "image_url": "https://example.com/perfume-bottle.jpg",
            "prompt": "mossy rocks beside a small waterfall",
        },
        weights=(SUBSTITUTE,),
        tags=("edit", "background", "closed"),
    ),
    Endpoint(
        id="fal-ai/image-editing/color-correction",
        title="Colour correction",
        about=(
            "Sets a picture's white balance, contrast and colours right without being told how. For snapshots, "
            "scans and whatever a camera got wrong."
        ),
        category="image-to-image",
        input=ColorInput,
        output=SeededImagesOutput,
        example={"image_url": "https://example.com/yellowed-scan.jpg", "output_format": "png"},
        weights=(SUBSTITUTE,),
        tags=("edit", "color", "closed"),
    ),
    Endpoint(
        id="fal-ai/image-editing/face-enhancement",
        title="Face enhancement",
        about=(
            "Cleans and sharpens the faces in a picture and leaves the rest as it is. Helps with old, small, noisy or "
            "strongly compressed photographs."
        ),
        category="image-to-image",
        input=FaceInput,
        output=SeededImagesOutput,
        example={"image_url": "https://example.com/family-1974.jpg"},
        weights=(SUBSTITUTE,),
        tags=("edit", "face", "restore", "closed"),
    ),
    Endpoint(
        id="fal-ai/image-editing/object-removal",
        title="Object removal",
        about=(
            "Takes what you name out of a picture and fills the gap with what would be behind it: passers-by, wires, "
            "stains, a parked car."
        ),
        category="image-to-image",
        input=RemovalInput,
        output=SeededImagesOutput,
        example={"image_url": "https://example.com/town-square.jpg", "prompt": "the bin next to the fountain"},
        weights=(SUBSTITUTE,),
        tags=("edit", "remove", "closed"),
    ),
)
