"""Runs tests against changes. Everything is imported and collected once; then each change gets a forked process of its own, in which
only the tests that run its line are run, those first that noticed other changes of the function, until one fails.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import CallInfo, runtestprotocol
from _pytest.tmpdir import tmppath_result_key

from tests.mutants.changes import ROOT, Change, text_of
from tests.mutants.probes import Functions, Probes

MOST = 600
"""Tests for one change."""
LONGEST = 180.0
"""Seconds for one change; one whose tests hang counts as noticed."""
QUICK = 0.2
"""Seconds of a test that goes before longer ones: those hang where a change stops everything."""
HANGS, TIMES = 15.0, 10.0
"""Seconds for one test, beside so many times what it takes without a change."""
SURVIVED, UNREACHED, NO_FUNCTION = "survived", "no test runs it", "no living function"
Verdict = Callable[[Change, str], None]


def serve(changes: Sequence[Change], modules: Sequence[str], tests: Sequence[str], jobs: int, verdict: Verdict, memory: Path) -> None:
    """Try the changes and report each: the test that noticed it, or why none did."""
    os.chdir(ROOT)
    server = _Server(changes, Probes(modules), jobs, verdict, memory)
    pytest.main(["-s", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "--no-summary", *tests], plugins=[server])


@dataclass
class _Job:
    read: int
    since: float
    done: Callable[[str], None]
    said: bytes = b""


@dataclass
class _Server:
    changes: Sequence[Change]
    probes: Probes
    jobs: int
    verdict: Verdict
    memory: Path
    """What every test ran, from an earlier run."""
    running: dict[int, _Job] = field(default_factory=dict)
    items: list[pytest.Item] = field(default_factory=list)
    covered: dict[tuple[str, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    seconds: dict[int, float] = field(default_factory=dict)
    noticed: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By function and test."""
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(dir=next(filter(os.path.isdir, ("/dev/shm", "/tmp"))))))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = session.items
        try:
            _quick_ledgers(self.folder)
            self._measure()
            self._try_all()
        finally:  # in memory, and gigabytes with large ledgers
            shutil.rmtree(self.folder, ignore_errors=True)
        return True

    def _try_all(self) -> None:
        functions = Functions(self.probes)
        gc.collect()
        gc.freeze()
        for change in self.changes:
            where = change.key.partition(":")[0]
            covering = {index for probe in self.probes.statement(change.module, change.line) for index in self.covered[probe]}
            if not covering:
                self.verdict(change, UNREACHED)
                continue
            order = self._order(where, covering, self.probes.around(change.module, change.line))
            self._wait_for(self.jobs - 1)
            self._fork(
                lambda change=change, order=order: self._try(functions, change, order),  # type: ignore[misc]
                lambda said, change=change, where=where: self._tried(change, where, said),  # type: ignore[misc]
            )
        self._wait_for(0)

    def _order(self, where: str, covering: set[int], lines: set[tuple[str, int]]) -> list[int]:
        """The quick ones first; of these, those that noticed something of the function, then one of each parametrized test, then who runs
        what few others run of the function."""
        seen: Counter[str] = Counter()
        variant, rare = {}, dict.fromkeys(covering, 0.0)
        for index in sorted(covering):
            name = self.items[index].nodeid.partition("[")[0]
            variant[index] = seen[name]
            seen[name] += 1
        for line in lines:
            for index in covering & self.covered[line]:
                rare[index] += 1 / len(self.covered[line])

        def rank(index: int) -> tuple[float, ...]:
            return -self.noticed[where, index], 0 if rare[index] > 0.5 else variant[index], -rare[index], self.seconds[index]

        return sorted(sorted(covering, key=rank)[:MOST], key=lambda index: self.seconds[index] > QUICK)

    def _measure(self) -> None:
        """What every test runs, and how long it takes; without those that fail unchanged. In this process, so that the others find
        everything imported and every statement compiled. Kept for the next run, which needs only the first test of each file."""
        began, warm = time.monotonic(), set()
        kept: dict[str, Any] = json.loads(self.memory.read_text(encoding="utf-8")) if self.memory.exists() else {}
        product = hashlib.sha256("".join(map(text_of, self.probes.modules.values())).encode()).hexdigest()
        with _silence():
            for index, item in enumerate(self.items):
                key = f"{item.nodeid} {hashlib.sha256(item.path.read_bytes()).hexdigest()} {product}"
                if key not in kept or item.path not in warm:
                    self.probes.hits.clear()
                    since = time.monotonic()
                    passed = not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))
                    kept[key] = [time.monotonic() - since, sorted(self.probes.hits)] if passed else None
                    warm.add(item.path)
                if kept[key] is not None:
                    self.seconds[index], hits = kept[key]
                    for module, line in hits:
                        self.covered[module, line].add(index)
        self.memory.write_text(json.dumps(kept), encoding="utf-8")
        for index in sorted(set(range(len(self.items))) - set(self.seconds)):
            print(f"    fails unchanged, so it notices nothing: {self.items[index].nodeid}")
        print(f"    {len(self.seconds)} of {len(self.items)} tests pass, in {time.monotonic() - began:.0f} s", flush=True)

    def _try(self, functions: Functions, change: Change, order: Sequence[int]) -> str:
        if not functions.change(change.module, change.source):
            return NO_FUNCTION
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        for index in order:
            signal.setitimer(signal.ITIMER_REAL, HANGS + TIMES * self.seconds[index])  # ends this process
            if not self._passes(self.items[index]):
                return str(index)
        return SURVIVED

    def _tried(self, change: Change, where: str, said: str) -> None:
        if said.isdigit():
            self.noticed[where, int(said)] += 1
            said = self.items[int(said)].nodeid
        self.verdict(change, said or "took too long")

    def _passes(self, item: Any) -> bool:
        """Runs a test without a report: writing one costs more than the test. After a failure nothing is torn down."""
        item._initrequest()
        item.stash[tmppath_result_key] = {"call": False}  # its folder stays, as after a failure
        last = {"nextitem": None}
        parts = (item.ihook.pytest_runtest_setup, {}), (item.ihook.pytest_runtest_call, {}), (item.ihook.pytest_runtest_teardown, last)
        for hook, more in parts:
            said = CallInfo.from_call(lambda hook=hook, more=more: hook(item=item, **more), when="call").excinfo  # type: ignore[misc]
            if said is not None:
                return isinstance(said.value, pytest.skip.Exception)
        item.funcargs = None
        return True

    def _fork(self, body: Callable[[], str], done: Callable[[str], None]) -> None:
        read, write = os.pipe()
        if child := os.fork():
            os.close(write)
            self.running[child] = _Job(read, time.monotonic(), done)
            return
        try:
            os.setsid()
            _to_nowhere()
            factory: Any = self.items[0].config._tmp_path_factory  # type: ignore[attr-defined] # two processes must not share a folder
            factory._basetemp = Path(tempfile.mkdtemp(dir=self.folder))
            with _databases_of_its_own(), os.fdopen(write, "w") as pipe:
                pipe.write(body())
        finally:
            os._exit(0)

    def _wait_for(self, most: int) -> None:
        """Until no more than so many processes run."""
        while len(self.running) > most:
            ready, _, _ = select.select([job.read for job in self.running.values()], [], [], 1.0)
            for child, job in list(self.running.items()):
                said = os.read(job.read, 1 << 16) if job.read in ready else None
                job.said += said or b""
                late = time.monotonic() - job.since > LONGEST
                if late:
                    os.killpg(child, signal.SIGKILL)
                if late or said == b"":
                    os.waitpid(child, 0)
                    os.close(job.read)
                    del self.running[child]
                    job.done("" if late else job.said.decode())


def _to_nowhere() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)


@contextmanager
def _silence() -> Iterator[None]:
    kept = [os.dup(stream) for stream in (0, 1, 2)]
    _to_nowhere()
    try:
        yield
    finally:
        for stream, copy in enumerate(kept):
            os.dup2(copy, stream)
            os.close(copy)


@contextmanager
def _databases_of_its_own() -> Iterator[None]:
    """For tests on PostgreSQL: what one process leaves half-done in a database is nothing to the next one."""
    from tests.postgres import cluster

    with cluster.of_its_own():
        yield


def _quick_ledgers(folder: Path) -> None:
    """A fresh ledger is a copy of one that was made before: a third of the time of a test."""
    from bot.ledger import migrate

    real, template = migrate.upgrade, folder / "template.db"

    def upgrade(path: Path, now: float) -> Path | None:
        if path.exists():
            return real(path, now)
        if not template.exists():
            real(template, now)
        shutil.copyfile(template, path)
        return None

    migrate.upgrade = upgrade
