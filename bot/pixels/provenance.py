"""Content Credentials (C2PA) of what the bot itself changes: signed with the operator's certificate, with the original as parent.

The extra `provenance` brings the library. Keys never reach the picture worker, which opens untrusted files.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.pixels.marks import COMPOSITE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

ACTIONS = {"caption": "c2pa.edited", "crop": "c2pa.cropped"}
"""Job of the picture worker -> what it does, in C2PA's words."""
_ES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_STARTS = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))
_LEAST_RSA = 2048


class CannotSign(Exception):
    """The certificate can't be used. `why`: library, unreadable, form, key, other_key, expired, not_yet, refused."""

    def __init__(self, why: str, value: str = "") -> None:
        super().__init__(why)
        self.why, self.value = why, value


def is_installed() -> bool:
    return find_spec("c2pa") is not None


@dataclass(frozen=True, slots=True)
class Signer:
    algorithm: str
    chain: bytes = field(repr=False)
    key: bytes = field(repr=False)
    """PEM, both."""

    def sign(self, job: str, content: bytes, parent: bytes) -> bytes:
        """The same picture with a manifest: what was done by this job, to which original. The original's own manifest comes along.

        Raises CannotSign.
        """
        import c2pa

        info = c2pa.C2paSignerInfo(alg=self.algorithm.encode(), sign_cert=self.chain, private_key=self.key, ta_url=None)
        settings = c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}})
        made = io.BytesIO()
        try:
            with (
                c2pa.Context(settings) as context,
                c2pa.Signer.from_info(info) as signer,
                c2pa.Builder(_manifest(job), context=context) as builder,
            ):
                builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
                builder.add_ingredient({"title": "original", "relationship": "parentOf"}, _type(parent), io.BytesIO(parent))
                builder.sign(signer, _type(content), io.BytesIO(content), made)
        except c2pa.C2paError as error:
            raise CannotSign("refused", str(error)[:200]) from error
        return made.getvalue()


def _manifest(job: str) -> Mapping[str, Any]:
    """What the bot says. An edit begins with the opened original, which the library adds."""
    action = {"action": ACTIONS[job], "digitalSourceType": COMPOSITE}
    return {
        "claim_generator_info": [{"name": "imagine-bot", "version": version("imagine-bot")}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }


def _type(content: bytes) -> str:
    return next((kind for start, kind in _STARTS if content.startswith(start)), "application/octet-stream")


def load(file: Path, now: float) -> Signer:
    """The signer of a PEM file with a certificate, those above it, and its key without a password. Raises CannotSign.

    `now`: wall-clock time, at which the certificate must be valid.
    """
    if not is_installed():
        raise CannotSign("library")
    try:
        content = file.read_bytes()
    except OSError:
        raise CannotSign("unreadable") from None
    signer = _read(content, datetime.datetime.fromtimestamp(now, datetime.UTC))
    signer.sign("crop", _sample(), _sample())
    return signer


def _read(content: bytes, now: datetime.datetime) -> Signer:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    plain = serialization.NoEncryption()
    try:
        chain = x509.load_pem_x509_certificates(content)
    except ValueError:
        raise CannotSign("form") from None
    try:
        key = serialization.load_pem_private_key(_key_of(content), None)
    except (ValueError, TypeError):  # a TypeError says that it has a password
        raise CannotSign("key") from None
    spoken = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*spoken) != chain[0].public_key().public_bytes(*spoken):
        raise CannotSign("other_key")
    if now > chain[0].not_valid_after_utc:
        raise CannotSign("expired", f"{chain[0].not_valid_after_utc:%Y-%m-%d}")
    if now < chain[0].not_valid_before_utc:
        raise CannotSign("not_yet", f"{chain[0].not_valid_before_utc:%Y-%m-%d}")
    certificates = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    return Signer(_algorithm(key), certificates, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))


def _key_of(content: bytes) -> bytes:
    """The part of the file that is a key."""
    start = content.find(b"PRIVATE KEY-----")
    begin = content.rfind(b"-----BEGIN", 0, max(start, 0))
    end = content.find(b"-----END", start)
    stop = content.find(b"-----", end + len(b"-----END"))
    return content[begin : stop + 5] if min(start, begin, end, stop) >= 0 else b""


def _algorithm(key: PrivateKeyTypes) -> str:
    """C2PA's name of the algorithm that fits a key."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _ES:
        return _ES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_RSA:
        return "ps256"
    raise CannotSign("key")


def _sample() -> bytes:
    """A picture on which a certificate is tried."""
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG")
    return made.getvalue()
