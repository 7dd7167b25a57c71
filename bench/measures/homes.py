"""The CSM's home: does it cost more where there are ten times as many accounts?"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, User
from bench.browser import Browser
from bench.report import Line, ratio
from bench.seeding import LARGE, SMALL, seeded, use
from bench.timing import compare

OWED = {"csm-home-own": 1.5, "csm-home-total": 1.5, "csm-home-queries": 12}
ROUNDS = 40
FEW = 50


def measure() -> Iterator[Line]:
    """First all accounts are the CSM's own, then 50 of the 1,000 and of the 100. Nothing of that is kept."""
    try:
        with transaction.atomic():
            yield from _compared("own", "all of 1,000 accounts are the CSM's own, against all of 100")
            for schema in (LARGE, SMALL):
                use(schema)
                _hand_over_all_but(FEW)
            yield from _compared("total", f"{FEW} own accounts among 1,000, against {FEW} among 100")
            transaction.set_rollback(True)
    finally:
        use(LARGE)


def _compared(name: str, words: str) -> Iterator[Line]:
    large, small = _Home(LARGE), _Home(SMALL)
    took = compare(large.open, small.open, rounds=ROUNDS, before=large.enter, before_floor=small.enter)
    yield ratio(f"csm-home-{name}", took, OWED[f"csm-home-{name}"], words)
    if name == "own":
        large.enter()
        with CaptureQueriesContext(connection) as queries:
            large.open()
        yield Line("csm-home-queries", len(queries), OWED["csm-home-queries"])


class _Home:
    def __init__(self, schema: str) -> None:
        self._schema = schema
        self.enter()
        self._browser = Browser(seeded().csm)
        self._url = reverse("home")

    def enter(self) -> None:
        use(self._schema)

    def open(self) -> None:
        self._browser.get(self._url)


def _hand_over_all_but(few: int) -> None:
    other = User.objects.create_user(email="somebody.else@vendor.example", vendor_role="csm")
    kept = Account.objects.order_by("pk").values("pk")[:few]
    Account.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).update(owner=other)
    # Else PostgreSQL would plan for a CSM who owns everything.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_account")
