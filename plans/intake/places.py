"""Countries and time zones as CRMs write them, brought to codes."""

import re
from functools import lru_cache
from typing import Any

from holidays.registry import COUNTRIES

from plans.intake.text import clean
from portal.lib import zones

OTHER_NAMES = {
    "usa": "US",
    "unitedstatesofamerica": "US",
    "uk": "GB",
    "greatbritain": "GB",
    "england": "GB",
    "deutschland": "DE",
    "schweiz": "CH",
    "suisse": "CH",
    "osterreich": "AT",
    "thenetherlands": "NL",
    "holland": "NL",
    "czechrepublic": "CZ",
    "republicofkorea": "KR",
}


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Name, two letters and three letters of each country that `holidays` knows → its two letters."""
    found = dict(OTHER_NAMES)
    for key, (_class_name, two, *others) in COUNTRIES.items():
        for name in (key, two, *others):
            found[_bare(name)] = two
    return found


def country_code(value: Any) -> str:
    """The ISO 3166 code of a country's name or code; "" when it is not known."""
    return _countries().get(_bare(clean(value)), "")


def known_zone(value: Any) -> str:
    """The IANA time zone, also as HubSpot writes it (`us_slash_eastern`); "" when it is not known."""
    name = clean(value).replace("_slash_", "/")
    return zones.known_zone(name)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower().replace("ö", "o"))
