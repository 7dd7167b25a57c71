"""The time zones of the IANA, by name."""

from functools import lru_cache
from zoneinfo import available_timezones


def known_zone(typed: str) -> str:
    """The zone's own spelling ("europe/berlin" → "Europe/Berlin"), "" for what is none."""
    return _zones().get(typed.strip().lower(), "")


def is_zone(name: str) -> bool:
    return bool(name) and _zones().get(name.lower()) == name


@lru_cache(maxsize=1)
def zones_to_choose() -> tuple[str, ...]:
    """Those named after a place, in order; the others (EST5EDT, Etc/GMT+3) are known, too, to whoever types them."""
    return tuple(sorted(zone for zone in _zones().values() if "/" in zone and not zone.startswith("Etc/")))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    # "localtime" is whatever the server's machine says: nobody's choice.
    return {zone.lower(): zone for zone in available_timezones() if zone != "localtime"}
