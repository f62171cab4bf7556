"""The private certificate authority behind `gesso exec`: it can vouch for fal's names and for nothing else.

The CA lives in `<data>/ca`: `ca.key` (0600), `ca.pem`, and `bundle.pem` (the public roots plus ours, for programs that
replace their trust store). Its certificate carries X.509 name constraints, so even a stolen key signs only for fal's
domains. It is never installed in the system's trust store: only the programs that Gesso starts are told of it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

DOMAINS = ("fal.run", "falrun.com", "fal.ai", "fal.media")
"""fal's domains, back-up names included: these and every name below them are answered here."""

_LIFETIME = dt.timedelta(days=825)
"""The longest that Apple's verifiers accept."""

_RENEW = dt.timedelta(days=30)


def is_ours(host: str) -> bool:
    """Whether a host name is one of fal's."""
    name = host.lower().rstrip(".")
    return any(name == domain or name.endswith("." + domain) for domain in DOMAINS)


@dataclass
class Authority:
    """A loaded CA. `context(host)` is what a TLS server for that host needs."""

    folder: Path
    key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict[str, ssl.SSLContext])

    @property
    def path(self) -> Path:
        """Our root alone (PEM), for `NODE_EXTRA_CA_CERTS`."""
        return self.folder / "ca.pem"

    @property
    def bundle(self) -> Path:
        """The public roots plus ours (PEM), for `SSL_CERT_FILE` and its like."""
        return self.folder / "bundle.pem"

    @classmethod
    def load(cls, folder: Path) -> Authority:
        """The CA in `folder`, made on first use, and remade a month before it ends or where it could vouch for more."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key_path, path = folder / "ca.key", folder / "ca.pem"
        if key_path.exists() and path.exists():
            key = load_pem_private_key(key_path.read_bytes(), None)
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            if certificate.not_valid_after_utc - _RENEW > _now() and _is_confined(certificate):
                authority = cls(folder, key, certificate)  # pyright: ignore[reportArgumentType]  we only write EC keys
                authority._write_bundle()
                return authority
        return cls._create(folder)

    @classmethod
    def _create(cls, folder: Path) -> Authority:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = ec.generate_private_key(ec.SECP256R1())
        authority = cls(folder, key, _root_certificate(key))
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(folder / "ca.key", pem, 0o600)
        _write(authority.path, authority.certificate.public_bytes(Encoding.PEM), 0o644)
        authority._write_bundle()
        return authority

    def _write_bundle(self) -> None:
        import certifi

        _write(self.bundle, Path(certifi.where()).read_bytes() + b"\n" + self.path.read_bytes(), 0o644)

    def context(self, host: str) -> ssl.SSLContext:
        """A server-side TLS context with a leaf for `host`, made once per name. HTTP/1.1 only."""
        host = host.lower().rstrip(".")  # the final dot is no part of the name that a client looks for
        if host not in self._contexts:
            self._contexts[host] = self._make_context(host)
        return self._contexts[host]

    def _make_context(self, host: str) -> ssl.SSLContext:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _leaf_certificate(host, key, self)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        # The ssl module loads chains from files only.
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix="leaf-") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.write(leaf.public_bytes(Encoding.PEM))
            file.write(self.certificate.public_bytes(Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        return context


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Replace a file in one step, so that a reader never sees half of it."""
    if path.exists() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
    temporary.replace(path)


def _builder(subject: str, issuer: x509.Name | None, public_key: object) -> x509.CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer or name)
        .public_key(public_key)  # pyright: ignore[reportArgumentType]  an EC key, typed loosely to keep imports lazy
        .serial_number(x509.random_serial_number())
        # A day back: the clocks of containers and hosts differ.
        .not_valid_before(_now() - dt.timedelta(days=1))
        .not_valid_after(_now() + _LIFETIME - dt.timedelta(days=2))
    )


def _constraints() -> x509.NameConstraints:
    """fal's domains, and no address: what is permitted among names says nothing of other kinds."""
    from cryptography import x509

    every = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    return x509.NameConstraints(
        permitted_subtrees=[x509.DNSName(domain) for domain in DOMAINS],
        excluded_subtrees=[x509.IPAddress(network) for network in every],
    )


def _is_confined(certificate: x509.Certificate) -> bool:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.NameConstraints).value == _constraints()
    except x509.ExtensionNotFound:
        return False


def _root_certificate(key: EllipticCurvePrivateKey) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    public = key.public_key()
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _builder("Gesso private CA (this machine only)", None, public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(_constraints(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf_certificate(host: str, key: EllipticCurvePrivateKey, authority: Authority) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    issuer = authority.certificate
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return (
        _builder(host, issuer.subject, key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
