"""Doctor's check of outgoing connections: which proxy and certificates the next checks use. Connects to nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.adapter import Finding
from bot.cli.ladder import Subject
from bot.egress import place_of, warnings
from bot.texts import joined, text

_ANYWHERE = "https://chat.example"
"""Placeholder for the platforms' addresses; their own checks report NO_PROXY per address."""


async def way_out(subject: Subject) -> AsyncIterator[Finding]:
    rule = subject.settings.egress
    service, rest = rule.route(subject.settings.image_base_url, image=True), rule.route(_ANYWHERE)
    others = text("egress.others_direct")
    if rest.proxy is not None:
        others = text("egress.others_proxied", proxy=place_of(rest.proxy), name=rest.decided_by)
    facts = {"others": others, "trusts": rule.trusts()}
    if service.proxy is not None:
        said = text("egress.proxied", proxy=place_of(service.proxy), name=service.decided_by, **facts)
    else:
        said = text("egress.bypassed" if service.decided_by == "NO_PROXY" else "egress.direct", **facts)
    # What is set and ignored may be why the next check fails, so it's said here and not only in the notes.
    yield Finding(True, text("egress.what"), joined(" ", (said, *warnings(subject.settings.env))))
