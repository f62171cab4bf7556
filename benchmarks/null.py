"""A no-op endpoint and the engine behind it: what is left of a request is Gesso's own part of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from gesso.endpoint import Endpoint, Input, register
from gesso.engines.engine import Context, Engine, Result
from gesso.shapes import Output
from gesso.tasks import Task

ID = "bench/null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing(Task):
    """Ask for nothing."""

    name: ClassVar[str] = "nothing"
    prompt: str
    seed: int | None = None


class NothingInput(Input):
    """The fields of `null_models.NullFields`, as an endpoint's input."""

    prompt: str = Field(min_length=1, description="Comes back as it is.")
    image_size: Literal["square", "portrait_4_3", "landscape_4_3"] = Field("square", description="Not used.")
    num_images: int = Field(1, ge=1, le=4, description="Not used.")
    seed: int | None = Field(None, ge=0, description="Comes back as it is.")
    sync_mode: bool = Field(False, description="Not used.")

    def task(self) -> Nothing:
        return Nothing(prompt=self.prompt, seed=self.seed)


class NothingOutput(Output):
    """What came back, and when the engine began."""

    prompt: str
    seed: int
    began: float | None = None
    """CLOCK_MONOTONIC, which all processes of a machine share."""


ENDPOINT = Endpoint(
    id=ID,
    title="Nothing",
    about="Does nothing, to measure everything around it.",
    category="text-to-image",
    input=NothingInput,
    output=NothingOutput,
    example={"prompt": "nothing"},
)


class NullEngine:
    """Returns at once."""

    name = "null"

    def missing(self, task: type[Task]) -> str | None:
        return None

    def run(self, task: Task, context: Context) -> Result:
        return Result(files={}, values={"began": time.monotonic()})


def engines() -> list[Engine]:
    """The registry that child processes load."""
    return [NullEngine()]


def register_null() -> None:
    """Make the endpoint findable in this process."""
    register([ENDPOINT])
