"""Files of figures for tests."""

from django.test import Client

from accounts.models import User
from accounts.permissions import actor_at_vendor
from plans.models import SupportFigure, UsageFigure, UsageImport
from plans.usage.importing import apply_import, receive_file, work_on_import

HEAD = "account,week,team,feature,active_users,seats,quantity,tickets_opened,tickets_closed,tickets_late"


def lines(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


def brought(by: User, content: bytes, account=None) -> UsageImport:
    """The file, checked."""
    one = receive_file(by=actor_at_vendor(by), chunks=[content], file_name="usage.csv", account=account)
    work_on_import(one.pk)
    one.refresh_from_db()
    return one


def taken_over(by: User, content: bytes, account=None) -> UsageImport:
    one = brought(by, content, account)
    apply_import(by=actor_at_vendor(by), usage_import=one)
    work_on_import(one.pk)
    one.refresh_from_db()
    return one


def counts(one: UsageImport) -> tuple[int, int, int]:
    return tuple(one.found[name] for name in ("new", "replaced", "unchanged"))


def current() -> set[tuple]:
    """Every figure that holds, by team and feature."""
    usage = UsageFigure.objects.current().values_list("team", "feature", "active_users", "seats")
    tickets = SupportFigure.objects.current().values_list("opened", "closed", "late")
    return {*usage, *tickets}


def feed(token: str, body, kind="application/json"):
    return Client().post(
        "/usage/feed/", body, content_type=kind, headers={"Authorization": f"Bearer {token}"}
    )
