"""Which tests run in one process of pytest-xdist, one after the other, because they share what is dear to start.

`xdist_group` marks would say the same; xdist 3.8 writes them into an attribute that pytest 9.2 no longer reads.
"""

import re

from xdist.scheduler import LoadScopeScheduling

SHARED = {
    "an installation of production": re.compile(r"^tests/browser/.*\bproduction\]"),
    "the demo in browsers": re.compile(r"^tests/browser/"),
    "the demo at the command line": re.compile(r"^tests/embedded/test_demo\.py"),
}


class TogetherWhatShares(LoadScopeScheduling):
    """Each test goes to whoever is free, those of one group to the same process; large groups start first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for name, pattern in SHARED.items() if pattern.search(nodeid)), nodeid)
