"""Makes the signed pictures beside it, and certificates for tests, which are thrown away. Needs c2pa-python and cryptography:

python tests/unit/pixels/signed/make.py
"""

import datetime
import io
from pathlib import Path

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

SINCE = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
MANIFEST = {
    "claim_generator_info": [{"name": "imagine-bot tests", "version": "1"}],
    "assertions": [
        {
            "label": "c2pa.actions",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                    }
                ]
            },
        }
    ],
}


def certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    ca: bool,
    since: datetime.datetime = SINCE,
    days: int = 36500,
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION,
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tests")])

    usage = x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca, None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
    )
    if not ca:
        made = made.add_extension(x509.ExtendedKeyUsage([purpose]), False)
    return made.sign(signer, hashes.SHA256())


def pems(
    since: datetime.datetime = SINCE, days: int = 36500, purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION
) -> tuple[bytes, bytes]:
    """A new certificate with the one above it, and its key."""
    root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain = [
        certificate("Signer", "Root", own, root, False, since, days, purpose),
        certificate("Root", "Root", root, root, True, since, days),
    ]
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
    return pem, own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def main() -> None:
    pem, key = pems()
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(alg=b"es256", sign_cert=pem, private_key=key, ta_url=None))
    context = c2pa.Context(c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}}))
    for format_, ending in (("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp")):
        plain, signed = io.BytesIO(), io.BytesIO()
        Image.linear_gradient("L").resize((48, 32)).convert("RGB").save(plain, format_)
        plain.seek(0)
        c2pa.Builder(MANIFEST, context=context).sign(signer, f"image/{ending}", plain, signed)
        Path(__file__).with_name(f"picture.{ending}").write_bytes(signed.getvalue())


if __name__ == "__main__":
    main()
