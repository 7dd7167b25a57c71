"""`.env.example` names what the settings read, and nothing else."""

import re

from django.conf import settings

# Set by the tests, by `make demo` and by the supervisor, never by somebody who installs the portal.
INNER = {
    "PORTAL_TEST",
    "PORTAL_TEST_DATABASE",
    "PORTAL_DEMO",
    "PORTAL_DEMO_CRM_URL",
    "PORTAL_DEBUG",
    "PORTAL_QUEUE_DIR",
    "PORT",
}


def _read() -> set[str]:
    source = (settings.BASE_DIR / "portal/settings.py").read_text()
    return set(re.findall(r'environment\.\w+\(\s*"(\w+)"', source))


def _offered() -> set[str]:
    example = (settings.BASE_DIR / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE))


def test_every_setting_is_in_the_example():
    assert _read() - INNER == _offered()


def test_what_is_left_out_is_read():
    assert _read() >= INNER
