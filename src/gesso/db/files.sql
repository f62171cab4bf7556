-- name: insert
-- Make stored bytes known. A name that exists keeps its row: a finished upload that is sent again changes nothing.
INSERT INTO files (name, owner, kind, content_type, file_name, size, etag, created_at, expires_at, acl, job_id)
VALUES (:name, :owner, :kind, :content_type, :file_name, :size, :etag, :created_at, :expires_at, :acl, :job_id)
ON CONFLICT (name) DO NOTHING;

-- name: get
-- One file by name.
SELECT * FROM files WHERE name = :name;

-- name: by_job
-- The files that a request made.
SELECT * FROM files WHERE job_id = :job_id ORDER BY created_at, name;

-- name: of_unfinished
-- Results of requests that have not ended: an attempt made them that is gone.
SELECT f.name FROM queue q JOIN jobs j ON j.seq = q.seq JOIN files f ON f.job_id = j.id WHERE f.kind = 'result';

-- name: of_unknown
-- Results of direct runs that were cut off before their record, and hence their answer.
SELECT f.name FROM files f
 WHERE f.kind = 'result' AND f.job_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = f.job_id);

-- name: set_acl
-- Replace the access rules of a file.
UPDATE files SET acl = :acl WHERE name = :name;

-- name: expired
-- Names whose time is over, the oldest first.
SELECT name FROM files WHERE expires_at <= :now ORDER BY expires_at LIMIT :limit;

-- name: names
-- The next page of names, for comparing rows with the disk.
SELECT name FROM files WHERE name > :after ORDER BY name LIMIT :limit;

-- name: delete
-- Forget a file.
DELETE FROM files WHERE name = :name;

-- name: secret
-- The secret that signs addresses.
SELECT secret FROM file_secret WHERE id = 1;

-- name: add_secret
-- Set the secret unless there is one: of two servers that start at once, the first wins.
INSERT INTO file_secret (id, secret) VALUES (1, :secret) ON CONFLICT (id) DO NOTHING;
