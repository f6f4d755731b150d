"""One store of certificates for all services that trust the same."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

from bot.domain.own_services import OwnService
from bot.egress import Egress, read
from bot.ports import SystemPorts
from bot.providers.pictures import PictureStore
from bot.providers.routed import _SHARED, RoutedTransport, shared_context
from bot.settings.services import own_services_of
from tests.tls.network import AUTHORITY

OURS = "imagine-bot tests: a company"


async def test_fifty_communities_with_services_of_their_own_share_one_store(tmp_path: Path) -> None:
    trusting = {"SSL_CERT_FILE": str(AUTHORITY), "SSL_CERT_DIR": str(tmp_path)}
    before = set(map(id, _SHARED.values()))
    connect = own_services_of(read({**trusting, "IMAGE_CA_FILE": str(AUTHORITY)}), PictureStore(tmp_path), SystemPorts())
    made = [
        connect(OwnService(f"own-openai-{n}", "openai", f"https://{n}.example/v1", ("m",), "", "", 0.0), "sk-" + "a1" * 10)
        for n in range(50)
    ]
    theirs = [one for one in _SHARED.values() if id(one) not in before]
    assert len(theirs) == 1
    assert OURS in str(theirs[0].get_ca_certs())
    del theirs
    for one in made:
        await one.aclose()
    del made, one, connect
    gc.collect()
    assert not [one for one in _SHARED.values() if id(one) not in before], "nothing is held for services that are gone"


def test_other_certificates_or_another_kind_are_another_store(tmp_path: Path) -> None:
    file = tmp_path / "ours.pem"
    shutil.copy(AUTHORITY, file)
    egress = Egress(cert_file=str(file), cert_dir=str(tmp_path / "none"))
    first = shared_context(egress)
    assert shared_context(Egress(cert_file=str(file), cert_dir=str(tmp_path / "none"), no_proxy="x")) is first
    assert shared_context(Egress(cert_file=str(file), cert_dir=str(tmp_path / "none"), image_ca=AUTHORITY)) is not first
    assert shared_context(read({})) is not first
    file.write_bytes(file.read_bytes() + b"\n")
    os.utime(file, ns=(1, 1))
    renewed = shared_context(egress)
    assert renewed is not first, "what was renewed on disk counts for the next key"
    for rule in (Egress(image_ca=file), Egress(cert_dir=str(tmp_path))):
        before = rule.certificates()
        os.utime(file, ns=(2, 2))
        (tmp_path / f"{len(before)}.pem").touch()
        assert rule.certificates() != before
    file.unlink()
    assert shared_context(egress).get_ca_certs() == []


async def test_a_context_given_for_a_test_is_not_shared() -> None:
    own = read({}).context()
    transport = RoutedTransport(read({}), verify=own)
    assert own not in _SHARED.values()
    await transport.aclose()
