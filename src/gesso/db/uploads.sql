-- name: insert
-- Begin an upload.
INSERT INTO uploads (id, name, owner, content_type, file_name, created_at, ends_at, keep)
VALUES (:id, :name, :owner, :content_type, :file_name, :created_at, :ends_at, :keep);

-- name: get
-- One upload that is not over.
SELECT * FROM uploads WHERE id = :id AND ends_at > :now;

-- name: delete
-- Forget an upload; its parts go by `delete_parts`.
DELETE FROM uploads WHERE id = :id;

-- name: abandoned
-- Uploads whose time is over.
SELECT id FROM uploads WHERE ends_at <= :now ORDER BY ends_at LIMIT :limit;

-- name: put_part
-- Note a stored part; sent again, the newer one counts.
INSERT INTO upload_parts (upload, number, size, etag) VALUES (:upload, :number, :size, :etag)
ON CONFLICT (upload, number) DO UPDATE SET size = excluded.size, etag = excluded.etag;

-- name: parts
-- The parts of an upload in order.
SELECT number, size, etag FROM upload_parts WHERE upload = :upload ORDER BY number;

-- name: others_size
-- Bytes of all parts but one: what a new version of that one comes on top of.
SELECT COALESCE(SUM(size), 0) AS size FROM upload_parts WHERE upload = :upload AND number <> :number;

-- name: delete_parts
-- Forget the parts of an upload.
DELETE FROM upload_parts WHERE upload = :upload;
