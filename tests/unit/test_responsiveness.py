"""The loop's thread asks for short slices; threads and processes that it starts don't."""

import ctypes
import gc
import os
import platform
import struct
import subprocess
import sys
import threading

import pytest

from bot.responsiveness import SLICE, SWITCH_INTERVAL, collection_postponed, resume_collection

_SCHED_GETATTR = {"x86_64": 315, "aarch64": 275}


def slice_of_this_thread() -> int:
    """The slice in nanoseconds that this thread asked for; 0 where it asked for none or the kernel keeps none."""
    room = ctypes.create_string_buffer(56)
    ctypes.CDLL(None).syscall(_SCHED_GETATTR[platform.machine()], 0, room, 56, 0)
    return int(struct.unpack("=IIQiIQQQII", room.raw)[5])


def report() -> None:
    """What the loop's thread, a thread and a child have; run in a process of its own."""
    from bot.responsiveness import favour_the_loop

    favour_the_loop()
    slices = [slice_of_this_thread()]
    other = threading.Thread(target=lambda: slices.append(slice_of_this_thread()))
    other.start()
    other.join()
    print(*slices, sys.getswitchinterval(), os.sched_getscheduler(0))


@pytest.mark.skipif(platform.machine() not in _SCHED_GETATTR or sys.platform != "linux", reason="the setting is Linux's")
def test_only_the_loops_thread_is_in_a_hurry() -> None:
    code = "from tests.unit.test_responsiveness import report; report()"
    loop, thread, interval, policy = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    assert float(interval) == SWITCH_INTERVAL
    assert int(policy) & ~os.SCHED_RESET_ON_FORK == os.SCHED_OTHER
    if int(loop) == 0:
        pytest.skip("this kernel keeps no slices: they came with Linux 6.12")
    assert int(loop) == SLICE
    assert int(thread) != SLICE


def test_the_collector_rests_during_the_start_and_leaves_out_what_the_start_made() -> None:
    frozen = gc.get_freeze_count()
    try:
        with collection_postponed():
            assert not gc.isenabled()
            resume_collection()
            assert gc.isenabled()
            assert gc.get_freeze_count() > frozen
            kept = gc.get_freeze_count()
            resume_collection()
            assert gc.get_freeze_count() == kept
    finally:
        gc.unfreeze()
    with pytest.raises(ValueError, match="wrong"), collection_postponed():
        raise ValueError("wrong")
    assert gc.isenabled()
