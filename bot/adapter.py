"""What a chat platform plugs in: one Plugin per package, found by the entry point group `imagine_bot.adapters`.

An adapter translates platform events into calls of `bot.core.Core` and views into platform messages. It decides nothing about requests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import typer

from bot.chat.port import ChatPort, ModeratorCheck
from bot.core import Core
from bot.domain.requests import Place
from bot.egress import Egress
from bot.pixels.workers import Work, in_a_thread
from bot.ports import Ports, SystemPorts
from bot.supervise import Supervisor


@dataclass(frozen=True, slots=True)
class Context:
    """What an adapter is given when it is built."""

    ports: Ports
    """Its `now()` runs evenly, whatever is done to the wall clock: for what the adapter keeps and compares by itself."""
    data_dir: Path
    picture: Callable[[str], Awaitable[bytes]]
    """Bytes of a stored picture by sha256; raises LookupError with a clear sentence when it is gone or damaged."""
    work: Work = in_a_thread
    """Where pictures are fitted to the platform: off the event loop, and in the running bot in the picture worker."""
    demo: bool = False
    """The embedded demo: sandbox provider, personas instead of accounts."""
    supervisor: Supervisor = field(default_factory=lambda: Supervisor(SystemPorts()))
    """Watches the adapter's own connections and tasks; its watches are named `platform:part`."""
    wall: Ports = field(default_factory=SystemPorts)
    """Its `now()` is the machine's clock: for times that the platform stamps, such as a signature's."""
    egress: Egress = field(default_factory=Egress)
    """Certificates and proxies for its outgoing connections; `examine` reads them from its `env` with `bot.egress.read`."""


class Adapter(Protocol):
    """One connected platform."""

    name: str
    chat: ChatPort
    moderators: ModeratorCheck

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        """Run until cancelled. Calls `ready(sentence)` once when events can come ("Discord: connected as imagine#1234").

        Raises bot.adapter.SetupProblem for what the operator must mend (a wrong token), with the sentence to show. After any other
        exception it is called again, so it must be possible to serve the same adapter several times, one after the other.
        """
        ...

    async def acknowledged(self, place: Place) -> bool:
        """After a crash between receive and accept: whether the platform took our acknowledgement, so that the member waits for an answer.

        False means that the member saw the command fail: the request is dropped, nothing is generated.
        """
        ...

    def operators_place(self) -> Place | None:
        """Where operators' notices go on this platform; None when no channel is set."""
        ...

    def home_moderators_place(self) -> Place | None:
        """The operator's own moderators' channel (its `community` is the home community, which also takes cases of direct messages)."""
        ...


class SetupProblem(Exception):
    """Something that the operator must mend; the text is the whole sentence to show, with the setting's name and what to do.

    `may_pass`: starting again later may help all the same, as with a port that somebody else holds for a while.
    """

    def __init__(self, sentence: str, *, may_pass: bool = False) -> None:
        super().__init__(sentence)
        self.may_pass = may_pass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `imagine-bot doctor`."""

    ok: bool
    what: str
    """What was looked at, as "Discord token"."""
    sentence: str
    """What was found and, when not ok, what to do."""
    busy_port: int | None = None
    """The port that another process holds, where that is what is wrong: beside a running bot it may be the bot's own."""


class Plugin(Protocol):
    """The entry point's object. `env` is the merged environment and .env, values already stripped of spaces and quotes."""

    name: str
    variables: Mapping[str, str]
    """Every variable this adapter reads -> one sentence for .env.example and the settings page."""
    cli: typer.Typer | None
    """Commands mounted as `imagine-bot <name> ...`."""

    def configured(self, env: Mapping[str, str]) -> bool:
        """Whether enough is set to start it by default."""
        ...

    def problems(self, env: Mapping[str, str]) -> Sequence[str]:
        """Wrong or missing settings, one clear sentence each with the variable's name and never the value of a secret."""
        ...

    def misshapen(self, env: Mapping[str, str]) -> Sequence[str]:
        """Tokens that cannot be the platform's, a sentence each without their values; only `doctor` asks, the platform tells the rest.

        An adapter without such a check may leave this out.
        """
        ...

    def build(self, env: Mapping[str, str], context: Context) -> Adapter: ...

    async def examine(self, env: Mapping[str, str]) -> Sequence[Finding]:
        """Doctor's checks of this platform without side effects, in order, stopping at the first that fails."""
        ...
