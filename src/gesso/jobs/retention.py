"""Letting go of finished requests: outputs after their hour, payloads on request, whole records by age."""

from __future__ import annotations

from gesso.db.database import Database, Transaction
from gesso.jobs.rows import file_names

CHUNK = 500
"""Requests dropped in one operation: new work comes in between."""


async def prune(db: Database, now: float, older_than: float | None) -> int:
    """Drop outputs whose time is over and requests that ended before `older_than`; how many requests that were.

    A request whose webhook is still to be delivered is kept until it is.
    """
    while await db.write(lambda tx: _forget_due(tx, now)) == CHUNK:
        pass
    if older_than is None:
        return 0
    total = 0
    while deleted := await db.write(lambda tx: _delete_old(tx, older_than)):
        total += deleted
    return total


def _forget_due(tx: Transaction, now: float) -> int:
    rows = tx.all("jobs.forgettable", {"now": now, "limit": CHUNK})
    tx.many("jobs.forget_output", [{"seq": row["seq"]} for row in rows])
    return len(rows)


def _delete_old(tx: Transaction, before: float) -> int:
    gone = [{"seq": row["seq"]} for row in tx.all("jobs.old", {"before": before, "limit": CHUNK})]
    for query in (
        "jobs.let_files_go",
        "jobs.delete_logs",
        "jobs.delete_outbox",
        "jobs.delete_outcome",
        "jobs.delete_job",
    ):
        tx.many(query, gone)
    return len(gone)


def forget(tx: Transaction, job_id: str, owner: str | None) -> tuple[str, ...] | None:
    """Drop the payloads of a request, at its end if it still lives; the files it made, None if there is none."""
    row = tx.one("jobs.standing", {"id": job_id})
    if row is None or owner not in (None, row["owner"]):
        return None
    which = {"seq": row["seq"]}
    tx.run("jobs.keep_nothing", which)
    if row["status"] is None:
        return ()
    [outcome] = tx.all("jobs.files_of", which)
    tx.run("jobs.forget_input", which)
    tx.run("jobs.forget_output", which)
    return file_names(outcome["files"])
