Requests: what was asked, where they stand, how they ended.

-- name: insert
-- Stores an accepted request, at the next place in the order of acceptance where `seq` is null.
INSERT INTO jobs (seq, id, endpoint, owner, key_id, submitted_at, priority, deadline, webhook, origin, lifecycle,
                  store_io, retry, hint, direct, input)
VALUES (:seq, :id, :endpoint, :owner, :key_id, :submitted_at, :priority, :deadline, :webhook, :origin, :lifecycle,
        :store_io, :retry, :hint, :direct, :input);

-- name: last
-- The last place in the order of acceptance.
SELECT coalesce(max(seq), 0) AS seq FROM jobs;

-- name: enqueue
-- Puts a stored request into the queue.
INSERT INTO queue (seq, endpoint, priority, state, deadline) VALUES (:seq, :endpoint, :priority, 'IN_QUEUE', :deadline);

-- name: enqueue_taken
-- Stores where a request stands whose worker took it as it came.
INSERT INTO queue (seq, endpoint, priority, state, deadline, attempt, fence, worker, started_at, renewed_at)
VALUES (:seq, :endpoint, :priority, 'IN_PROGRESS', :deadline, 1, 1, :worker, :now, :now);

-- name: claim
-- IN_QUEUE -> IN_PROGRESS for the first in line: normal before low, then first come first served.
UPDATE queue
   SET state = 'IN_PROGRESS', worker = :worker, attempt = attempt + 1, fence = fence + 1,
       started_at = :now, renewed_at = :now
 WHERE seq IN (SELECT seq FROM queue WHERE state = 'IN_QUEUE' ORDER BY priority, seq LIMIT :limit)
   AND state = 'IN_QUEUE'
RETURNING priority, seq;

-- name: claimed
-- Everything a worker needs of a request that it has just claimed.
SELECT j.*, q.state, q.attempt, q.fence, q.started_at
  FROM queue q JOIN jobs j ON j.seq = q.seq
 WHERE q.seq = :seq;

-- name: late
-- Requests whose start deadline has passed while they waited.
SELECT seq FROM queue WHERE state = 'IN_QUEUE' AND deadline IS NOT NULL AND deadline <= :now;

-- name: next_deadline
-- The next start deadline.
SELECT min(deadline) AS at FROM queue WHERE state = 'IN_QUEUE' AND deadline IS NOT NULL;

-- name: take_running
-- IN_PROGRESS -> out of the queue, for the holder of the newest fence alone.
DELETE FROM queue
 WHERE seq = (SELECT seq FROM jobs WHERE id = :id) AND state = 'IN_PROGRESS' AND fence = :fence
RETURNING seq, attempt, started_at, cancelled;

-- name: take_waiting
-- IN_QUEUE -> out of the queue.
DELETE FROM queue WHERE seq = :seq AND state = 'IN_QUEUE' RETURNING attempt;

-- name: give_back
-- IN_PROGRESS -> IN_QUEUE by its holder. A request that was cancelled meanwhile stays, for its outcome.
UPDATE queue SET state = 'IN_QUEUE', worker = NULL, started_at = NULL, renewed_at = NULL
 WHERE seq = (SELECT seq FROM jobs WHERE id = :id) AND state = 'IN_PROGRESS' AND fence = :fence AND cancelled = 0
RETURNING seq;

-- name: void_cancelled
-- Requests that were cancelled while a worker ran them which is gone now.
SELECT j.id, q.fence FROM queue q JOIN jobs j ON j.seq = q.seq
 WHERE q.state = 'IN_PROGRESS' AND q.cancelled = 1 AND q.renewed_at < :before;

-- name: void
-- IN_PROGRESS -> IN_QUEUE where the worker has not been heard of.
UPDATE queue SET state = 'IN_QUEUE', worker = NULL, started_at = NULL, renewed_at = NULL
 WHERE state = 'IN_PROGRESS' AND renewed_at < :before;

-- name: mark_cancelled
-- Notes that a running request is to stop.
UPDATE queue SET cancelled = 1 WHERE seq = :seq AND state = 'IN_PROGRESS';

