"""Moondream 3: where in a picture something is."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Vendor, Weights
from gesso.shapes import Image, MediaRule, Output
from gesso.tasks import Detect


class DetectInput(Input):
    """A picture and what to look for in it."""

    image_url: Annotated[str, MediaRule("image", max_side=7000)] = Field(
        description="The picture to search, at most 7000 pixels per side."
    )
    prompt: str = Field(
        description="What to look for, in a word or a short phrase. "
        "The sketch engine knows eighty everyday things, faces, text and plain shapes."
    )
    preview: bool = Field(False, description="Also give the picture with the boxes drawn on it.")

    def task(self) -> Detect:
        return Detect(image=self.media("image_url"), prompt=self.prompt, preview=self.preview)


class UsageInfo(BaseModel):
    """What the answer took."""

    input_tokens: int = Field(description="Tokens of the picture and the phrase; the sketch engine counts words.")
    output_tokens: int = Field(description="Tokens of the answer; the sketch engine counts boxes.")
    prefill_time_ms: float = Field(description="Milliseconds until picture and phrase were read.")
    decode_time_ms: float = Field(description="Milliseconds of writing the answer.")
    ttft_ms: float = Field(description="Milliseconds until the first token of the answer.")


class Object(BaseModel):
    """A box around one find, as fractions of the picture's width and height."""

    x_min: float = Field(description="Left edge, 0 to 1.")
    y_min: float = Field(description="Upper edge, 0 to 1.")
    x_max: float = Field(description="Right edge, 0 to 1.")
    y_max: float = Field(description="Lower edge, 0 to 1.")


class DetectOutput(Output):
    """Boxes, and the picture with them on request."""

    finish_reason: str = Field(description="Why the answer ended; `stop` where it is complete.")
    usage_info: UsageInfo = Field(description="What the answer took.")
    objects: list[Object] = Field(description="A box for each find; none where nothing was found.")
    image: Image | None = Field(None, description="The picture with the boxes drawn on it, where `preview` asked.")


ENDPOINTS = (
    Endpoint(
        id="fal-ai/moondream3-preview/detect",
        title="Moondream 3 detect",
        about=(
            "Finds everything in a picture that a phrase names and gives a box for each. The phrase is free, so it "
            "serves for counting, cropping and blurring what no fixed list of classes knows."
        ),
        category="vision",
        input=DetectInput,
        output=DetectOutput,
        example={
            "image_url": "https://example.com/crossing.jpg",
            "prompt": "bicycle",
            "preview": True,
        },
        weights=(
            Weights("moondream/moondream3-preview", pipeline="moondream", licence="BSL 1.1", memory_gb=19),
            Weights(
                "IDEA-Research/grounding-dino-base",
                pipeline="GroundingDinoForObjectDetection",
                licence="Apache-2.0",
                memory_gb=2,
                exact=False,
            ),
        ),
        vendor=Vendor("Moondream", model="detect", fields={"prompt": "object"}),
        tags=("detection", "boxes", "open weights"),
    ),
)
