"""ByteDance: SeedEdit, which edits a picture by instruction, and OmniHuman, which makes a portrait speak."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import File, ImageUrl, MediaRule, Output, Seed, SeededImageOutput
from gesso.tasks import EditImage, LipSync, Sampling


class SeedEditInput(Input):
    """An instruction and the picture it is about."""

    prompt: str = Field(description="What to change, as an instruction; several may follow each other.")
    image_url: ImageUrl = Field(description="The picture to edit.")
    guidance_scale: float = Field(
        0.5, description="How firmly to follow the instruction: near 0 timidly, near 1 at the picture's expense."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same picture; absent is random.")

    def task(self) -> EditImage:
        # The page's scale of 0 to 1 becomes the model's own of 1 to 10, the one that other editors know too.
        return EditImage(
            prompt=self.prompt,
            images=(self.media("image_url"),),
            seed=self.seed,
            sampling=Sampling(guidance=1 + 9 * self.guidance_scale),
        )


class OmniHumanInput(Input):
    """A portrait and what it shall say or sing."""

    image_url: ImageUrl = Field(
        description=(
            "A picture of the person who shall speak. A sketch moves lips, jaw, eyelids and head of the largest face "
            "and leaves the body; pictures longer than 1280 pixels a side are made that size."
        )
    )
    audio_url: Annotated[str, MediaRule("audio", max_seconds=30)] = Field(
        description="The speech or song, shorter than 30 seconds. The video is as long."
    )

    def task(self) -> LipSync:
        return LipSync(image=self.media("image_url"), audio=self.media("audio_url"))


class OmniHumanOutput(Output):
    """The talking portrait and its length."""

    video: File = Field(description="The video that was made.")
    duration: float = Field(description="Length of the sound and so of the video, in seconds; it is what is billed.")


ENDPOINTS = (
    Endpoint(
        id="fal-ai/bytedance/seededit/v3/edit-image",
        title="SeedEdit 3.0",
        about=(
            "Changes a picture as an instruction says and leaves alone what the instruction does not name. "
            "Strong at swapping backgrounds, clothes and materials while a face or product stays itself."
        ),
        category="image-to-image",
        input=SeedEditInput,
        output=SeededImageOutput,
        example={
            "prompt": "Turn the meadow into a snowy field and give the dog a red scarf",
            "image_url": "https://example.com/dog-in-meadow.jpg",
        },
        weights=(
            Weights(
                "black-forest-labs/FLUX.1-Kontext-dev",
                pipeline="FluxKontextPipeline",
                licence="FLUX.1 [dev] Non-Commercial",
                memory_gb=34,
                exact=False,
                gated=True,
            ),
        ),
        vendor=Vendor("BytePlus", model="seededit-3-0-i2i-250628", fields={"image_url": "image"}),
        tags=("edit", "instruction", "closed"),
    ),
    Endpoint(
        id="fal-ai/bytedance/omnihuman",
        title="OmniHuman",
        about=(
            "Brings a portrait to life: face, head and body move to a given recording. One still picture is enough, "
            "a photograph as well as a drawing."
        ),
        category="image-to-video",
        input=OmniHumanInput,
        output=OmniHumanOutput,
        example={
            "image_url": "https://example.com/portrait.jpg",
            "audio_url": "https://example.com/greeting.mp3",
        },
        units=Units(unit="second", measured="duration"),
        weights=(
            Weights("Wan-AI/Wan2.2-S2V-14B", pipeline="Wan2.2 S2V", licence="Apache-2.0", memory_gb=80, exact=False),
        ),
        tags=("talking head", "lip sync", "closed"),
    ),
)