-- name: renew
-- Says that a worker is alive.
UPDATE queue SET renewed_at = :now WHERE state = 'IN_PROGRESS' AND worker = :worker;

-- name: held
-- What a worker holds.
SELECT j.id, q.fence, q.cancelled FROM queue q JOIN jobs j ON j.seq = q.seq
 WHERE q.state = 'IN_PROGRESS' AND q.worker = :worker;

-- name: complete
-- Stores the outcome: the last write to a request. A second one breaks the primary key.
INSERT INTO outcomes (seq, endpoint, owner, status, error, error_type, engine, units, inference_seconds, started_at,
                      ended_at, attempt, headers, files, in_history, forget_at, body)
VALUES (:seq, :endpoint, :owner, :status, :error, :error_type, :engine, :units, :inference_seconds, :started_at,
        :ended_at, :attempt, :headers, :files, :in_history, :forget_at, :body);

-- name: facts
-- What completing a request needs to know of it.
SELECT id, endpoint, owner, webhook, store_io FROM jobs WHERE seq = :seq;

-- name: standing
-- Where a request stands, by its id.
SELECT j.seq, j.id, j.endpoint, j.owner, j.priority, q.state, q.attempt, q.fence, q.cancelled,
       o.status, o.error, o.error_type, o.engine, o.inference_seconds
  FROM jobs j LEFT JOIN queue q ON q.seq = j.seq LEFT JOIN outcomes o ON o.seq = j.seq
 WHERE j.id = :id;

-- name: live
-- Every request that waits or runs.
SELECT j.id, j.owner, q.endpoint, q.priority, q.seq, q.state FROM queue q JOIN jobs j ON j.seq = q.seq;

-- name: get
-- A whole request without its input.
SELECT j.seq, j.id, j.endpoint, j.owner, j.key_id, j.submitted_at, j.priority, j.deadline, j.webhook, j.origin,
       j.lifecycle, j.store_io, j.retry, j.hint, j.direct, q.state,
       coalesce(q.attempt, o.attempt, 0) AS attempt, coalesce(q.fence, 0) AS fence,
       coalesce(q.started_at, o.started_at) AS started_at,
       o.status, o.error, o.error_type, o.engine, o.units, o.inference_seconds, o.ended_at, o.headers, o.files,
       o.in_history, o.forget_at, o.body
  FROM jobs j LEFT JOIN queue q ON q.seq = j.seq LEFT JOIN outcomes o ON o.seq = j.seq
 WHERE j.id = :id;

-- name: input
-- The input of a request, null where it was forgotten.
SELECT owner, input FROM jobs WHERE id = :id;

-- name: forget_input
-- Drops a request's input.
UPDATE jobs SET input = NULL WHERE seq = :seq AND input IS NOT NULL;

-- name: forget_output
-- Drops a request's output.
UPDATE outcomes SET body = NULL, forget_at = NULL WHERE seq = :seq;

-- name: keep_nothing
-- Makes a live request forget its payloads when it ends.
UPDATE jobs SET store_io = 0 WHERE seq = :seq;

-- name: files_of
-- The files that a finished request made.
SELECT files FROM outcomes WHERE seq = :seq;

-- name: forgettable
-- Finished requests whose output's time is over; a webhook that still has to tell it keeps it.
SELECT seq FROM outcomes o WHERE forget_at IS NOT NULL AND forget_at <= :now
   AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.seq = o.seq AND b.state = 'PENDING') LIMIT :limit;

-- name: old
-- Finished requests that ended before a time and have no webhook to deliver.
SELECT seq FROM outcomes o WHERE ended_at < :before
   AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.seq = o.seq AND b.state = 'PENDING')
 ORDER BY ended_at LIMIT :limit;

-- name: let_files_go
-- Files live on by their own time when the request that made them is dropped.
UPDATE files SET job_id = NULL WHERE job_id = (SELECT id FROM jobs WHERE seq = :seq);

-- name: delete_job
DELETE FROM jobs WHERE seq = :seq;

-- name: delete_outcome
DELETE FROM outcomes WHERE seq = :seq;

-- name: delete_logs
DELETE FROM logs WHERE job = :seq;

-- name: delete_outbox
DELETE FROM outbox WHERE seq = :seq;
