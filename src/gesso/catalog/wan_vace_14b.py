"""Wan VACE 14B: one open model that redraws, fills, widens or recuts a video."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import ImageUrl, PromptedVideoOutput, Seed, VideoUrl
from gesso.tasks import Safety, Sampling, VideoToVideo

WAN_VACE = Weights("Wan-AI/Wan2.1-VACE-14B-diffusers", pipeline="WanVACEPipeline", licence="Apache-2.0", memory_gb=47)

NEGATIVE_PROMPT = (
    "letterboxing, borders, black bars, bright colors, overexposed, static, blurred details, subtitles, style, "
    "artwork, painting, picture, still, overall gray, worst quality, low quality, JPEG compression residue, ugly, "
    "incomplete, extra fingers, poorly drawn hands, poorly drawn faces, deformed, disfigured, malformed limbs, fused "
    "fingers, still picture, cluttered background, three legs, many people in the background, walking backwards"
)

NO_EFFECT = "Accepted because today's clients send it; nothing depends on it yet."


class VaceInput(Input):
    """Words, a source video or references, and which of the five operations to do."""

    prompt: str = Field(description="What the video shall show.")
    negative_prompt: str = Field(
        NEGATIVE_PROMPT,
        description="What the video shall not show; a sketch leaves such things out of the world it draws.",
    )
    match_input_num_frames: bool = Field(
        False, description="Make as many frames as the source video has, each shown once, whatever `num_frames` says."
    )
    num_frames: int = Field(
        81, ge=81, le=241, description="How many frames to make; a sketch plays a shorter source back and forth."
    )
    match_input_frames_per_second: bool = Field(
        False, description="Play at the source video's rate, whatever `frames_per_second` says."
    )
    frames_per_second: int = Field(16, ge=5, le=30, description="Frames per second of the result.")
    # A field named `task` would take the place of the method.
    operation: Literal["depth", "pose", "inpainting", "outpainting", "reframe"] = Field(
        "depth",
        alias="task",
        description=(
            "What to do: keep the source's `depth` or its `pose` and draw the rest anew, fill the masked part "
            "(`inpainting`), add what lies outside the frame (`outpainting`), or show it in another aspect (`reframe`)."
        ),
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same video; absent is random.")
    resolution: Literal["480p", "580p", "720p"] = Field("720p", description="Lines of the shorter side.")
    aspect_ratio: Literal["auto", "16:9", "1:1", "9:16"] = Field(
        "auto", description="Width to height of the video; `auto` takes the source's."
    )
    num_inference_steps: int = Field(
        30, ge=1, description="Denoising steps: more are slower and finer; a sketch paints more frames in full."
    )
    guidance_scale: float = Field(
        5, ge=0, description="How closely to follow the prompt; in a sketch, how far its colours and edits go."
    )
    video_url: VideoUrl | None = Field(None, description="The source video.")
    mask_video_url: VideoUrl | None = Field(
        None, description="A video that is white where the source shall be made new and black where it stays."
    )
    mask_image_url: ImageUrl | None = Field(
        None,
        description="Marks the part to make new in one picture; it is followed from there. Beats the mask video.",
    )
    ref_image_urls: list[ImageUrl] | None = Field(
        None,
        description=(
            "Pictures of subjects or looks that the video shall take up: a sketch lays their palette and texture over "
            "the source video, and with `inpainting` the first one in the masked place. Without a source video it "
            "leaves them out."
        ),
    )
    enable_safety_checker: bool = Field(False, description="Check input and result for content unsafe at work.")
    enable_prompt_expansion: bool = Field(
        False,
        description="Let the prompt be written out in more detail first; a sketch reads it as it is and says so.",
    )
    preprocess: bool = Field(
        False, description="Find depth or pose in the source video first; off where it shows depth or pose already."
    )
    acceleration: Literal["none", "regular"] | None = Field(
        None,
        description="How much fidelity may be traded for speed; with `regular` a sketch paints fewer frames in full.",
    )
    auto_downsample_min_fps: float | None = Field(None, gt=0, description=NO_EFFECT)
    enable_auto_downsample: bool = Field(False, description=NO_EFFECT)
    first_frame_url: ImageUrl | None = Field(None, description="The picture that the video shall start with.")
    interpolator_model: Literal["rife", "film"] | None = Field(None, description=NO_EFFECT)
    last_frame_url: ImageUrl | None = Field(None, description=NO_EFFECT)
    num_interpolated_frames: int | None = Field(None, ge=0, description=NO_EFFECT)
    return_frames_zip: bool = Field(False, description=NO_EFFECT)
    sampler: Literal["euler", "unipc", "dpm++"] | None = Field(
        None, description="Solver of the denoising steps, for engines that run the model."
    )
    shift: float | None = Field(
        None, description="How far the noise schedule is shifted, for engines that run the model."
    )
    sync_mode: bool = Field(False, description="Answer with the video itself as a data URI, not with an URL.")
    temporal_downsample_factor: int | None = Field(None, ge=0, description=NO_EFFECT)
    transparency_mode: Literal["content_aware", "white", "black"] | None = Field(None, description=NO_EFFECT)
    video_quality: Literal["low", "medium", "high", "maximum"] | None = Field(None, description=NO_EFFECT)
    video_write_mode: Literal["fast", "balanced", "small"] | None = Field(None, description=NO_EFFECT)

    def task(self) -> VideoToVideo:
        return VideoToVideo(
            prompt=self.prompt,
            video=self.optional_media("video_url"),
            operation=self.operation,
            first_frame=self.optional_media("first_frame_url"),
            references=self.media_list("ref_image_urls"),
            mask_video=self.optional_media("mask_video_url"),
            mask_image=self.optional_media("mask_image_url"),
            lines=int(self.resolution.removesuffix("p")),
            aspect=None if self.aspect_ratio == "auto" else self.aspect_ratio,
            frames=self.num_frames,
            fps=self.frames_per_second,
            match_frames=self.match_input_num_frames,
            match_fps=self.match_input_frames_per_second,
            preprocess=self.preprocess,
            seed=self.seed,
            sampling=self._sampling(),
            safety=Safety(check=self.enable_safety_checker),
            expand_prompt=self.enable_prompt_expansion,
            options={"shift": self.shift} if self.shift is not None else None,
        )

    def _sampling(self) -> Sampling:
        return Sampling(
            steps=self.num_inference_steps,
            guidance=self.guidance_scale,
            acceleration=self.acceleration or "none",
            negative_prompt=self.negative_prompt,
            scheduler=self.sampler,
        )


ENDPOINTS = (
    Endpoint(
        id="fal-ai/wan-vace-14b",
        title="Wan 2.1 VACE 14B",
        about=(
            "Edits video in five ways with one open model: anew on the old depth or pose, filling a masked part, "
            "widening the frame, or changing its aspect. Pictures of a subject keep it the same throughout."
        ),
        category="video-to-video",
        input=VaceInput,
        output=PromptedVideoOutput,
        example={
            "prompt": "A stop-motion fox of felted wool walks across a snowy clearing",
            "video_url": "https://example.com/media/fox-walk.mp4",
            "task": "depth",
            "preprocess": True,
            "resolution": "480p",
        },
        units=Units(),
        weights=(WAN_VACE,),
        tags=("wan", "inpainting", "outpainting", "open weights"),
    ),
)
