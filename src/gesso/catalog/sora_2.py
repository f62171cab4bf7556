"""Sora 2 Pro: video with sound from words. Its vendor has closed it; programs written for it still run here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gesso.catalog.minimax_video import MINIMAX_H3
from gesso.catalog.ovi import OVI
from gesso.endpoint import Endpoint, Input, Units, Vendor
from gesso.shapes import NumericText, Output, VideoFile, size_for_lines
from gesso.tasks import TextToVideo


class SoraInput(Input):
    """Words, a size and a length."""

    secrets = frozenset({"api_key"})

    api_key: str | None = Field(
        None,
        description=(
            "An OpenAI key of your own, so that the vendor bills you. It is never stored, shown or logged; the vendor "
            "takes no more requests."
        ),
    )
    prompt: str = Field(
        description=(
            "What the video shall show, and what is heard in it. Words in quotation marks, or behind a colon, after a "
            "verb of saying are spoken."
        )
    )
    resolution: Literal["720p", "1080p"] = Field("1080p", description="Lines of the shorter side.")
    aspect_ratio: Literal["9:16", "16:9"] = Field("16:9", description="Width to height of the video.")
    duration: Annotated[Literal["4", "8", "12"], NumericText] = Field("4", description="Length in seconds.")

    def task(self) -> TextToVideo:
        return TextToVideo(
            prompt=self.prompt,
            size=size_for_lines(self.aspect_ratio, int(self.resolution.removesuffix("p"))),
            seconds=float(self.duration),
            fps=30,
            audio=True,
        )


class SoraOutput(Output):
    """One video with its measures and a name to refer to it by."""

    video: VideoFile = Field(description="The video that was made.")
    video_id: str = Field("", description="Name of the video, for requests that go on from it.")

    @model_validator(mode="after")
    def _name(self) -> SoraOutput:
        # Engines know nothing of such names; the file's own is unique and stays the same however often it is read.
        if not self.video_id:
            self.video_id = f"video_{self.video.file_name.partition('.')[0]}"
        return self


ENDPOINTS = (
    Endpoint(
        id="fal-ai/sora-2/text-to-video/pro",
        title="Sora 2 Pro text to video",
        about=(
            "Makes four to twelve seconds of video with speech and sound from a description. OpenAI has closed the "
            "model; the endpoint is kept so that programs written for it go on working with a stand-in."
        ),
        category="text-to-video",
        input=SoraInput,
        output=SoraOutput,
        example={
            "prompt": (
                "Two climbers share tea on a ledge at sunrise; the older one laughs and says: we should have brought "
                "more sugar. Wind, a stove hissing"
            ),
            "resolution": "720p",
            "duration": "8",
        },
        # A request that brings its own key is billed by the vendor.
        units=Units(times={"api_key": {"None": 1, "": 1, "*": 0}}),
        weights=(MINIMAX_H3, OVI.as_substitute()),
        vendor=Vendor("OpenAI", model="sora-2-pro", fields={"duration": "seconds"}, shut="2026-09-24"),
        tags=("sora", "sound", "speech"),
    ),
)
