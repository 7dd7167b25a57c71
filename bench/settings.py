"""portal.settings with the floors beside the portal's own addresses: same process, same middleware."""

from portal.settings import *  # noqa: F403
from portal.settings import BASE_DIR, LOGGING, TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "bench" / "templates")
LOGGING["loggers"]["django"]["level"] = "WARNING"
