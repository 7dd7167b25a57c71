"""portal.settings as the tests need them: nothing from the developer's own environment but the services to use.

DATABASE_URL, REDIS_URL and CELERY_BROKER_URL may name real servers; without them the tests use a PostgreSQL of
their own under var/test, which all pytest runs in this folder share, each with databases of its own.
"""

import os
from pathlib import Path

_KEEP = {"PORTAL_TEST_RUN"}
for _name in [name for name in os.environ if name.startswith("PORTAL_") and name not in _KEEP]:
    del os.environ[_name]
os.environ.pop("EMAIL_URL", None)

_var = Path(__file__).resolve().parent.parent / "var" / "test"
# The workers of pytest-xdist inherit the number of the run that started them.
_run = os.environ.setdefault("PORTAL_TEST_RUN", str(os.getpid()))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["PORTAL_TEST"] = "1"
os.environ["PORTAL_VAR_DIR"] = str(_var)
os.environ["PORTAL_FILES_DIR"] = str(_var / "files" / f"{_run}-{_worker}")
os.environ["PORTAL_QUEUE_NAME"] = f"test-{_run}-{_worker}"
os.environ["PORTAL_QUEUE_DIR"] = str(_var / "queues" / f"{_run}-{_worker}")

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"test_portal_{_run}"}
# In one process a local cache is the same thing, and a test without a database may use it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
