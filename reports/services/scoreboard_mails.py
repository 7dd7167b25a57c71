"""The scoreboard's mail: to those who lead a running plan, on the first working morning of their week.

A run puts rows down (who, which day, and a mail without words); the words are found as it leaves, so that a figure
that came in between is in it, and a mail in which nothing stands does not leave. It is then tried again on the next
morning, until Wednesday: figures may come late.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Paper, StakeholderRole
from accounts.models import Account, OutgoingMail, Stakeholder, User
from accounts.services.mail import Letter, write_letter
from accounts.services.unsubscribing import unsubscribe_headers, unsubscribe_url
from plans.models import Plan
from plans.reminding import is_morning, is_week_due
from plans.services.readers import Reader, mornings, put_on_day, reader_of, readers
from portal.lib import clock
from portal.lib.queue import enqueue
from reports.kinds import Asked
from reports.models import ScoreboardMail
from reports.scoreboard import presenting
from reports.scoreboard.gathering import gather
from reports.scoreboard.page import scoreboard_url
from reports.scoreboard.snapshot import ScoreboardSnapshot
from reports.scoreboard.weeks import last_full_week

KIND = "scoreboard"
BATCH = 300
SHOWN = 10
FORGET = timedelta(days=8)
SIX_DAYS = timedelta(days=6)
_LEADS = (StakeholderRole.CHAMPION, StakeholderRole.SPONSOR)


def run_scoreboards() -> int:
    """Everybody whose first morning of the week it is; answers how many mails that makes."""
    sent = 0
    for day, zones in mornings(clock.now()).items():
        while is_week_due((), day) and (made := _make_batch(day, zones)) is not None:
            sent += made
    return sent


def forget_unsent() -> None:
    ScoreboardMail.objects.filter(mail=None, made_at__lt=clock.now() - FORGET).delete()


def compose_scoreboard(mail: OutgoingMail) -> Letter | None:
    """One mail over all the accounts that the person leads; None when there is nothing to say, or no wish for it."""
    row = ScoreboardMail.objects.filter(mail=mail).first()
    if row is None:
        return None
    reader = reader_of(row.user_id)
    letter = _letter(reader) if reader and _may_leave(row, reader) else None
    if letter is None:
        ScoreboardMail.objects.filter(pk=row.pk).update(mail=None)
    return letter


@transaction.atomic
def _make_batch(day: date, zones: Iterable[str]) -> int | None:
    """One batch, a constant number of queries; None when nobody is left."""
    waiting = _waiting_for(day, zones)
    people = list(waiting.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
    if not people:
        return None
    # Asked again now that their rows are ours: another run may have finished with some in between.
    had = set(ScoreboardMail.objects.filter(user__in=people, day=day).values_list("user", flat=True))
    rows = [_row(reader, day) for reader in put_on_day(people) if reader.user.pk not in had]
    mails = [row.mail for row in rows if row.mail]
    OutgoingMail.objects.bulk_create(mails)
    ScoreboardMail.objects.bulk_create(rows)
    for mail in mails:
        enqueue("accounts.send_mail", str(mail.pk))
    return len(mails)


def _waiting_for(day: date, zones: Iterable[str]) -> "QuerySet[User]":
    """Who leads a running plan, had no scoreboard this week and was not asked about today."""
    running = Plan.objects.live().running()
    here = running.filter(account=OuterRef("account_id"))
    leads = Stakeholder.objects.joined().filter(Exists(here), user=OuterRef("pk"), role__in=_LEADS)
    monday = day - timedelta(days=day.weekday())
    ours = ScoreboardMail.objects.filter(user=OuterRef("pk"))
    return readers().filter(  # type: ignore[misc]
        Exists(leads) | Exists(running.filter(account__owner=OuterRef("pk"))),
        ~Exists(ours.filter(Q(day=day) | Q(day__gte=monday, mail__isnull=False))),
        zone__in=list(zones),
    )


def _row(reader: Reader, day: date) -> ScoreboardMail:
    wanted = reader.works_today and reader.reachable and reader.preference.scoreboard and reader.under_cap
    mail = OutgoingMail(kind=KIND, to=reader.user.email, subject="") if wanted else None
    return ScoreboardMail(user=reader.user, day=day, mail=mail)


def _may_leave(row: ScoreboardMail, reader: Reader) -> bool:
    local = clock.now().astimezone(reader.zone)
    in_time = reader.day == row.day and is_morning(local, settings.PORTAL_DIGEST_HOUR)
    return in_time and reader.works_today and reader.reachable and reader.preference.scoreboard


def _letter(reader: Reader) -> Letter | None:
    language = reader.user.language or settings.LANGUAGE_CODE
    accounts = list(_led_by(reader.user))
    with translation.override(language):
        monday = last_full_week(reader.day)
        boards = [_read(account, monday, language) for account in accounts[:SHOWN]]
        shown = [
            (account, board)
            for account, board in zip(accounts, boards, strict=False)
            if not board.says_nothing
        ]
        if not shown:
            return None
        context = _context(shown, len(accounts) - SHOWN)
    url = unsubscribe_url(reader.user.pk, KIND)
    return write_letter(
        KIND, to=reader.user, context={**context, "unsubscribe_url": url}, headers=unsubscribe_headers(url)
    )


def _led_by(person: User) -> "QuerySet[Account]":
    running = Plan.objects.live().running().filter(account=OuterRef("pk"))
    leads = Stakeholder.objects.joined().filter(account=OuterRef("pk"), user=person, role__in=_LEADS)
    return Account.objects.filter(Q(Exists(leads)) | Q(owner=person), Exists(running)).order_by("name", "id")


def _read(account: Account, monday: date, language: str) -> ScoreboardSnapshot:
    return gather(Asked(account, None, None, monday, monday + SIX_DAYS, language, Paper.A4))


def _context(shown: Sequence[tuple[Account, ScoreboardSnapshot]], more: int) -> dict[str, Any]:
    account, board = shown[0]
    week = presenting.week_labels(board)[0]
    if len(shown) == 1:
        subject = _("Scoreboard of %(account)s, %(week)s") % {"account": account.name, "week": week}
    else:
        subject = _("The scoreboards of your accounts, %(week)s") % {"week": week}
    return {
        "subject_line": subject,
        "week": presenting.week_name(board),
        "boards": [_board(account, board) for account, board in shown],
        "more_accounts": ngettext(
            "and %(n)d more account, in the portal", "and %(n)d more accounts, in the portal", more
        )
        % {"n": more}
        if more > 0
        else "",
    }


def _board(account: Account, board: ScoreboardSnapshot) -> dict[str, Any]:
    return {
        "account": account.name,
        "url": settings.PORTAL_PUBLIC_URL + scoreboard_url(account.pk, board.period_from),
        "lead": presenting.lead(board),
        "rows": [
            {
                "label": one.row.label,
                "now": one.row.now,
                "note": one.row.note,
                # Where it is the same, the change says so.
                "before": _("last week %(value)s") % {"value": one.row.before}
                if one.row.change.arrow in ("up", "down")
                else "",
                "change": one.row.change.text,
            }
            for one in presenting.measures(board)
        ],
        "missing": presenting.missing(board),
    }
