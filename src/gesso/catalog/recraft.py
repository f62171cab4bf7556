"""Recraft: pictures for design work in many fixed styles, vector drawings among them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import MIB, ImageListOutput, MediaRule, SizeChoice, size_of
from gesso.tasks import RGB, EditImage, Look, Safety, Sampling, TextToImage

StyleV2 = Literal[
    "any",
    "realistic_image",
    "digital_illustration",
    "vector_illustration",
    "realistic_image/b_and_w",
    "realistic_image/enterprise",
    "realistic_image/hard_flash",
    "realistic_image/hdr",
    "realistic_image/motion_blur",
    "realistic_image/natural_light",
    "realistic_image/studio_portrait",
    "digital_illustration/2d_art_poster",
    "digital_illustration/2d_art_poster_2",
    "digital_illustration/3d",
    "digital_illustration/80s",
    "digital_illustration/engraving_color",
    "digital_illustration/glow",
    "digital_illustration/grain",
    "digital_illustration/hand_drawn",
    "digital_illustration/hand_drawn_outline",
    "digital_illustration/handmade_3d",
    "digital_illustration/infantile_sketch",
    "digital_illustration/kawaii",
    "digital_illustration/pixel_art",
    "digital_illustration/psychedelic",
    "digital_illustration/seamless",
    "digital_illustration/voxel",
    "digital_illustration/watercolor",
    "vector_illustration/cartoon",
    "vector_illustration/doodle_line_art",
    "vector_illustration/engraving",
    "vector_illustration/flat_2",
    "vector_illustration/kawaii",
    "vector_illustration/line_art",
    "vector_illustration/line_circuit",
    "vector_illustration/linocut",
    "vector_illustration/seamless",
    "icon/broken_line",
    "icon/colored_outline",
    "icon/colored_shapes",
    "icon/colored_shapes_gradient",
    "icon/doodle_fill",
    "icon/doodle_offset_fill",
    "icon/offset_fill",
    "icon/outline",
    "icon/outline_gradient",
    "icon/uneven_fill",
]

StyleV3 = Literal[
    "any",
    "realistic_image",
    "digital_illustration",
    "vector_illustration",
    "realistic_image/b_and_w",
    "realistic_image/hard_flash",
    "realistic_image/hdr",
    "realistic_image/natural_light",
    "realistic_image/studio_portrait",
    "realistic_image/enterprise",
    "realistic_image/motion_blur",
    "realistic_image/evening_light",
    "realistic_image/faded_nostalgia",
    "realistic_image/forest_life",
    "realistic_image/mystic_naturalism",
    "realistic_image/natural_tones",
    "realistic_image/organic_calm",
    "realistic_image/real_life_glow",
    "realistic_image/retro_realism",
    "realistic_image/retro_snapshot",
    "realistic_image/urban_drama",
    "realistic_image/village_realism",
    "realistic_image/warm_folk",
    "digital_illustration/pixel_art",
    "digital_illustration/hand_drawn",
    "digital_illustration/grain",
    "digital_illustration/infantile_sketch",
    "digital_illustration/2d_art_poster",
    "digital_illustration/handmade_3d",
    "digital_illustration/hand_drawn_outline",
    "digital_illustration/engraving_color",
    "digital_illustration/2d_art_poster_2",
    "digital_illustration/antiquarian",
    "digital_illustration/bold_fantasy",
    "digital_illustration/child_book",
    "digital_illustration/child_books",
    "digital_illustration/cover",
    "digital_illustration/crosshatch",
    "digital_illustration/digital_engraving",
    "digital_illustration/expressionism",
    "digital_illustration/freehand_details",
    "digital_illustration/grain_20",
    "digital_illustration/graphic_intensity",
    "digital_illustration/hard_comics",
    "digital_illustration/long_shadow",
    "digital_illustration/modern_folk",
    "digital_illustration/multicolor",
    "digital_illustration/neon_calm",
    "digital_illustration/noir",
    "digital_illustration/nostalgic_pastel",
    "digital_illustration/outline_details",
    "digital_illustration/pastel_gradient",
    "digital_illustration/pastel_sketch",
    "digital_illustration/pop_art",
    "digital_illustration/pop_renaissance",
    "digital_illustration/street_art",
    "digital_illustration/tablet_sketch",
    "digital_illustration/urban_glow",
    "digital_illustration/urban_sketching",
    "digital_illustration/vanilla_dreams",
    "digital_illustration/young_adult_book",
    "digital_illustration/young_adult_book_2",
    "vector_illustration/bold_stroke",
    "vector_illustration/chemistry",
    "vector_illustration/colored_stencil",
    "vector_illustration/contour_pop_art",
    "vector_illustration/cosmics",
    "vector_illustration/cutout",
    "vector_illustration/depressive",
    "vector_illustration/editorial",
    "vector_illustration/emotional_flat",
    "vector_illustration/infographical",
    "vector_illustration/marker_outline",
    "vector_illustration/mosaic",
    "vector_illustration/naivector",
    "vector_illustration/roundish_flat",
    "vector_illustration/segmented_colors",
    "vector_illustration/sharp_contrast",
    "vector_illustration/thin",
    "vector_illustration/vector_photo",
    "vector_illustration/vivid_shapes",
    "vector_illustration/engraving",
    "vector_illustration/line_art",
    "vector_illustration/line_circuit",
    "vector_illustration/linocut",
]

SourceUrl = Annotated[str, MediaRule("image", max_bytes=5 * MIB, max_pixels=16_000_000, max_side=4096)]


class RGBColor(BaseModel):
    """A colour."""

    r: int = Field(0, ge=0, le=255, description="Red.")
    g: int = Field(0, ge=0, le=255, description="Green.")
    b: int = Field(0, ge=0, le=255, description="Blue.")


class TextInputV2(Input):
    """Words, a size, a style and colours."""

    prompt: str = Field(description="What the picture shall show.")
    image_size: SizeChoice = Field(
        "square_hd", description="Size of the picture: a preset's name, or width and height in pixels."
    )
    style: StyleV2 = Field(
        "realistic_image", description="Style of the picture. Vector drawings and icons come as SVG and count double."
    )
    colors: list[RGBColor] | None = Field(None, description="Colours to prefer, the most important first.")
    style_id: str | None = Field(None, description="A style of your own by its id, instead of a listed one.")
    enable_safety_checker: bool = Field(False, description="Check the picture for content unsafe at work.")

    def task(self) -> TextToImage:
        return _picture(self)


class TextInputV3(Input):
    """Words, a size, a style and colours."""

    prompt: str = Field(description="What the picture shall show; put text that it shall bear in quotation marks.")
    image_size: SizeChoice = Field(
        "square_hd", description="Size of the picture: a preset's name, or width and height in pixels."
    )
    style: StyleV3 = Field(
        "realistic_image", description="Style of the picture. Vector drawings come as SVG and count double."
    )
    colors: list[RGBColor] | None = Field(None, description="Colours to prefer, the most important first.")
    style_id: str | None = Field(None, description="A style of your own by its id, instead of a listed one.")
    enable_safety_checker: bool = Field(False, description="Check the picture for content unsafe at work.")

    def task(self) -> TextToImage:
        return _picture(self)


class ImageInputV3(Input):
    """A picture to start from, words and a style."""

    prompt: str = Field(description="What shall be different.")
    image_url: SourceUrl = Field(
        description="The picture to start from: under 5 MB and 16 megapixels, no side over 4096 pixels."
    )
    strength: float = Field(
        0.5, ge=0, le=1, description="How far to leave the given picture: 0 almost keeps it, 1 hardly resembles it."
    )
    style: StyleV3 = Field(
        "realistic_image", description="Style of the picture. Vector drawings come as SVG and count double."
    )
    colors: list[RGBColor] | None = Field(None, description="Colours to prefer, the most important first.")
    style_id: str | None = Field(None, description="A style of your own by its id, instead of a listed one.")
    negative_prompt: str | None = Field(None, description="What the picture shall not show.")
    sync_mode: bool = Field(False, description="Answer with the picture itself as a data URI, not with a URL.")

    def task(self) -> EditImage:
        return EditImage(
            prompt=self.prompt,
            images=(self.media("image_url"),),
            operation="restyle",
            strength=self.strength,
            format=_format(self.style),
            sampling=Sampling(negative_prompt=self.negative_prompt or ""),
            look=_look(self),
        )


def _picture(values: TextInputV2 | TextInputV3) -> TextToImage:
    return TextToImage(
        prompt=values.prompt,
        size=size_of(values.image_size),
        format=_format(values.style),
        look=_look(values),
        safety=Safety(check=values.enable_safety_checker),
    )


def _look(values: TextInputV2 | TextInputV3 | ImageInputV3) -> Look:
    colors: tuple[RGB, ...] = tuple((color.r, color.g, color.b) for color in values.colors or ())
    style = None if values.style == "any" else values.style
    return Look(style=style, style_id=values.style_id, colors=colors)


def _format(style: str) -> str:
    return "svg" if style.startswith(("vector_illustration", "icon")) else "webp"


def _recraft(model: str) -> Vendor:
    return Vendor(
        "Recraft", model=model, fields={"image_size": "size", "colors": "controls.colors", "image_url": "image"}
    )


QWEN_IMAGE = Weights("Qwen/Qwen-Image", pipeline="QwenImagePipeline", licence="Apache-2.0", memory_gb=58, exact=False)
UNITS = Units(unit="image", times={"style": {"vector_illustration*": 2, "icon*": 2}})

ENDPOINTS = (
    Endpoint(
        id="fal-ai/recraft/v2/text-to-image",
        title="Recraft 2",
        about=(
            "Makes pictures in fixed, repeatable styles: photographs, illustrations, vector drawings and, unlike its "
            "successor, icons. Give it your brand's colours and all results match."
        ),
        category="text-to-image",
        input=TextInputV2,
        output=ImageListOutput,
        example={
            "prompt": "a watering can",
            "style": "icon/outline",
            "colors": [{"r": 12, "g": 92, "b": 76}],
        },
        units=UNITS,
        weights=(QWEN_IMAGE,),
        vendor=_recraft("recraftv2"),
        tags=("design", "vector", "icon", "closed"),
    ),
    Endpoint(
        id="fal-ai/recraft/v3/image-to-image",
        title="Recraft 3 image to image",
        about=(
            "Redraws a picture in one of Recraft's styles, as near to it or as far from it as you ask. Good for "
            "turning photographs and sketches into illustrations that match each other."
        ),
        category="image-to-image",
        input=ImageInputV3,
        output=ImageListOutput,
        example={
            "prompt": "autumn, fallen leaves on the path",
            "image_url": "https://example.com/park-in-june.jpg",
            "strength": 0.4,
            "style": "digital_illustration/grain",
        },
        units=UNITS,
        weights=(
            Weights(
                "black-forest-labs/FLUX.1-dev",
                pipeline="FluxImg2ImgPipeline",
                licence="FLUX.1 [dev] Non-Commercial",
                memory_gb=34,
                exact=False,
                gated=True,
            ),
        ),
        vendor=_recraft("recraftv3"),
        tags=("design", "restyle", "vector", "closed"),
    ),
    Endpoint(
        id="fal-ai/recraft/v3/text-to-image",
        title="Recraft 3",
        about=(
            "Makes pictures for design work in some eighty fixed styles, true SVG among them. Sets long text well "
            "and keeps to given colours."
        ),
        category="text-to-image",
        input=TextInputV3,
        output=ImageListOutput,
        example={
            "prompt": "an otter reading a newspaper titled “RIVER POST”",
            "image_size": "landscape_4_3",
            "style": "digital_illustration/hand_drawn",
        },
        units=UNITS,
        weights=(QWEN_IMAGE,),
        vendor=_recraft("recraftv3"),
        tags=("design", "typography", "vector", "closed"),
    ),
)
