"""Work on another thread: the order stays, errors come out, little is made ahead, and nothing is left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from gesso.engines.sketch.video.relay import Behind, ahead, aside


def counting(made: list[int], most: int) -> Iterator[int]:
    for number in range(most):
        made.append(number)
        yield number
    if most == 7:
        raise ValueError("broken off")


def helpers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("ahead", "aside", "behind"))]


class TestAhead:
    def test_all_come_in_their_order_from_another_thread(self) -> None:
        threads: set[str] = set()

        def named() -> Iterator[int]:
            for number in range(20):
                threads.add(threading.current_thread().name)
                yield number

        assert list(ahead(named())) == list(range(20))
        assert len(threads) == 1
        assert threading.current_thread().name not in threads
        assert helpers() == []

    def test_few_are_made_before_they_are_asked_for(self) -> None:
        made: list[int] = []
        items = ahead(counting(made, 100), 3)
        assert [next(items), next(items)] == [0, 1]
        assert isinstance(items, Iterator)
        del items
        assert len(made) <= 5
        assert helpers() == []

    def test_an_error_comes_after_what_was_before_it(self) -> None:
        items = ahead(counting([], 7))
        assert [next(items) for _ in range(7)] == list(range(7))
        with pytest.raises(ValueError, match="broken off"):
            next(items)
        assert helpers() == []


class TestAside:
    def test_work_is_done_on_another_thread_and_gives_its_result(self) -> None:
        with aside() as other:
            name = other.submit(lambda: threading.current_thread().name)
            wrong = other.submit(int, "no number")
            assert name.result() != threading.current_thread().name
            with pytest.raises(ValueError, match="no number"):
                wrong.result()
        assert helpers() == []

    def test_an_error_of_ones_own_drops_what_is_not_begun(self) -> None:
        begun, hold, done = threading.Event(), threading.Event(), list[int]()

        def first() -> None:
            begun.set()
            hold.wait(10)

        def broken() -> None:
            with aside() as other:
                other.submit(first)
                other.submit(done.append, 2).add_done_callback(lambda _: hold.set())
                begun.wait(10)
                raise ValueError("broken off")

        with pytest.raises(ValueError, match="broken off"):
            broken()
        assert done == []
        assert helpers() == []


class TestBehind:
    def test_all_is_done_in_order(self) -> None:
        done: list[int] = []
        behind = Behind()
        for number in range(50):
            behind.do(done.append, number)
            assert number - len(done) <= 3
        behind.finish()
        assert done == list(range(50))
        assert helpers() == []

    def test_an_error_comes_out_of_a_later_call(self) -> None:
        behind = Behind(1)
        behind.do(int, "no number")
        with pytest.raises(ValueError, match="no number"):
            behind.do(int, "1")
        behind.stop()
        assert helpers() == []

    def test_what_is_not_begun_can_be_left(self) -> None:
        begun, hold, done = threading.Event(), threading.Event(), list[int]()

        def first() -> None:
            begun.set()
            hold.wait(10)
            done.append(1)

        behind = Behind(3)
        behind.do(first)
        behind.do(done.append, 2)
        begun.wait(10)
        hold.set()
        behind.stop()
        assert done[0] == 1
        assert helpers() == []
