"""`/healthz`: does each part answer? For load balancers, container probes and the demo's own tests."""

import os
import tempfile
import time
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

HEARTBEAT_KEY = "portal.heartbeat"
# The beat sends a heartbeat every 10 s; three may be missed.
HEARTBEAT_LIMIT = 45.0

_migrated = False


# Public: whoever probes has no account. It tells four words and four durations, nothing of the data.
@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """JSON `{part: {"status": "ok"|"fail", "seconds": number}}`; 200, or 503 when a part fails.

    The parts are database, migrations, queue and worker. `seconds` is how long the answer took, and of the
    worker how long ago it gave a sign.
    """
    parts = {"database": _timed(_database)}
    if parts["database"]["status"] == "ok":
        parts["migrations"] = _timed(_migrations)
        parts["worker"] = _worker()
    else:
        # Both are asked through the database, which has just failed to answer.
        parts["migrations"] = parts["worker"] = {"status": "fail", "seconds": None}
    parts["queue"] = _timed(_queue)
    healthy = all(part["status"] == "ok" for part in parts.values())
    return JsonResponse(parts, status=200 if healthy else 503)


def record_heartbeat() -> None:
    """Say that a worker is alive. Called by the job `portal.heartbeat`."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=3600)


def _timed(probe: Callable[[], bool]) -> dict[str, object]:
    start = time.monotonic()
    try:
        answered = probe()
    except Exception:
        # Whatever it was, the part does not answer. The reason may hold addresses and is not for the public.
        answered = False
    return {"status": "ok" if answered else "fail", "seconds": round(time.monotonic() - start, 4)}


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    """Whether all migrations are applied. Asked until the first yes: they do not come undone."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _queue() -> bool:
    if settings.PORTAL_BROKER_URL is None:
        folder = settings.PORTAL_QUEUE_DIR / "messages"
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
        return True


def _worker() -> dict[str, object]:
    try:
        seen = cache.get(HEARTBEAT_KEY)
    except Exception:
        # A cache that does not answer (Redis) tells nothing of the worker.
        seen = None
    age = None if seen is None else round(time.time() - seen, 1)
    alive = age is not None and age <= HEARTBEAT_LIMIT
    return {"status": "ok" if alive else "fail", "seconds": age}
