"""The facts of a first-win one-pager, read from the win: queries of a fixed number, and no write."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Window
from django.urls import reverse
from django.utils import translation

from accounts.choices import StakeholderRole, VendorRole
from accounts.models import Stakeholder, User
from plans.models import Evidence, Win
from plans.pages.wins import before_after, next_stop
from portal.lib.files import path_of
from reports.base import common_facts
from reports.first_win.snapshot import Credit, FirstWin, Proof
from reports.kinds import Asked
from reports.pictures import PictureBox
from reports.recap.winning import kept, page_of, standing_of
from reports.snapshots import PictureRef, Side

MOST_CREDITS = 8
MOST_PROOFS = 4
MOST_PICTURES = 2
MOST_WORDS = 120


def gather(asked: Asked) -> FirstWin:
    """Read what the one-pager of a win says. Raises ValueError where there is no such win any more."""
    wins = Win.objects.standing().select_related(
        "plan__account", "objective", "milestone", "confirmed_by", "share_consent_by",
        "measurement__evidence__claimed_by", "measurement__evidence__accepted_by",
        "measurement__claimed_by", "measurement__accepted_by",
    )  # fmt: skip
    win = wins.filter(pk__in=[asked.subject_id]).first()
    if win is None:
        raise ValueError("a one-pager is about a win that stands")
    with translation.override(asked.language):
        return _snapshot(win, asked)


def _snapshot(win: Win, asked: Asked) -> FirstWin:
    zone = win.plan.account.zone
    before, after = before_after(win)
    found, more = _evidence(win)
    standing = standing_of(win, zone, proved=any(one.accepted_at for one in found))
    first = win.reached_on == win.plan.first_value_on and win.plan.signed_on is not None
    of = win.objective or win.milestone
    return FirstWin(
        **common_facts(asked),
        title=win.title,
        before=before,
        after=after,
        story=win.story,
        about=of.title if of and of.title != win.title else "",
        reached_on=win.reached_on,
        days_to_value=max(0, (win.reached_on - win.plan.signed_on).days)
        if first and win.plan.signed_on
        else None,
        standing=kept(standing),
        credits=_credits(win),
        credits_others=win.credits_others,
        proofs=_proofs(found, asked.pictures, zone),
        proofs_more=more,
        next_step=win.next_step or next_stop(win),
        shared_by=str(win.share_consent_by or "") if win.share_consent_at else "",
        shared_on=_day(win.share_consent_at, zone),
        page=page_of(win),
    )


def _evidence(win: Win) -> tuple[list[Any], int]:
    """What was accepted for the win's milestone, pictures first, then the latest; or what proves its number. Of too
    many the first, and how many more there are."""
    if win.milestone_id is None:
        proof = win.measurement.evidence if win.measurement else None
        return [proof] if proof and proof.returned_at is None else [], 0
    picture = Q(content_type__startswith="image/") & ~Q(file="")
    rows: QuerySet[Any] = (
        Evidence.objects.filter(plan=win.plan_id, task__milestone=win.milestone_id, accepted_at__isnull=False)
        .select_related("claimed_by", "accepted_by")
        .annotate(all=Window(Count("pk")), drawn=ExpressionWrapper(picture, output_field=BooleanField()))
        .order_by("-drawn", "-accepted_at", "-pk")[:MOST_PROOFS]
    )
    found = list(rows)
    return found, found[0].all - len(found) if found else 0


def _is_picture(one: Evidence) -> bool:
    return bool(one.file) and one.content_type.startswith("image/")


def _proofs(found: Sequence[Any], pictures: PictureBox, zone: ZoneInfo) -> tuple[Proof, ...]:
    """Two pictures at most are printed; the others, like a broken one, are named in words."""
    proofs: list[Proof] = []
    for one in found:
        shown = sum(proof.picture is not None for proof in proofs)
        drawn = _drawn(one, pictures) if _is_picture(one) and shown < MOST_PICTURES else None
        proofs.append(
            Proof(
                title=_title(one),
                kind=one.kind,
                by=str(one.claimed_by),
                on=one.claimed_at.astimezone(zone).date(),
                accepted_by=str(one.accepted_by or ""),
                accepted_on=_day(one.accepted_at, zone),
                picture=drawn,
                unreadable=_is_picture(one) and drawn is None and shown < MOST_PICTURES,
                page=reverse("task_detail", args=[one.plan_id, one.task_id]),
            )
        )
    return tuple(proofs)


def _drawn(one: Evidence, pictures: PictureBox) -> PictureRef | None:
    return pictures.add_file(path_of(one.file), alt=_title(one))


def _title(one: Evidence) -> str:
    """The note in one line, the file's name, or where a link leads to."""
    note = " ".join(one.note.split())
    return note[:MOST_WORDS] or one.file_name or urlsplit(one.url).hostname or one.url[:MOST_WORDS]


def _credits(win: Win) -> tuple[Credit, ...]:
    """The customer's people first; everybody with what they are."""
    people = list(win.credited.order_by("name", "email"))
    rows = Stakeholder.objects.filter(account=win.account_id, user__in=people)
    titles = {
        user: title or str(StakeholderRole(role).label)
        for user, title, role in rows.values_list("user", "title", "role")
    }
    found = [_credit(one, titles.get(one.pk, "")) for one in people]
    return tuple(sorted(found, key=lambda one: one.side is Side.VENDOR)[:MOST_CREDITS])


def _credit(one: User, title: str) -> Credit:
    if one.vendor_role:
        return Credit(name=str(one), title=str(VendorRole(one.vendor_role).label), side=Side.VENDOR)
    return Credit(name=str(one), title=title, side=Side.CUSTOMER)


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None
