-- The record of a request is three rows, each written once or short-lived:
--   jobs      what was asked. Written at accept, then read only.
--   queue     where it stands. Lives while the request does, so claims and positions never meet history.
--   outcomes  how it ended. The primary key is the promise: one outcome, for ever.
-- Times are Unix seconds. `seq` is the order of acceptance.

CREATE TABLE jobs (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    endpoint     TEXT NOT NULL,
    owner        TEXT NOT NULL,
    key_id       TEXT,
    submitted_at REAL NOT NULL,
    priority     INTEGER NOT NULL,           -- 0 normal, 1 low
    deadline     REAL,                       -- processing must have started by then
    webhook      TEXT,
    origin       TEXT NOT NULL,
    lifecycle    TEXT,                       -- JSON, null for the server's own setting
    store_io     INTEGER NOT NULL,
    retry        INTEGER NOT NULL,
    hint         TEXT,
    direct       INTEGER NOT NULL,
    input        BLOB                        -- JSON; null once forgotten. Last, so that other columns stay near
) STRICT;

CREATE TABLE queue (
    seq        INTEGER PRIMARY KEY,          -- of jobs
    endpoint   TEXT NOT NULL,
    priority   INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('IN_QUEUE', 'IN_PROGRESS')),
    deadline   REAL,
    attempt    INTEGER NOT NULL DEFAULT 0,
    fence      INTEGER NOT NULL DEFAULT 0,   -- rises with every claim; finishing takes the newest
    worker     TEXT,
    started_at REAL,
    renewed_at REAL,                         -- when the worker last said that it is at it
    cancelled  INTEGER NOT NULL DEFAULT 0    -- asked for while running
) STRICT;

CREATE INDEX queue_waiting  ON queue (priority, seq) WHERE state = 'IN_QUEUE';
CREATE INDEX queue_deadline ON queue (deadline)      WHERE state = 'IN_QUEUE' AND deadline IS NOT NULL;
CREATE INDEX queue_running  ON queue (worker)        WHERE state = 'IN_PROGRESS';

CREATE TABLE outcomes (
    seq               INTEGER PRIMARY KEY,   -- of jobs
    endpoint          TEXT NOT NULL,         -- these two repeat jobs', for the index of the history
    owner             TEXT NOT NULL,
    status            INTEGER NOT NULL,
    error             TEXT,
    error_type        TEXT,
    engine            TEXT,
    units             REAL NOT NULL,
    inference_seconds REAL,
    started_at        REAL,
    ended_at          REAL NOT NULL,
    attempt           INTEGER NOT NULL,
    headers           TEXT,                  -- JSON object, null for none
    files             TEXT,                  -- JSON list of blob names, null for none
    in_history        INTEGER NOT NULL,      -- 0: the output is for its caller alone
    forget_at         REAL,                  -- when the output goes, null keeps it
    body              BLOB                   -- JSON; null once forgotten
) STRICT;

CREATE INDEX outcomes_history ON outcomes (owner, endpoint, ended_at);
CREATE INDEX outcomes_ended   ON outcomes (ended_at);
CREATE INDEX outcomes_forget  ON outcomes (forget_at) WHERE forget_at IS NOT NULL;

CREATE TABLE logs (
    job     INTEGER NOT NULL,                -- jobs.seq
    seq     INTEGER NOT NULL,                -- 1, 2, 3... within the job
    at      REAL NOT NULL,
    level   TEXT NOT NULL,
    source  TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;

-- Webhooks to deliver, written with the outcome they tell.
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY,          -- of jobs
    url        TEXT NOT NULL,
    host       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'GIVEN_UP')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    due_at     REAL NOT NULL,
    status     INTEGER,                      -- the receiver's last answer
    error      TEXT,
    changed_at REAL NOT NULL
) STRICT;

CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'PENDING';

-- What each worker can serve, so that the API knows without importing an engine.
CREATE TABLE workers (
    name         TEXT PRIMARY KEY,
    facts        TEXT NOT NULL,              -- JSON object
    published_at REAL NOT NULL
) STRICT;
