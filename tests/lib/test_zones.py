"""Time zones by name."""

from zoneinfo import ZoneInfo

import pytest

from portal.lib.zones import is_zone, known_zone, zones_to_choose


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("europe/berlin", "Europe/Berlin"),
        (" UTC ", "UTC"),
        ("Etc/GMT+3", "Etc/GMT+3"),
        ("", ""),
        ("localtime", ""),
        ("Mars/Base", ""),
        ("../../etc/passwd", ""),
    ],
)
def test_a_zone_has_one_spelling(typed, zone):
    assert known_zone(typed) == zone


def test_only_the_right_spelling_is_a_zone():
    assert is_zone("Europe/Berlin")
    assert not is_zone("europe/berlin")
    assert not is_zone("")


def test_the_list_has_places_only_in_order():
    zones = zones_to_choose()
    assert {"Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"} <= set(zones)
    assert list(zones) == sorted(set(zones))
    assert not [zone for zone in zones if zone.startswith("Etc/") or "/" not in zone]
    assert all(ZoneInfo(zone) for zone in zones)
