-- Stored bytes, and uploads on their way to become such.

CREATE TABLE files (
    name TEXT PRIMARY KEY,        -- 26 random characters, a dot and an extension: the capability in the URL
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,           -- upload, result, preview
    content_type TEXT NOT NULL,
    file_name TEXT,               -- what its owner called it
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL,              -- none: kept
    acl TEXT,                     -- JSON; none: everybody who has the name
    job_id TEXT                   -- the request that made it
) WITHOUT ROWID;

CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX files_by_job ON files (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE uploads (
    id TEXT PRIMARY KEY,          -- random; whoever knows it, or its signature, may send the bytes
    name TEXT NOT NULL,           -- the name that the file will have
    owner TEXT NOT NULL,
    content_type TEXT NOT NULL,
    file_name TEXT,
    created_at REAL NOT NULL,
    ends_at REAL NOT NULL,        -- abandoned after this
    keep TEXT                     -- JSON of the lifecycle that was asked for
) WITHOUT ROWID;

CREATE INDEX uploads_by_end ON uploads (ends_at);

CREATE TABLE upload_parts (
    upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    PRIMARY KEY (upload, number)
) WITHOUT ROWID;

CREATE TABLE file_secret (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret TEXT NOT NULL          -- signs upload addresses and signed file URLs
);
