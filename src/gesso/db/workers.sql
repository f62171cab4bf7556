What workers say that they can serve.

-- name: publish
INSERT INTO workers (name, facts, published_at) VALUES (:name, :facts, :now)
ON CONFLICT (name) DO UPDATE SET facts = excluded.facts, published_at = excluded.published_at;

-- name: withdraw
DELETE FROM workers WHERE name = :name;

-- name: all
SELECT name, facts, published_at FROM workers ORDER BY name;
