"""Fault localisation: the layer that doctor names at the end. A pure table over the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.adapter import Finding
from bot.domain.failure import Failure
from bot.domain.kinds import Group, Kind
from bot.texts import text

SERVICE, KEY, MODEL, NETWORK, MACHINE, CONFIGURATION, PLATFORM = LAYERS = (
    "service",
    "key",
    "model",
    "network",
    "machine",
    "configuration",
    "platform",
)

_K = Kind
_KINDS: dict[Kind, str] = {
    **dict.fromkeys((_K.INVALID_MODEL, _K.MODEL_ACCESS_DENIED), MODEL),
    **dict.fromkeys((_K.NETWORK_TLS, _K.NETWORK_PROXY, _K.NETWORK_DNS, _K.NETWORK_CONNECT, _K.NETWORK_RESET), NETWORK),
    **dict.fromkeys((_K.AUTH_MISSING_KEY, _K.AUTH_INVALID_KEY, _K.AUTH_PERMISSION, _K.ORG_VERIFICATION_REQUIRED), KEY),
    **dict.fromkeys((_K.QUOTA_EXHAUSTED, _K.BILLING_LIMIT, _K.RATE_LIMITED, _K.SAFETY_ACCOUNT_FLAGGED), KEY),
    _K.REGION_BLOCKED: NETWORK,
    **dict.fromkeys((_K.ENDPOINT_NOT_FOUND, _K.BAD_REQUEST_OTHER), CONFIGURATION),
}


@dataclass(frozen=True, slots=True)
class LayerRow:
    layer: str
    question: str
    verdict: str
    """`yes`, `also`, `maybe`, `no` or `not_checked`."""
    seen: str


def layer_of(failure: Failure) -> str:
    """The layer in which this failure's cause is."""
    if failure.facts.get("guard"):
        return NETWORK
    return _KINDS.get(failure.kind, MODEL if failure.group is Group.PARAMETERS else SERVICE)


def table(findings: Sequence[Finding], seen: Mapping[str, Sequence[str]], incident: str = "") -> list[LayerRow]:
    """One row per layer. `seen` is the evidence for each layer; the first finding that isn't ok names the likely cause.

    `incident` is what the provider's status page reports; it's quoted and doesn't affect the result.
    """
    wrong = [finding for finding in findings if not finding.ok]
    first = (wrong[0].layer or PLATFORM) if wrong else ""
    rows = []
    for layer in LAYERS:
        against = [f"{one.what}: {_short(one.sentence)}" for one in wrong if (one.layer or PLATFORM) == layer]
        if against:
            verdict, said = ("yes" if layer == first else "also"), against
        else:
            verdict, said = ("no", list(seen[layer])) if seen.get(layer) else ("not_checked", [])
        if layer == SERVICE and incident:
            verdict, said = ("maybe" if verdict in ("no", "not_checked") else verdict), [*said, incident]
        rows.append(LayerRow(layer, text(f"doctor.layer.{layer}"), verdict, " ".join(said)))
    return rows


def _short(sentence: str) -> str:
    """The first sentence of a finding."""
    line = sentence.partition("\n")[0]
    end = line.find(". ")
    return line if end < 0 else line[: end + 1]
