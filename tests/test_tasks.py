"""Work orders: their names, and that they cannot change."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from typing import Any

import pytest

from gesso import tasks
from gesso.shapes import Size
from gesso.tasks import EditImage, PictureTask, Sampling, Task, TextToImage, VideoTask

BASES = {Task, PictureTask, VideoTask}

KINDS: list[Any] = [
    member
    for _, member in inspect.getmembers(tasks, inspect.isclass)
    if issubclass(member, Task) and member not in BASES
]

NAMES = {
    "text-to-image",
    "edit-image",
    "inpaint",
    "sharpen",
    "detect",
    "text-to-video",
    "image-to-video",
    "video-to-video",
    "extend-video",
    "reframe",
    "lip-sync",
    "text-to-music",
    "video-to-audio",
    "merge-audio-video",
    "interpolate",
    "upscale-video",
    "images-to-3d",
    "train",
}


def test_there_are_18_tasks_each_with_its_name():
    assert {kind.name for kind in KINDS} == NAMES
    assert len(KINDS) == 18


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_is_frozen_has_slots_and_takes_keywords_only(kind: Any):
    assert kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)
    assert all(field.kw_only for field in dataclasses.fields(kind))


def test_a_task_cannot_be_changed():
    task = TextToImage(prompt="a", size=Size(8, 8))
    with pytest.raises(dataclasses.FrozenInstanceError):
        task.prompt = "b"  # pyright: ignore[reportAttributeAccessIssue]


def test_equal_orders_are_equal_and_survive_the_way_to_another_process():
    task = TextToImage(prompt="a", size=Size(8, 8), sampling=Sampling(steps=4))
    assert task == TextToImage(prompt="a", size=Size(8, 8), sampling=Sampling(steps=4))
    assert pickle.loads(pickle.dumps(task)) == task  # noqa: S301


def test_an_edit_follows_its_instruction_unless_told_otherwise():
    edit = EditImage(images=())
    assert (edit.operation, edit.size, edit.aspect, edit.snap, edit.strength) == ("instruct", None, None, False, None)
