"""Interface for chat platforms: one Plugin per package, discovered by the entry point group `imagine_bot.adapters`.

An adapter translates platform events to calls of `bot.core.Core`, and views to platform messages. It makes no decisions about requests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, runtime_checkable

import typer

from bot.chat.port import ChatPort, ModeratorCheck
from bot.core import Core
from bot.domain.attachments import MAX_BYTES, NotFetched
from bot.domain.requests import Place
from bot.egress import Egress
from bot.pixels.workers import Work, in_a_thread
from bot.ports import Ports, SystemPorts
from bot.supervise import Supervisor
from bot.vault import Vault


class Download(Protocol):
    """Guarded download of a file that a member attached; see `bot.providers.attachment_download`."""

    async def __call__(self, address: str, *, own: str = "", headers: Mapping[str, str] = ..., most: int = MAX_BYTES) -> bytes: ...


Turn = Callable[[str, float], Awaitable[float]]
"""Books the next turn in a named queue whose turns are so many seconds apart; returns the seconds until it comes."""


async def _no_download(address: str, *, own: str = "", headers: Mapping[str, str] = MappingProxyType({}), most: int = MAX_BYTES) -> bytes:
    raise NotFetched("failed")


@dataclass(frozen=True, slots=True)
class Context:
    """Dependencies that adapters are built with."""

    ports: Ports
    """Its `now()` advances evenly whatever happens to the system clock; for times that the adapter stores and compares itself."""
    data_dir: Path
    picture: Callable[[str], Awaitable[bytes]]
    """Returns the bytes of a stored picture by SHA-256; raises LookupError with a clear sentence if it's gone or damaged."""
    work: Work = in_a_thread
    """Fits pictures to the platform, off the event loop and, in the running bot, in the picture worker."""
    demo: bool = False
    """The demo: sandbox provider, personas instead of accounts."""
    supervisor: Supervisor = field(default_factory=lambda: Supervisor(SystemPorts()))
    """Supervises the adapter's connections and tasks, named `platform:part`."""
    wall: Ports = field(default_factory=SystemPorts)
    """Its `now()` is the system clock; for times that the platform stamps, such as a signature's."""
    download: Download = _no_download
    """Downloads an attached file with all guards: https on port 443 and public addresses only, at most `most` bytes. `headers` (a token)
    are sent to the origin of `own` only, which may be any address. Raises NotFetched and NotTaken."""
    egress: Egress = field(default_factory=Egress)
    """Certificates and proxies for outgoing connections; `examine` reads them from its `env` with `bot.egress.read`."""
    turn: Turn | None = None
    """A queue in the ledger, for what a platform allows only so often, whatever process it comes from."""
    vault: Vault | None = None
    """Encrypted values in the ledger, such as tokens that the platform gave the bot; closed without ENCRYPTION_KEYS."""


@runtime_checkable
class ReplacesPictures(Protocol):
    """Optional addition to Adapter for platforms where an edit of a message replaces or removes its pictures at once."""

    replaces_pictures: bool


class Adapter(Protocol):
    """A connected platform."""

    name: str
    chat: ChatPort
    moderators: ModeratorCheck

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        """Run until cancelled. Calls `ready(sentence)` once events can arrive ("Discord: connected as imagine#1234").

        Raises bot.adapter.SetupProblem, with the sentence to show, for what the operator must fix (such as a wrong token). After any other
        exception it is called again, so it must support being served several times in a row.
        """
        ...

    async def acknowledged(self, place: Place) -> bool:
        """After a crash between receive and accept: whether the platform took the acknowledgement, so that the member is waiting for an
        answer.

        False means that the member saw the command fail; the request is dropped and nothing is generated.
        """
        ...

    def operators_place(self) -> Place | None:
        """The place for operators' notices on this platform; None if no channel is set."""
        ...

    def home_moderators_place(self) -> Place | None:
        """The operator's own moderators' channel. Its `community` is the home community, which also gets cases from direct messages."""
        ...


@runtime_checkable
class AttachmentSource(Protocol):
    """Optional addition to Adapter for platforms whose members attach pictures to their messages."""

    async def fetch_attachment(self, handle: Mapping[str, str]) -> bytes:
        """The file behind the handle of an `Attachment`, normally through `Context.download`.

        Called once per picture after the acknowledgement, and again after a crash. Raises NotFetched and NotTaken, which refuse the
        request. After any other exception, such as a lost connection to the platform, the request stays received and is taken up again.
        """
        ...


class SetupProblem(Exception):
    """A problem that the operator must fix. The text is the complete sentence to show, with the setting's name and what to do.

    `may_pass`: a later start may work anyway, for example if another program holds the port for a while.
    """

    def __init__(self, sentence: str, *, may_pass: bool = False) -> None:
        super().__init__(sentence)
        self.may_pass = may_pass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `imagine-bot doctor`."""

    ok: bool
    what: str
    """Subject of the check, such as "Discord token"."""
    sentence: str
    """The result and, if not ok, what to do."""
    busy_port: int | None = None
    """The port held by another process, if that's the problem; next to a running bot it may be the bot's own."""
    reason: str = ""
    """If not ok: why it is so, or how that was seen, unless the sentence says it."""
    fix: str = ""
    """If not ok: the steps, unless the sentence says them."""
    layer: str = ""
    """If not ok: where the cause is, one of `bot.cli.layers.LAYERS`; empty for the platform itself."""
    skipped: bool = False
    """It couldn't be checked because of an earlier finding; the sentence says which."""


@dataclass(frozen=True, slots=True)
class SetupQuestion:
    """One setting that `imagine-bot init` asks for."""

    variable: str
    about: str
    """What to answer and where to find it."""
    secret: bool = False
    """It isn't shown while it's typed, and never taken from the command line."""
    required: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True)
class SetupStep:
    """Questions of `imagine-bot init` that are asked and checked together."""

    questions: Sequence[SetupQuestion]
    before: str = ""
    """What to do first, such as to create the platform's app."""
    after: Callable[[Mapping[str, str]], str] | None = None
    """What to do once the answers are right, from the settings; empty for nothing."""


class Plugin(Protocol):
    """The object behind the entry point. `env` is the environment merged with .env, without surrounding spaces and quotes."""

    name: str
    variables: Mapping[str, str]
    """Variable -> description, for .env.example and docs/settings.md."""
    cli: typer.Typer | None
    """Commands mounted as `imagine-bot <name> ...`."""

    def configured(self, env: Mapping[str, str]) -> bool:
        """Whether enough is set to start this adapter by default."""
        ...

    def problems(self, env: Mapping[str, str]) -> Sequence[str]:
        """Wrong or missing settings, one clear sentence each, with the variable's name but never a secret's value."""
        ...

    def misshapen(self, env: Mapping[str, str]) -> Sequence[str]:
        """A sentence for each token that can't be the platform's, without its value. Only `doctor` calls this.

        Optional.
        """
        ...

    def build(self, env: Mapping[str, str], context: Context) -> Adapter: ...

    async def examine(self, env: Mapping[str, str]) -> Sequence[Finding]:
        """Doctor's checks of this platform, in order and without side effects, up to the first failure."""
        ...

    async def examine_all(self, env: Mapping[str, str]) -> Sequence[Finding]:
        """The same, going on after a failure as far as possible, for `doctor --all`.

        Optional.
        """
        ...

    def setup(self) -> Sequence[SetupStep]:
        """What `imagine-bot init` asks for this platform; `examine` checks the answers after each step.

        Optional: without it, `init` leaves the platform out.
        """
        ...
