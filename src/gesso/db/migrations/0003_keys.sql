-- Keys: the secret itself is never stored, only its SHA-256. A revoked key stays as a row, so that revoking the
-- last one never opens the server again.
CREATE TABLE keys (
    key_id       TEXT PRIMARY KEY,
    owner        TEXT NOT NULL,
    alias        TEXT NOT NULL,
    scope        TEXT NOT NULL CHECK (scope IN ('API', 'ADMIN')),
    hash         TEXT NOT NULL,
    created_at   REAL NOT NULL,
    last_used_at REAL,
    revoked_at   REAL
);

-- What is one per install or one per owner: the secret that signs tokens, an owner's storage settings.
CREATE TABLE account (
    owner TEXT NOT NULL,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, name)
);
