"""Orders arrive as they were given."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from gesso import catalog
from gesso.endpoint import Limits, all_endpoints
from gesso.engines.engine import EngineOptions
from gesso.runners.orders import dump, load
from gesso.runners.work import Work
from gesso.tasks import Task

catalog.load()


@pytest.mark.parametrize("endpoint", all_endpoints(), ids=lambda endpoint: endpoint.id)
def test_the_task_of_every_example(endpoint) -> None:
    task: Task = endpoint.parse(endpoint.example, Limits()).task()
    work = Work(job="1", endpoint=endpoint.id, engine="e", task=task, tmp="/tmp/x", options=EngineOptions(1, 0.5))
    assert load(dump((7, work))) == (7, work)
    assert type(load(dump(work)).task) is type(task)


@pytest.mark.parametrize("order", [None, (1, None), {"a": [1.5, "ü", b"b", Path("c")]}])
def test_plain_values(order: object) -> None:
    assert load(dump(order)) == order


def test_what_cannot_be_sent_says_so() -> None:
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        dump(lambda: None)
