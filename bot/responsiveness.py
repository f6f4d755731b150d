"""What keeps the start short and the event loop prompt: the thread's scheduling, and the garbage collector."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import platform
import struct
import sys
from collections.abc import Iterator

SWITCH_INTERVAL = 0.0005
"""Seconds until a thread yields the interpreter (Python's default: 5 ms), so that the event loop waits a tenth as long for threads that
handle pictures."""
SLICE = 100_000
"""Nanoseconds of processor time that this thread asks for at a time, the least there is; Linux gives 3 ms by default. From version 6.12 on,
a thread with short slices runs as soon as it wakes up instead of waiting for the end of somebody else's slice. It gets no more time than
others."""
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_SCHED_ATTR = struct.Struct("=IIQiIQQQII")
"""size, policy, flags, nice, priority, runtime, deadline, period, util_min, util_max: sched_setattr(2)."""
_RESET_ON_FORK = 1
"""Threads and processes started later get the default: only the loop's thread needs short slices."""


def favour_the_loop() -> None:
    """Give the calling thread (the event loop's) short time slices. No effect on systems without this setting."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    number = _SCHED_SETATTR.get(platform.machine()) if sys.platform == "linux" else None
    if number is None:
        return
    with contextlib.suppress(OSError, AttributeError):
        if os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK != os.SCHED_OTHER:
            return  # an operator has chosen something else
        nice = os.getpriority(os.PRIO_PROCESS, 0)
        attributes = _SCHED_ATTR.pack(_SCHED_ATTR.size, os.SCHED_OTHER, _RESET_ON_FORK, nice, 0, SLICE, 0, 0, 0, 0)
        ctypes.CDLL(None).syscall(number, 0, attributes, 0)


@contextlib.contextmanager
def collection_postponed() -> Iterator[None]:
    """Stop the cyclic garbage collector until `resume_collection`: it would walk the modules again and again while they're imported."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def resume_collection() -> None:
    """Collect garbage again, except for what exists now: modules, classes and tables stay for good, and walking them would hold up the
    event loop. No effect if the collector is running."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
