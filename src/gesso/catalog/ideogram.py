"""Ideogram 2: pictures from words, with text that can be read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Vendor, Weights
from gesso.shapes import Seed, SeededImagesOutput, Size
from gesso.tasks import Look, Sampling, TextToImage

AspectRatio = Literal["10:16", "16:10", "9:16", "16:9", "4:3", "3:4", "1:1", "1:3", "3:1", "3:2", "2:3"]

SIZES: dict[AspectRatio, Size] = {
    "10:16": Size(800, 1280),
    "16:10": Size(1280, 800),
    "9:16": Size(736, 1312),
    "16:9": Size(1312, 736),
    "4:3": Size(1152, 864),
    "3:4": Size(864, 1152),
    "1:1": Size(1024, 1024),
    "1:3": Size(512, 1536),
    "3:1": Size(1536, 512),
    "3:2": Size(1248, 832),
    "2:3": Size(832, 1248),
}
"""The model knows a list of sizes, one for each shape."""


class V2Input(Input):
    """Words, a shape and a style."""

    prompt: str = Field(description="What the picture shall show; put text that it shall bear in quotation marks.")
    aspect_ratio: AspectRatio = Field("1:1", description="Width to height of the picture.")
    expand_prompt: bool = Field(True, description="Let a language model write the prompt out before it is used.")
    seed: Seed | None = Field(None, description="The same seed and input give the same picture; absent is random.")
    style: Literal["auto", "general", "realistic", "design", "render_3D", "anime"] = Field(
        "auto", description="Kind of picture; `auto` chooses by the prompt."
    )
    sync_mode: bool = Field(False, description="Answer with the picture itself as a data URI, not with a URL.")
    negative_prompt: str = Field("", description="What the picture shall not show.")

    def task(self) -> TextToImage:
        return TextToImage(
            prompt=self.prompt,
            size=SIZES[self.aspect_ratio],
            seed=self.seed,
            format="png",
            sampling=Sampling(negative_prompt=self.negative_prompt),
            look=Look(style=None if self.style == "auto" else self.style),
            expand_prompt=self.expand_prompt,
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/ideogram/v2",
        title="Ideogram 2",
        about=(
            "Makes pictures whose lettering can be read: logos, posters, covers, signs. Offers photographic, "
            "graphic, 3D and anime styles and writes short prompts out by itself."
        ),
        category="text-to-image",
        input=V2Input,
        output=SeededImagesOutput,
        example={
            "prompt": "A round cheese label with a goat and the words “ALPINE RESERVE”, two-colour print",
            "aspect_ratio": "1:1",
            "style": "design",
        },
        weights=(
            Weights(
                "ideogram-ai/ideogram-4-nf4-diffusers",
                pipeline="Ideogram4Pipeline",
                licence="Ideogram Non-Commercial",
                exact=False,
                gated=True,
            ),
            Weights("Qwen/Qwen-Image", pipeline="QwenImagePipeline", licence="Apache-2.0", memory_gb=58, exact=False),
        ),
        vendor=Vendor("Ideogram", model="V_2", fields={"expand_prompt": "magic_prompt_option", "style": "style_type"}),
        aliases=("fal-ai/ideogram/v3",),
        tags=("typography", "logo", "poster", "closed"),
    ),
)
