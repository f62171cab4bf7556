"""LTX Video 13B distilled: a video that passes through given pictures and clips."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Weights, lora_at, media_rule
from gesso.shapes import ImageUrl, PromptedVideoOutput, Seed, VideoUrl
from gesso.tasks import Condition, ImageToVideo, Look, Lora, Media, Safety, Sampling

LTX_DISTILLED = Weights(
    "Lightricks/LTX-Video-0.9.8-13B-distilled",
    pipeline="LTXConditionPipeline",
    licence="LTX-Video Open Weights License",
    memory_gb=38,
)

MAX_FRAMES = 1441


class LoRAWeight(BaseModel):
    """A low-rank adapter to load."""

    path: str = Field(description="URL, hub id or local path of the adapter.")
    weight_name: str | None = Field(None, description="Name of its file, where the place holds several.")
    scale: float = Field(1, description="How strongly it counts.")


class ImageConditioningInput(BaseModel):
    """A picture that the video shall show at a frame."""

    image_url: ImageUrl = Field(description="The picture.")
    start_frame_num: int = Field(
        0, ge=0, multiple_of=8, description="The frame at which it shall be seen: a multiple of eight."
    )
    strength: float = Field(1, ge=0, le=1, description="How strictly it shall be followed.")

    def condition(self, index: int) -> Condition:
        """What it asks for, as the item `index` of `images`."""
        media = Media(self.image_url, ("images", index, "image_url"), media_rule(type(self), "image_url"))
        return Condition(media=media, frame=self.start_frame_num, strength=self.strength)


class VideoConditioningInput(BaseModel):
    """A clip that the video shall follow from a frame on."""

    video_url: VideoUrl = Field(description="The clip.")
    conditioning_type: Literal["rgb", "depth", "pose", "canny"] = Field(
        "rgb",
        description=(
            "What of the clip to follow: its pictures, or its depth, poses or edges. A sketch draws edges and poses as "
            "lines over its scene, and depth as light."
        ),
    )
    preprocess: bool = Field(
        False, description="Find depth, poses or edges in the clip first; off where it shows them already."
    )
    start_frame_num: int = Field(
        0, ge=0, multiple_of=8, description="The frame from which it shall be followed: a multiple of eight."
    )
    strength: float = Field(1, ge=0, le=1, description="How strictly it shall be followed.")
    limit_num_frames: bool = Field(False, description="Use at most `max_num_frames` of its frames.")
    max_num_frames: int = Field(MAX_FRAMES, ge=1, description="How many of its frames to use, where limited.")
    resample_fps: bool = Field(False, description="Bring it to `target_fps` first.")
    target_fps: int = Field(24, ge=1, description="The rate to bring it to, where resampled.")
    reverse_video: bool = Field(False, description="Play it backwards.")

    def condition(self, index: int) -> Condition:
        """What it asks for, as the item `index` of `videos`."""
        media = Media(self.video_url, ("videos", index, "video_url"), media_rule(type(self), "video_url"))
        return Condition(
            media=media,
            frame=self.start_frame_num,
            strength=self.strength,
            kind=self.conditioning_type,
            preprocess=self.preprocess,
            reverse=self.reverse_video,
            max_frames=self.max_num_frames if self.limit_num_frames else None,
            fps=self.target_fps if self.resample_fps else None,
        )


class MulticonditioningInput(Input):
    """Words, pictures and clips with their places in the video, and how to sample it in two passes."""

    prompt: str = Field(description="What the video shall show.")
    negative_prompt: str = Field(
        "worst quality, inconsistent motion, blurry, jittery, distorted", description="What the video shall not show."
    )
    loras: list[LoRAWeight] | None = Field(
        None,
        description=(
            "Adapters to load into the model. A sketch puts the palette and texture of those from the trainers here on "
            "the drawn scene, the pictures and the clips; of others, a look that their bytes decide."
        ),
    )
    resolution: Literal["480p", "720p"] = Field("720p", description="Lines of the shorter side.")
    aspect_ratio: Literal["9:16", "1:1", "16:9", "auto"] = Field(
        "auto", description="Width to height of the video; `auto` takes that of the first picture or clip."
    )
    seed: Seed | None = Field(None, description="The same seed and input give the same video; absent is random.")
    num_frames: int = Field(121, ge=1, le=MAX_FRAMES, description="How many frames to make.")
    first_pass_num_inference_steps: int = Field(
        8, ge=1, description="Denoising steps of the first, small pass; in a sketch, how far things and camera move."
    )
    first_pass_skip_final_steps: int = Field(
        1, ge=0, description="How many of its last steps to leave out, so that it settles the larger forms only."
    )
    second_pass_num_inference_steps: int = Field(
        8, ge=1, description="Denoising steps of the second, full-size pass; in a sketch, how fine its detail is."
    )
    second_pass_skip_initial_steps: int = Field(
        5, ge=0, description="How many of its first steps to leave out, so that it adds details only."
    )
    frame_rate: int = Field(30, ge=1, le=120, description="Frames per second of the video.")
    expand_prompt: bool = Field(
        False,
        description=(
            "Let a language model write the prompt out in more detail first. A sketch then also moves the clouds, the "
            "water and the green that nobody told of."
        ),
    )
    reverse_video: bool = Field(False, description="Play the result backwards.")
    enable_safety_checker: bool = Field(True, description="Check input and result for content unsafe at work.")
    constant_rate_factor: int = Field(
        35,
        ge=0,
        le=63,
        description="How hard to compress given media first (H.264 CRF): the model moves compressed pictures better.",
    )
    images: list[ImageConditioningInput] | None = Field(None, description="Pictures that the video shall show.")
    videos: list[VideoConditioningInput] | None = Field(None, description="Clips that the video shall follow.")
    enable_detail_pass: bool = Field(False, description="Add a pass for fine detail.")
    temporal_adain_factor: float | None = Field(
        None, ge=0, le=1, description="How far to even out colours over time: 1 keeps those of the first frame."
    )
    tone_map_compression_ratio: float | None = Field(
        None, ge=0, le=1, description="How far to compress the range of tones around their mean."
    )

    def task(self) -> ImageToVideo:
        images = [item.condition(index) for index, item in enumerate(self.images or ())]
        videos = [item.condition(index) for index, item in enumerate(self.videos or ())]
        return ImageToVideo(
            prompt=self.prompt,
            conditions=(*images, *videos),
            aspect=None if self.aspect_ratio == "auto" else self.aspect_ratio,
            lines=int(self.resolution.removesuffix("p")),
            seconds=self.num_frames / self.frame_rate,
            frames=self.num_frames,
            fps=self.frame_rate,
            reverse=self.reverse_video,
            seed=self.seed,
            sampling=Sampling(steps=self.first_pass_num_inference_steps, negative_prompt=self.negative_prompt),
            look=Look(loras=self._loras()),
            safety=Safety(check=self.enable_safety_checker),
            expand_prompt=self.expand_prompt,
            options=self._options(),
        )

    def _loras(self) -> tuple[Lora, ...]:
        given = enumerate(self.loras or ())
        return tuple(lora_at(lora.path, ("loras", i, "path"), lora.scale, lora.weight_name) for i, lora in given)

    def _options(self) -> dict[str, Any]:
        return {
            "first_pass_skip_final_steps": self.first_pass_skip_final_steps,
            "second_pass_steps": self.second_pass_num_inference_steps,
            "second_pass_skip_initial_steps": self.second_pass_skip_initial_steps,
            "constant_rate_factor": self.constant_rate_factor,
            "detail_pass": self.enable_detail_pass,
            "temporal_adain_factor": self.temporal_adain_factor,
            "tone_map_compression_ratio": self.tone_map_compression_ratio,
        }


ENDPOINTS = (
    Endpoint(
        id="fal-ai/ltx-video-13b-distilled/multiconditioning",
        title="LTX Video 13B distilled, multiconditioning",
        about=(
            "Makes a video that shows given pictures at given frames and follows given clips. Good for moving between "
            "keyframes of a storyboard; the distilled model needs few steps and its weights are open."
        ),
        category="image-to-video",
        input=MulticonditioningInput,
        output=PromptedVideoOutput,
        example={
            "prompt": "A greenhouse wakes up: leaves unfold, the light turns from blue to gold",
            "resolution": "480p",
            "aspect_ratio": "16:9",
            "images": [
                {"image_url": "https://example.com/media/greenhouse-dawn.jpg", "start_frame_num": 0},
                {"image_url": "https://example.com/media/greenhouse-noon.jpg", "start_frame_num": 120},
            ],
        },
        units=Units(),
        weights=(LTX_DISTILLED,),
        tags=("ltx", "keyframes", "fast", "open weights"),
    ),
)
