"""A request of a feed: read, checked and taken over while it waits; or nothing of it."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from plans.choices import ImportStep
from plans.models import UsageFeed, UsageImport
from plans.usage.importing import write
from plans.usage.reading import is_json, read_csv, read_json
from plans.usage.staging import Found, stage, take_turn
from plans.usage.words import message_of
from portal.lib import clock

MOST_BYTES = 1_000_000
PATIENCE = 5
REFUSED_FOR = timedelta(days=90)


class Busy(Exception):
    """Another import is being taken over at this moment."""


@dataclass(frozen=True)
class Outcome:
    """What became of a request: counts where it was taken, else the first errors, `line` or `index` in each."""

    applied: dict[str, int] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    errors_total: int = 0


def take_body(feed: UsageFeed, body: bytes) -> Outcome:
    """Take over a JSON or a CSV body, all of it or nothing. The same body again changes nothing. Raises Busy."""
    now = clock.now()
    UsageFeed.objects.filter(pk=feed.pk).update(used_at=now)
    asked = {"feed": feed, "size": len(body), "content_sha256": hashlib.sha256(body).hexdigest()}
    in_json = is_json(body)
    try:
        with transaction.atomic():
            found = stage(_read(body))
            if not found.faults_total:
                take_turn(seconds=PATIENCE)
                _write(asked, found)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Busy from error
        raise
    if found.faults_total:
        _keep_refused(asked, found)
    return Outcome(
        applied={name: found.counts.get(name, 0) for name in ("new", "replaced", "unchanged")},
        warnings=[_said(kept, in_json) for kept in found.warnings],
        errors=[_said(kept, in_json) for kept in found.faults],
        errors_total=found.faults_total,
    )


def forget_refused_bodies() -> int:
    """Delete what was refused more than `REFUSED_FOR` ago. Answers how many."""
    old = UsageImport.objects.filter(
        feed__isnull=False, step=ImportStep.FAILED, failed_at__lt=clock.now() - REFUSED_FOR
    )
    return old.delete()[0]


def _read(body: bytes) -> Any:
    today = clock.now().date()
    return read_json(body, today=today) if is_json(body) else read_csv(BytesIO(body), today=today)


def _write(asked: dict[str, Any], found: Found) -> None:
    """The row of an import that changed nothing is not kept: a feed may say the same every hour."""
    now = clock.now()
    one = UsageImport.objects.create(**asked, step=ImportStep.APPLIED, checked_at=now, applied_at=now)
    write(one, found)
    if found.counts["new"] or found.counts["replaced"]:
        UsageImport.objects.filter(pk=one.pk).update(found=found.as_kept())
    else:
        one.delete()


def _keep_refused(asked: dict[str, Any], found: Found) -> None:
    """What was wrong, for whoever looks after the feed; the same body again is the same refusal."""
    now = clock.now()
    facts = {"found": found.as_kept(), "errors": found.faults, "errors_total": found.faults_total}
    again = UsageImport.objects.filter(
        feed=asked["feed"], content_sha256=asked["content_sha256"], step=ImportStep.FAILED
    ).update(failed_at=now, received_at=now, **facts)
    if not again:
        UsageImport.objects.create(**asked, step=ImportStep.FAILED, failed_at=now, **facts)


def _said(kept: dict[str, Any], in_json: bool) -> dict[str, Any]:
    """With the line of a CSV body, or the index of a JSON row, as programs count; null where it is about the whole."""
    line = kept["line"] or None
    if not in_json:
        return {"line": line, "column": kept["column"], "message": message_of(kept)}
    first = kept["values"].get("first")
    values = {**kept["values"], "first": str(int(first) - 1)} if first else kept["values"]
    message = message_of({**kept, "values": values})
    return {"index": line and line - 1, "column": kept["column"], "message": message}
