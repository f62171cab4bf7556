"""Keys: made, shown once, stored hashed, checked, revoked, and seen by a server that is already running."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso.db.sqlite import SqliteDatabase
from gesso.errors import RequestError
from gesso.server.auth import STAMP, Keyring, NewKey, install_secret
from tests.server.world import World

pytestmark = pytest.mark.anyio


def bearer(key: NewKey) -> dict[str, str]:
    return {"authorization": f"Key {key.credential}"}


async def test_a_key_is_found_by_its_secret_alone(place: World):
    made = await place.keyring.create("laptop", owner="ann")
    who = place.keyring.identify(f"Key {made.credential}".encode())
    assert (who.owner, who.key_id, who.scopes) == ("ann", made.key.key_id, {"API"})
    assert place.keyring.identify(f"key  {made.credential}".encode()).owner == "ann"
    admin = await place.keyring.create("boss", "ADMIN")
    assert place.keyring.identify(f"Key {admin.credential}".encode()).is_admin
    assert admin.key.owner == admin.key.key_id


async def test_the_secret_is_not_stored(place: World):
    made = await place.keyring.create("laptop")
    rows = await place.station.db.all("keys.all")
    assert made.secret not in str([[row[name] for name in row.keys()] for row in rows])  # noqa: SIM118  rows iterate values


WRONG = [
    "Key {id}",
    "Key {id}:",
    "Key {id}:wrong",
    "Key :{secret}",
    "Key other:{secret}",
    "Key {secret}:{id}",
    "Bearer {id}:{secret}",
    "{id}:{secret}",
    "Basic {id}:{secret}",
    "Key {id}:{secret} x",
    "Key ' OR 1=1 --",
    "Key \xff:\xff",
    "",
    "Key",
]


@pytest.mark.parametrize("value", WRONG)
async def test_every_wrong_key_gets_the_same_answer(place: World, value: str):
    made = await place.keyring.create("laptop")
    text = value.format(id=made.key.key_id, secret=made.secret)
    with pytest.raises(RequestError) as caught:
        place.keyring.identify(text.encode("latin-1"))
    assert str(caught.value) == "No user found for Key ID and Secret"
    async with place.client() as caller:
        reply = await caller.post(
            "/run/test/noop", json={"prompt": "a"}, headers=[(b"authorization", text.encode("latin-1"))]
        )
    assert reply.status_code == 401
    assert reply.json()["detail"] == "No user found for Key ID and Secret"


async def test_two_authorization_headers_are_refused(place: World):
    made = await place.keyring.create("laptop")
    async with place.client() as caller:
        value = f"Key {made.credential}"
        reply = await caller.get("/run/test/noop", headers=[("authorization", value), ("authorization", value)])
    assert reply.status_code == 401


async def test_a_revoked_key_is_over_at_once_and_opens_nothing(place: World):
    made = await place.keyring.create("laptop")
    async with place.client(headers=bearer(made)) as caller:
        assert (await caller.post("/run/test/noop", json={"prompt": "a"})).status_code == 200
        assert await place.keyring.revoke(made.key.key_id)
        assert (await caller.post("/run/test/noop", json={"prompt": "a"})).status_code == 401
        assert not await place.keyring.revoke(made.key.key_id)
        assert not place.keyring.is_empty


async def test_the_end_of_a_key_that_never_was_leaves_no_sign_of_keys(place: World):
    """`gesso serve` would tell its user to send one."""
    async with place.client() as caller:
        assert (await caller.delete("/api/v1/keys/nobodys")).status_code == 204
    assert not (place.station.settings.data_dir / STAMP).exists()


async def test_the_first_key_closes_open_mode_for_the_running_server(place: World, monkeypatch: pytest.MonkeyPatch):
    """Made by another process: another keyring over the same data folder."""
    monkeypatch.setattr("gesso.server.auth._LOOK_SECONDS", 0.0)
    async with place.client() as caller:
        assert (await caller.post("/run/test/noop", json={"prompt": "a"})).status_code == 200
        other = await Keyring.open(place.station.db, place.station.settings.data_dir)
        made = await other.create("laptop")
        refused = await caller.post("/run/test/noop", json={"prompt": "a"})
        assert refused.status_code == 401
        assert "Authorization" in refused.json()["detail"]
        allowed = await caller.post("/run/test/noop", json={"prompt": "a"}, headers=bearer(made))
        assert allowed.status_code == 200
        await other.revoke(made.key.key_id)
        assert (await caller.post("/run/test/noop", json={"prompt": "a"}, headers=bearer(made))).status_code == 401


async def test_a_missed_stamp_is_made_good_by_reading_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    db = await SqliteDatabase.open(None)
    first, second = await Keyring.open(db, tmp_path), await Keyring.open(db, tmp_path)
    await first.create("x")
    (tmp_path / STAMP).unlink()
    monkeypatch.setattr("gesso.server.auth._LOOK_SECONDS", 0.0)
    assert second.is_fresh()
    monkeypatch.setattr("gesso.server.auth._RELOAD_SECONDS", 0.0)
    assert not second.is_fresh()
    await second.refresh()
    assert not second.is_empty
    await db.close()


async def test_last_use_is_noted_but_not_with_every_request(place: World):
    now = 1000.0
    ring = Keyring(place.station.db, None, clock=lambda: now)
    made = await ring.create("laptop")
    value = f"Key {made.credential}".encode()
    for now in (1000.0, 1030.0, 1090.0):  # noqa: B007  read by the clock
        ring.identify(value)
    await place.station.db.flush()
    (key,) = await ring.list()
    assert key.last_used_at == 1090.0
    assert place.station.db.operations < 10  # type: ignore[attr-defined]


async def test_the_install_secret_is_made_once(place: World):
    first = await install_secret(place.station.db)
    assert len(first) == 32
    assert await install_secret(place.station.db) == first
