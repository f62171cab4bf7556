The outbox: webhooks to deliver.

-- name: add
-- Written in the transaction that stores the outcome.
INSERT INTO outbox (seq, url, host, state, due_at, changed_at) VALUES (:seq, :url, :host, 'PENDING', :now, :now);

-- name: due
-- Deliveries whose time has come, leaving out hosts that are busy enough.
SELECT b.seq, b.url, b.host, b.attempts FROM outbox b
 WHERE b.state = 'PENDING' AND b.due_at <= :now AND b.host NOT IN (SELECT value FROM json_each(:busy))
 ORDER BY b.due_at LIMIT :limit;

-- name: next_due
SELECT min(due_at) AS at FROM outbox WHERE state = 'PENDING';

-- name: message
-- What a delivery says.
SELECT j.id, j.owner, j.origin, o.status, o.body
  FROM jobs j JOIN outcomes o ON o.seq = j.seq WHERE j.seq = :seq;

-- name: tried
-- Notes a delivery's answer and what follows.
UPDATE outbox SET state = :state, attempts = :attempts, due_at = :due_at, status = :status, error = :error,
                  changed_at = :now
 WHERE seq = :seq AND state = 'PENDING';

-- name: of
-- The delivery of one request.
SELECT b.url, b.state, b.attempts, b.due_at, b.status, b.error, b.changed_at
  FROM jobs j JOIN outbox b ON b.seq = j.seq WHERE j.id = :id;
