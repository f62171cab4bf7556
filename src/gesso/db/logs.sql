Log lines of requests.

-- name: add
-- Appends a line; its number is one more than the last one's.
INSERT INTO logs (job, seq, at, level, source, message)
SELECT j.seq, coalesce((SELECT max(l.seq) FROM logs l WHERE l.job = j.seq), 0) + 1, :at, :level, :source, :message
  FROM jobs j WHERE j.id = :id;

-- name: after
-- The lines after a number, oldest first.
SELECT l.seq, l.at, l.level, l.source, l.message
  FROM jobs j JOIN logs l ON l.job = j.seq
 WHERE j.id = :id AND l.seq > :after ORDER BY l.seq;
