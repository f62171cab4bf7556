"""Wan trainer: a LoRA for the Wan 2.1 video models from one's own pictures and clips."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from gesso.endpoint import Endpoint, Input, Units, Weights
from gesso.shapes import ArchiveUrl, File, Output
from gesso.tasks import Train

WAN_T2V_SMALL = Weights("Wan-AI/Wan2.1-T2V-1.3B-Diffusers", pipeline="WanPipeline", licence="Apache-2.0", memory_gb=15)
WAN_T2V = Weights("Wan-AI/Wan2.1-T2V-14B-Diffusers", pipeline="WanPipeline", licence="Apache-2.0", memory_gb=40)
WAN_I2V = Weights(
    "Wan-AI/Wan2.1-I2V-14B-720P-Diffusers", pipeline="WanImageToVideoPipeline", licence="Apache-2.0", memory_gb=46
)


class TrainerInput(Input):
    """An archive of examples and how long to learn from them."""

    base: ClassVar[str]
    """What is trained on, in the words of `tasks.Train`."""

    training_data_url: ArchiveUrl = Field(
        description=(
            "A zip archive of pictures or clips in one style: ten or more are advised, two are needed, a thousand are "
            "the most. A text file with the same name as a picture or clip is its caption. A sketch trains a small "
            "network of Wan's build that it has inside, not Wan itself, and measures the set's palette and texture: "
            "sketches that use the LoRA follow them."
        )
    )
    number_of_steps: int = Field(400, ge=1, description="How many steps to train.")
    learning_rate: float = Field(
        2e-4, gt=0, description="Size of each step. Higher learns faster, and sooner learns the examples by heart."
    )
    trigger_phrase: str = Field(
        "", description="Words that will call up what was learned; they are put before every caption."
    )
    auto_scale_input: bool = Field(
        False,
        description=(
            "Bring every clip to 81 frames at 16 frames per second; a shorter one goes back and forth until they are "
            "full. Without it a sketch takes a clip's first 81 frames at that rate, or as many as it has."
        ),
    )

    def task(self) -> Train:
        return Train(
            data=self.media("training_data_url"),
            base=self.base,
            steps=self.number_of_steps,
            learning_rate=self.learning_rate,
            trigger=self.trigger_phrase,
            auto_scale=self.auto_scale_input,
        )


class SmallTrainerInput(TrainerInput):
    """For the text to video model of 1.3 billion parameters."""

    base = "wan-t2v-1.3b"


class TextTrainerInput(TrainerInput):
    """For the text to video model of 14 billion parameters."""

    base = "wan-t2v-14b"


class ImageTrainerInput(TrainerInput):
    """For the image to video model at 720p."""

    base = "wan-i2v-14b"


class TrainerOutput(Output):
    """What was learned and how."""

    lora_file: File = Field(description="The trained LoRA as safetensors.")
    config_file: File = Field(description="What it was trained on and with which settings, as JSON.")


ENDPOINTS = (
    Endpoint(
        id="fal-ai/wan-trainer/i2v-720p",
        title="Wan 2.1 trainer, image to video 14B 720p",
        about=(
            "Trains a LoRA for the Wan 2.1 model that sets pictures in motion at 720p. Good for teaching it a camera "
            "move, an effect or a way of moving."
        ),
        category="training",
        input=ImageTrainerInput,
        output=TrainerOutput,
        example={
            "training_data_url": "https://example.com/media/crash-zooms.zip",
            "number_of_steps": 400,
            "trigger_phrase": "crshzm camera",
            "auto_scale_input": True,
        },
        units=Units(),
        weights=(WAN_I2V,),
        tags=("wan", "lora", "open weights"),
    ),
    Endpoint(
        id="fal-ai/wan-trainer/t2v",
        title="Wan 2.1 trainer, text to video 1.3B",
        about=(
            "Trains a LoRA for the smallest Wan 2.1 video model. Quick and cheap: good for finding out whether a set "
            "of examples teaches what it should."
        ),
        category="training",
        input=SmallTrainerInput,
        output=TrainerOutput,
        example={
            "training_data_url": "https://example.com/media/felt-puppets.zip",
            "number_of_steps": 300,
            "trigger_phrase": "fltpppt style",
        },
        units=Units(),
        weights=(WAN_T2V_SMALL,),
        tags=("wan", "lora", "open weights", "fast"),
    ),
    Endpoint(
        id="fal-ai/wan-trainer/t2v-14b",
        title="Wan 2.1 trainer, text to video 14B",
        about=(
            "Trains a LoRA for the large Wan 2.1 video model. Good for a character, a subject or a style that shall "
            "hold through whole videos."
        ),
        category="training",
        input=TextTrainerInput,
        output=TrainerOutput,
        example={
            "training_data_url": "https://example.com/media/ink-animation.zip",
            "number_of_steps": 600,
            "learning_rate": 0.0001,
            "trigger_phrase": "nkwsh ink animation",
        },
        units=Units(),
        weights=(WAN_T2V,),
        tags=("wan", "lora", "open weights"),
    ),
)
