"""The input and output of the no-op endpoint: the same two models for Gesso and for FastAPI."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

BODY = {"prompt": "a lighthouse at dusk, two gulls", "image_size": "landscape_4_3", "num_images": 1, "seed": 7}
"""What every benchmark sends: a short prompt and a few parameters, as most requests are."""


class NullFields(BaseModel):
    """Fields like those of a picture endpoint."""

    prompt: str = Field(min_length=1)
    image_size: Literal["square", "portrait_4_3", "landscape_4_3"] = "square"
    num_images: int = Field(1, ge=1, le=4)
    seed: int | None = Field(None, ge=0)
    sync_mode: bool = False


class NullInput(NullFields):
    """The input, for FastAPI."""


class NullOutput(BaseModel):
    """The output, for FastAPI."""

    prompt: str
    seed: int
