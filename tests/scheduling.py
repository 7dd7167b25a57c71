"""Which tests run in one process of pytest-xdist, one after the other, because they share what is dear to start.

`xdist_group` marks would say the same; xdist 3.8 writes them into an attribute that pytest 9.2 no longer reads.
"""

import re

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

SHARED = {
    "the demo in browsers": re.compile(r"^tests/browser/(?!.*\bproduction\])"),
    "an installation of production": re.compile(r"^tests/browser/.*\bproduction\]"),
    "the demo at the command line": re.compile(r"^tests/embedded/test_demo\.py"),
}


class TogetherWhatShares(LoadScopeScheduling):
    """Each test goes to whoever is free, those of one group to the same process.

    The groups come first, in the order of `SHARED`: one that began last would keep one process waiting for the other.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((name for name, pattern in SHARED.items() if pattern.search(nodeid)), nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        ahead = next((name for name in SHARED if name in self.workqueue), None)
        if ahead:
            self.workqueue.move_to_end(ahead, last=False)
        super()._assign_work_unit(node)
