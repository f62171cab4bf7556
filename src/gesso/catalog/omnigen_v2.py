"""OmniGen 2: one model for making pictures, editing them and combining up to three."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import ImagesOutput, ImageUrl, NumImages, PictureFormat, Seed, SizeChoice, size_of
from gesso.tasks import EditImage, Safety, Sampling, TextToImage

UNWANTED = (
    "(((deformed))), blurry, over saturation, bad anatomy, disfigured, poorly drawn face, mutation, mutated, "
    "(extra_limb), (ugly), (poorly drawn hands), fused fingers, messy drawing, broken legs censor, censored, censor_bar"
)
"""The default that callers rely on; a value of the wire, letter for letter."""


class PictureInput(Input):
    """Words and up to three pictures that they speak of."""

    prompt: str = Field(description="What to make or to change; call given pictures image 1, image 2 and image 3.")
    input_image_urls: list[ImageUrl] | None = Field(
        None, max_length=3, description="Pictures to edit or to draw from, at most three; none makes a new picture."
    )
    image_size: SizeChoice = Field(
        "square_hd", description="Size of the pictures: a preset's name, or width and height in pixels."
    )
    num_inference_steps: int = Field(50, ge=1, description="Denoising steps: more take longer and show finer detail.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    text_guidance_scale: float = Field(5, description="How closely to follow the words.")
    image_guidance_scale: float = Field(
        2, description="How closely to follow the given pictures; edits want less than 2, new scenes 2 to 3."
    )
    negative_prompt: str = Field(UNWANTED, description="What the picture shall not show.")
    cfg_range_start: float = Field(0, ge=0, le=1, description="Part of the run after which guidance sets in.")
    cfg_range_end: float = Field(1, ge=0, le=1, description="Part of the run after which guidance ends.")
    scheduler: Literal["euler", "dpmsolver"] = Field(
        "euler",
        description=(
            "How the sampler steps through the noise. The sketch engine does not sample: both give the same picture."
        ),
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("jpeg", description="File format of the pictures.")

    def task(self) -> TextToImage | EditImage:
        if self.input_image_urls:
            return self._edit()
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=self._sampling(),
            safety=Safety(check=self.enable_safety_checker),
        )

    def _edit(self) -> EditImage:
        return EditImage(
            prompt=self.prompt,
            images=self.media_list("input_image_urls"),
            size=size_of(self.image_size),
            seed=self.seed,
            num_images=self.num_images,
            format=self.output_format,
            sampling=self._sampling(),
            safety=Safety(check=self.enable_safety_checker),
        )

    def _sampling(self) -> Sampling:
        return Sampling(
            steps=self.num_inference_steps,
            guidance=self.text_guidance_scale,
            image_guidance=self.image_guidance_scale,
            guidance_range=(self.cfg_range_start, self.cfg_range_end),
            negative_prompt=self.negative_prompt,
            scheduler=self.scheduler,
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/omnigen-v2",
        title="OmniGen 2",
        about=(
            "Makes a picture from words alone, edits one by instruction, or composes a scene from up to three given "
            "ones, all with one open model."
        ),
        category="text-to-image",
        input=PictureInput,
        output=ImagesOutput,
        example={
            "prompt": "Put the parrot from image 1 on the bicycle handlebar in image 2",
            "input_image_urls": ["https://example.com/parrot.jpg", "https://example.com/bicycle.jpg"],
            "image_size": "landscape_4_3",
        },
        units=Units(unit="image", count="num_images"),
        weights=(
            Weights("OmniGen2/OmniGen2", pipeline="OmniGen2Pipeline", licence="Apache-2.0", memory_gb=17),
            Weights(
                "Shitao/OmniGen-v1-diffusers", pipeline="OmniGenPipeline", licence="MIT", memory_gb=16, exact=False
            ),
        ),
        tags=("edit", "several pictures", "open weights"),
    ),
)
