Finished requests as their owner's history shows them. Pages continue after the last row's sort value and number.

-- name: of_endpoint
-- Newest first, one endpoint: a walk along the index.
SELECT o.seq, j.id, o.endpoint, j.key_id, j.submitted_at, j.direct, o.status, o.error, o.error_type, o.engine, o.units,
       o.started_at, o.ended_at, o.ended_at AS sort_value
  FROM outcomes o JOIN jobs j ON j.seq = o.seq
 WHERE o.owner = :owner AND o.endpoint = :endpoint AND o.ended_at >= :start AND o.ended_at < :end
   AND o.status BETWEEN :least AND :most AND (o.ended_at, o.seq) < (:last_value, :last_seq)
 ORDER BY o.ended_at DESC, o.seq DESC LIMIT :limit;

-- name: of_owner
-- Newest first, every endpoint.
SELECT o.seq, j.id, o.endpoint, j.key_id, j.submitted_at, j.direct, o.status, o.error, o.error_type, o.engine, o.units,
       o.started_at, o.ended_at, o.ended_at AS sort_value
  FROM outcomes o JOIN jobs j ON j.seq = o.seq
 WHERE o.owner = :owner AND o.ended_at >= :start AND o.ended_at < :end
   AND o.status BETWEEN :least AND :most AND (o.ended_at, o.seq) < (:last_value, :last_seq)
 ORDER BY o.ended_at DESC, o.seq DESC LIMIT :limit;

-- name: longest
-- Longest first, among the newest that match: no index knows durations.
SELECT o.seq, j.id, o.endpoint, j.key_id, j.submitted_at, j.direct, o.status, o.error, o.error_type, o.engine, o.units,
       o.started_at, o.ended_at, o.duration AS sort_value
  FROM (SELECT *, ended_at - coalesce(started_at, ended_at) AS duration FROM outcomes
         WHERE owner = :owner AND ended_at >= :start AND ended_at < :end AND status BETWEEN :least AND :most
           AND (:endpoints IS NULL OR endpoint IN (SELECT value FROM json_each(:endpoints)))
         ORDER BY ended_at DESC LIMIT :sample) o
  JOIN jobs j ON j.seq = o.seq
 WHERE (o.duration, o.seq) < (:last_value, :last_seq)
 ORDER BY o.duration DESC, o.seq DESC LIMIT :limit;

-- name: of_id
-- One finished request.
SELECT o.seq, j.id, o.endpoint, j.key_id, j.submitted_at, j.direct, o.status, o.error, o.error_type, o.engine, o.units,
       o.started_at, o.ended_at, o.ended_at AS sort_value
  FROM jobs j JOIN outcomes o ON o.seq = j.seq
 WHERE j.id = :id AND o.owner = :owner AND o.ended_at >= :start AND o.ended_at < :end
   AND o.status BETWEEN :least AND :most;

-- name: payloads
-- Input and output of a finished request, null where they are not kept or not for the history.
SELECT CASE WHEN j.store_io THEN j.input END AS input,
       CASE WHEN j.store_io AND o.in_history THEN o.body END AS output
  FROM jobs j JOIN outcomes o ON o.seq = j.seq WHERE j.seq = :seq;
