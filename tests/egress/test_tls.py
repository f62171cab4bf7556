"""HTTPS: the certificate must be for the name, although the connection goes to an address."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gesso.egress import EgressFailed
from tests.egress.hosts import egress, fetch, names, says, serve

pytestmark = pytest.mark.anyio


def _certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for `name`, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    path = folder / "tls.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


async def test_tls_checks_the_name_not_the_address(tmp_path: Path) -> None:
    pem = _certificate(tmp_path, "media.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    resolve = names(media_example=["127.0.0.1"], other_example=["127.0.0.1"])
    async with serve(says(body=b"sealed"), tls=server) as host:
        trusting = egress(tmp_path, resolve=resolve, tls=lambda: ssl.create_default_context(cafile=str(pem)))
        url = host.url("/", "media.example", "https")
        assert await fetch(trusting, url, tmp_path) == b"sealed"
        for door, name in ((trusting, "other.example"), (egress(tmp_path, resolve=resolve), "media.example")):
            with pytest.raises(EgressFailed):
                await fetch(door, host.url("/", name, "https"), tmp_path)
        assert len(host.heads) == 1
