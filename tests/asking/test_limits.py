"""Code that does not come back is stopped, by a timer or by looking at the clock; the last way needs Python 3.12."""

import sys
import threading

import pytest

from autograde.asking import limits
from autograde.asking.limits import TooLong, time_limit

WAYS = [limits._by_timer, limits._by_tracing, *([limits._by_looking] if hasattr(sys, "monitoring") else [])]


def forever():
    while True:
        pass


def again_and_again():
    while True:
        try:
            forever()
        except Exception:
            continue


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("loop", [forever, again_and_again, lambda: [x for x in iter(int, 1)]])
def test_an_endless_loop_is_stopped(way, loop):
    with pytest.raises(TooLong), way(0.05):
        loop()


@pytest.mark.parametrize("way", WAYS)
def test_what_comes_back_in_time_is_left_alone(way):
    with way(20):
        assert sum(range(1000)) == 499500
    assert sum(range(1000)) == 499500


def test_in_a_thread_too():
    caught = []

    def run():
        try:
            with time_limit(0.05):
                forever()
        except TooLong as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert caught and not thread.is_alive()
