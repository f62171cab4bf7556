"""Signatures as a receiver checks them: with the published key set and nothing of ours."""

from __future__ import annotations

import base64
import hashlib
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gesso.db.faults import StartError
from gesso.jobs.signer import FILE_NAME, Signer
from tests.jobs.samples import NOON, Clock


def verify(jwks: dict[str, list[dict[str, str]]], headers: dict[str, str], body: bytes) -> None:
    """fal's published recipe, padding assumed as in its Python version."""
    names = ("request-id", "user-id", "timestamp")
    parts = [headers[f"x-fal-webhook-{name}"] for name in names] + [hashlib.sha256(body).hexdigest()]
    signature = bytes.fromhex(headers["x-fal-webhook-signature"])
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(jwks["keys"][0]["x"]))
    key.verify(signature, "\n".join(parts).encode())


def test_a_receiver_can_verify(tmp_path: Path) -> None:
    signer = Signer.load(tmp_path, clock=Clock())
    headers = signer.headers("id-1", "ada", b'{"a":1}')
    assert headers["x-fal-webhook-timestamp"] == str(int(NOON))
    verify(signer.jwks(), headers, b'{"a":1}')


@pytest.mark.parametrize(
    "field", ["body", "x-fal-webhook-request-id", "x-fal-webhook-user-id", "x-fal-webhook-timestamp"]
)
def test_any_change_shows(tmp_path: Path, field: str) -> None:
    signer = Signer.load(tmp_path, clock=Clock())
    headers = signer.headers("id-1", "ada", b"{}")
    if field != "body":
        headers[field] += "1"
    with pytest.raises(InvalidSignature):
        verify(signer.jwks(), headers, b"{} " if field == "body" else b"{}")


def test_the_key_stays_and_is_private(tmp_path: Path) -> None:
    first, second = Signer.load(tmp_path), Signer.load(tmp_path)
    assert first.jwks() == second.jwks()
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_each_folder_has_a_key_of_its_own(tmp_path: Path) -> None:
    one, two = Signer.load(tmp_path / "one"), Signer.load(tmp_path / "two")
    assert one.key_id != two.key_id


def test_the_key_set_has_the_form_that_receivers_read(tmp_path: Path) -> None:
    [key] = Signer.load(tmp_path).jwks()["keys"]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert len(key["x"]) == 44
    assert key["x"].endswith("=")
    assert len(key["kid"]) == 43


def test_a_broken_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("nonsense")
    with pytest.raises(StartError, match="remove it"):
        Signer.load(tmp_path)


def test_a_key_of_another_kind_stops_the_start(tmp_path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / FILE_NAME).write_bytes(pem)
    with pytest.raises(StartError, match="no Ed25519"):
        Signer.load(tmp_path)
