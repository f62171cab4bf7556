"""Stable Diffusion 3.5 large: pictures from words, steered by LoRAs, a ControlNet or an IP-Adapter."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights, lora_at, media_rule
from gesso.media import Media
from gesso.shapes import ImagesOutput, ImageUrl, NumImages, PictureFormat, Seed, SizeChoice, size_of
from gesso.tasks import Control, Look, Reference, Safety, Sampling, TextToImage


class ControlNet(BaseModel):
    """A picture whose structure the result shall follow."""

    path: str = Field(
        description=(
            "URL of the ControlNet's weights, or their name on the model hub. The sketch engine loads no weights: it "
            "tells by the picture whether it shows edges, depth or a scene."
        )
    )
    control_image_url: ImageUrl = Field(description="The picture to follow, e.g. an edge, depth or pose map.")
    conditioning_scale: float = Field(1, description="How strongly it counts.")
    start_percentage: float = Field(0, ge=0, le=1, description="Part of the run after which it sets in.")
    end_percentage: float = Field(1, ge=0, le=1, description="Part of the run after which it ends.")


class LoraWeight(BaseModel):
    """A LoRA to mix in."""

    path: str = Field(description="URL of the LoRA's weights, or their name on the model hub.")
    scale: float = Field(1, description="How strongly it counts.")


class IPAdapter(BaseModel):
    """A picture whose look the result shall take on."""

    path: str = Field(description="Name of the adapter on the model hub. The sketch engine loads no weights.")
    subfolder: str | None = Field(
        None, description="Folder of the adapter's weights. The sketch engine loads no weights."
    )
    weight_name: str | None = Field(
        None, description="File of the adapter's weights. The sketch engine loads no weights."
    )
    image_encoder_path: str | None = Field(
        None, description="Name of the image encoder on the model hub. The sketch engine loads no weights."
    )
    image_encoder_subfolder: str | None = Field(
        None, description="Folder of the encoder's weights. The sketch engine loads no weights."
    )
    image_encoder_weight_name: str | None = Field(
        None, description="File of the encoder's weights. The sketch engine loads no weights."
    )
    image_url: ImageUrl = Field(description="The picture to take the look from.")
    mask_image_url: ImageUrl | None = Field(None, description="White where the look shall be taken on.")
    mask_threshold: float = Field(0.5, ge=0, le=1, description="Brightness from which the mask counts as white.")
    scale: float = Field(1, description="How strongly it counts.")


class LargeInput(Input):
    """Words, what to keep out, and what else steers the picture."""

    prompt: str = Field(description="What the picture shall show.")
    negative_prompt: str = Field("", description="What the picture shall not show.")
    num_inference_steps: int = Field(28, ge=1, description="Denoising steps: more take longer and show finer detail.")
    seed: Seed | None = Field(None, description="The same seed and input give the same pictures; absent is random.")
    guidance_scale: float = Field(
        3.5, description="How closely to follow the prompt; high values cost variety and natural colour."
    )
    sync_mode: bool = Field(False, description="Answer with the pictures themselves as data URIs, not with URLs.")
    num_images: NumImages = Field(1, description="How many pictures to make.")
    enable_safety_checker: bool = Field(True, description="Check the pictures for content unsafe at work.")
    output_format: PictureFormat = Field("jpeg", description="File format of the pictures.")
    controlnet: ControlNet | None = Field(None, description="A picture whose structure to follow.")
    image_size: SizeChoice | None = Field(
        None,
        description=(
            "Size of the pictures: a preset's name, or width and height in pixels. Absent is the control picture's "
            "size where there is one, else `landscape_4_3`."
        ),
    )
    loras: list[LoraWeight] | None = Field(None, description="LoRAs to mix into the model, as many as you like.")
    ip_adapter: IPAdapter | None = Field(None, description="A picture whose look to take on.")

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=size_of(self.image_size or "landscape_4_3"),
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
                    lora_at(lora.path, ("loras", i, "path"), lora.scale) for i, lora in enumerate(self.loras or ())
                ),
                control=_control(self.controlnet, sets_size=self.image_size is None) if self.controlnet else None,
                reference=_reference(self.ip_adapter) if self.ip_adapter else None,
            ),
            safety=Safety(check=self.enable_safety_checker),
        )


def _control(net: ControlNet, *, sets_size: bool) -> Control:
    loc = ("controlnet", "control_image_url")
    return Control(
        path=net.path,
        image=Media(net.control_image_url, loc, media_rule(ControlNet, "control_image_url")),
        scale=net.conditioning_scale,
        start=net.start_percentage,
        end=net.end_percentage,
        sets_size=sets_size,
    )


def _reference(adapter: IPAdapter) -> Reference:
    rule = media_rule(IPAdapter, "image_url")
    names = ("subfolder", "weight_name", "image_encoder_path", "image_encoder_subfolder", "image_encoder_weight_name")
    mask = adapter.mask_image_url
    return Reference(
        path=adapter.path,
        image=Media(adapter.image_url, ("ip_adapter", "image_url"), rule),
        scale=adapter.scale,
        mask=Media(mask, ("ip_adapter", "mask_image_url"), rule) if mask else None,
        mask_threshold=adapter.mask_threshold,
        options={name: value for name in names if (value := getattr(adapter, name)) is not None},
    )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/stable-diffusion-v35-large",
        title="Stable Diffusion 3.5 large",
        about=(
            "An open model of eight billion parameters with wide support for add-ons: LoRAs for style, a ControlNet "
            "for structure, an IP-Adapter for the look of a given picture."
        ),
        category="text-to-image",
        input=LargeInput,
        output=ImagesOutput,
        example={
            "prompt": "A reading room inside a giant tree, spiral stairs, lanterns, evening",
            "image_size": "portrait_4_3",
            "guidance_scale": 4,
        },
        units=Units(unit="image", count="num_images"),
        weights=(
            Weights(
                "stabilityai/stable-diffusion-3.5-large",
                pipeline="StableDiffusion3Pipeline",
                licence="Stability AI Community",
                memory_gb=28,
                gated=True,
            ),
        ),
        vendor=Vendor("Stability AI", model="sd3.5-large"),
        tags=("lora", "controlnet", "ip-adapter", "open weights"),
    ),
)
