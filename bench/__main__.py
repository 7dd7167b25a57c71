"""`python -m bench [NAME …]`: all measures, or those whose module is named. Ends with 0 whatever they say."""

import os
import sys
import time

from bench.environment import VAR, use_release_settings


def main() -> None:
    """Bring up a database of its own, fill it, measure, and leave nothing running."""
    use_release_settings()
    import django

    django.setup()
    from portal.embedded import locks

    if locks.try_acquire(VAR / "bench.lock") is None:
        sys.exit("Another bench is running in this folder.")
    try:
        _measure_all(sys.argv[1:])
    finally:
        _stop_database()


def _measure_all(names: list[str]) -> None:
    from django.conf import settings

    from bench import measures, report, seeding
    from portal.lib.staticfiles import collect_if_changed

    print(f"# {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; release settings, PostgreSQL with fsync")
    collect_if_changed()
    began = time.monotonic()
    made = seeding.seed()
    print(
        f"# 1,000 accounts with 64 tasks each: {'made' if made else 'found'}, {time.monotonic() - began:.0f} s"
    )
    assert not settings.DEBUG
    for name, measure, owed in measures.ALL:
        if not names or name in names:
            began = time.monotonic()
            report.run(measure, owed)
            print(f"# {name}: {time.monotonic() - began:.0f} s", flush=True)


def _stop_database() -> None:
    from django.conf import settings
    from django.db import connection

    from portal.embedded import postgres

    connection.close()
    postgres.release(settings.DATABASES["default"]["EMBEDDED"])


if __name__ == "__main__":
    main()
