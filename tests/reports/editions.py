"""Editions for tests: asked for through the service, made in this process."""

from datetime import date, timedelta

from accounts.models import User
from plans.models import Plan
from reports.models import Edition
from reports.services import make_edition, request_edition
from tests.factories import actor


def period(plan: Plan) -> tuple[date, date]:
    today = plan.account.today()
    return today - timedelta(days=30), today


def asked(plan: Plan, by: User | None = None, **changes) -> Edition:
    begins, ends = period(plan)
    facts = {"period_from": begins, "period_to": ends} | changes
    return request_edition(by=actor(by, plan) if by else None, plan=plan, **facts)


def finished(plan: Plan, by: User | None = None, **changes) -> Edition:
    edition = asked(plan, by, **changes)
    make_edition(edition.pk)
    edition.refresh_from_db()
    assert edition.state == "done", edition.reason
    return edition
