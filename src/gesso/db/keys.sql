-- name: insert
-- Add a key that was just made.
INSERT INTO keys (key_id, owner, alias, scope, hash, created_at)
VALUES (:key_id, :owner, :alias, :scope, :hash, :created_at);

-- name: all
-- Every key ever made, revoked ones too, newest first.
SELECT key_id, owner, alias, scope, hash, created_at, last_used_at, revoked_at
FROM keys
ORDER BY created_at DESC, key_id;

-- name: revoke
-- End a key; one that has ended already keeps its first date.
UPDATE keys SET revoked_at = :now
WHERE key_id = :key_id AND revoked_at IS NULL;

-- name: used
-- Remember when a key was last used.
UPDATE keys SET last_used_at = :now
WHERE key_id = :key_id AND (last_used_at IS NULL OR last_used_at < :now);

-- name: setting
-- One value of an owner, or of the install where the owner is empty.
SELECT value FROM account
WHERE owner = :owner AND name = :name;

-- name: set_setting
-- Write one value of an owner.
INSERT INTO account (owner, name, value) VALUES (:owner, :name, :value)
ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value;

-- name: add_setting
-- Write one value unless it is there already: of two servers that start at once, the first wins.
INSERT INTO account (owner, name, value) VALUES (:owner, :name, :value)
ON CONFLICT (owner, name) DO NOTHING;
