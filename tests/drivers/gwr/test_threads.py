"""Threads that rows are dealt out to."""

from __future__ import annotations

import gc
import pickle
import threading

import pytest

from spatialccd.drivers.gwr._threads import Threads


def _named() -> set[threading.Thread]:
    return {t for t in threading.enumerate() if "_serve" in t.name}


def test_each_share_is_done_once_whatever_the_number_of_threads() -> None:
    for n_jobs in (1, 2, 7):
        done: list[tuple[int, int]] = []
        shares = [(i, i + 1) for i in range(50)]
        Threads(n_jobs).deal(lambda a, b, done=done: done.append((a, b)), shares)
        assert sorted(done) == shares


def test_several_threads_work_at_the_same_time() -> None:
    meet = threading.Barrier(3, timeout=10)
    Threads(3).deal(lambda _: meet.wait(), [(0,), (1,), (2,)])


def test_the_fault_of_any_thread_reaches_who_dealt() -> None:
    threads = Threads(2)
    meet = threading.Barrier(2, timeout=10)

    def fail(share: int) -> None:
        meet.wait()  # one share each
        if threading.current_thread() is not threading.main_thread():
            raise ValueError(f"share {share}")

    with pytest.raises(ValueError, match="share"):
        threads.deal(fail, [(0,), (1,)])
    done: list[int] = []
    threads.deal(done.append, [(3,), (4,)])  # they still serve
    assert sorted(done) == [3, 4]


def test_threads_end_with_their_owner_and_stay_behind_on_a_journey() -> None:
    before = _named()
    threads = Threads(4)
    threads.deal(lambda _: None, [(i,) for i in range(8)])
    helpers = _named() - before
    assert len(helpers) == 3
    assert pickle.loads(pickle.dumps(threads)).count == 4
    del threads
    gc.collect()
    for helper in helpers:
        helper.join(timeout=10)
        assert not helper.is_alive()
