"""Registry of image services: each has its own provider, gate and budget rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field

from bot.domain.attachments import ReferenceLimits
from bot.domain.own_services import is_own
from bot.gate.port import Gate
from bot.gate.settings import GateSettings
from bot.providers.port import Provider
from bot.requests.null_service import NullGate, NullProvider

NOTHING = ReferenceLimits(count=0, mask=False)
DEFAULT = ""
"""Name of the configured service in `Request.service`."""
HALF_PRICE = "half-price"
"""Name of the configured service's Batch API, which takes a day and half the price. No request comes here that wasn't made for it."""


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """Everything about a service except its gate, which is made from its learned values once the ledger is open."""

    name: str
    provider: Provider
    gate_settings: GateSettings
    shown: str = ""
    after: float = 0.0
    equals: Mapping[str, str] | None = None
    references: Mapping[str, ReferenceLimits] = field(default_factory=dict)
    """These four as in `ImageService`."""


@dataclass(slots=True)
class ImageService:
    """One service with one key."""

    name: str
    """As in `Request.service`; also the owner of its rows in the total spending."""
    provider: Provider
    gate: Gate
    shown: str = ""
    """What members read about a picture that it drew; empty for the configured service and its other keys."""
    after: float = 0.0
    """Seconds that the configured service must have been closed before this one takes over."""
    equals: Mapping[str, str] | None = None
    """For a fallback: the configured service's model -> the one that it draws instead. None if it draws every model under its own name."""
    references: Mapping[str, ReferenceLimits] = field(default_factory=dict)
    """The configured service's model -> what its equal accepts beside the prompt; a missing one accepts nothing."""

    unreadable: bool = False
    """It's a community's own, and its key can't be decrypted: nothing is sent."""
    known: bool = True
    """False for a name that this process hasn't heard of yet: nothing is sent, and its tasks are left to the others."""

    def takes(self, model: str, references: int, *, mask: bool) -> bool:
        """Whether it accepts this many attached pictures, which were checked against the configured service's limits."""
        if not references or self.equals is None:
            return True
        limits = self.references.get(model, NOTHING)
        return references <= limits.count and (limits.mask or not mask)

    def model_for(self, model: str) -> str | None:
        """The model to ask for instead of a request's own; None if there is no equal one."""
        return model if self.equals is None else self.equals.get(model)

    @property
    def host(self) -> str:
        """Key of the learned values about the service: its host, because they don't depend on the key."""
        return self.provider.gate_key.partition("#")[0]


class ImageServices:
    """Services by name: the configured one, its fallbacks in order of preference, and communities' own."""

    def __init__(self, services: Sequence[ImageService]) -> None:
        self._by_name = {one.name: one for one in services}
        self._own: Mapping[str, ImageService] = {}
        self._communities: Mapping[str, str] = {}

    def __iter__(self) -> Iterator[ImageService]:
        """All of them, as they are now: communities' own may come and go meanwhile."""
        return iter([*self._by_name.values(), *self._own.values()])

    @property
    def operators(self) -> Sequence[ImageService]:
        """Those that the operator configured."""
        return list(self._by_name.values())

    @property
    def own(self) -> Sequence[ImageService]:
        """Communities' own."""
        return list(self._own.values())

    def to_ask(self, waiting: Mapping[str, Sized]) -> list[ImageService]:
        """Those whose gate is asked for a grant: the operator's, and of communities' own those for which something waits."""
        return [*self._by_name.values(), *(one for name, one in self._own.items() if waiting.get(name))]

    def use_own(self, services: Mapping[str, ImageService], communities: Mapping[str, str]) -> None:
        """Take communities' services by name, and the name of each community's (`platform:community`)."""
        self._own, self._communities = dict(services), dict(communities)

    def own_of(self, community: str) -> str:
        """The name of a community's own service; empty if it has none."""
        return self._communities.get(community, "")

    @property
    def default(self) -> ImageService:
        return self._by_name[DEFAULT]

    @property
    def fallbacks(self) -> Sequence[ImageService]:
        """The others, in order of preference."""
        return [one for name, one in self._by_name.items() if name not in (DEFAULT, HALF_PRICE)]

    @property
    def half_price_key(self) -> str:
        """The gate key of the Batch API: its service and the key that tasks are handed in with; empty if there's none."""
        return self._by_name[HALF_PRICE].provider.gate_key if HALF_PRICE in self._by_name else ""

    def of(self, name: str) -> ImageService:
        """The service of a request; the configured one if the name is no longer configured. Never for a community's own: one that isn't
        known here sends nothing."""
        if is_own(name):
            return self._own.get(name) or null_service(name)
        return self._by_name.get(name, self.default)


def null_service(name: str) -> ImageService:
    """A community's service without its key: it sends nothing, and grants nothing."""
    return ImageService(name, NullProvider(name), NullGate(), known=False)
