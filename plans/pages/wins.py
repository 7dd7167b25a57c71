"""A win as its page shows it, and how long the first value took."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, F, OuterRef, When
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import Actor
from plans.choices import EvidenceKind
from plans.forms.wins import WinConfirmForm, WinDismissForm, WinWordsForm
from plans.models import Evidence, Milestone, Plan, Win
from plans.pages.objectives import amount, proof_link
from plans.pages.standing_words import standing_words
from plans.services.winning import AIM_DAYS, ALARM_DAYS
from plans.values import Standing, Value, standing, standing_of_win
from portal.lib.days import full_day, moment
from portal.lib.prepared import PreparedRows

PROOFS_SHOWN = 12


def wins_of_plan(plan: Plan, actor: Actor, today: date) -> dict[str, Any]:
    """The context of `templates/plans/_plan_wins.html`: wins, and the days to the first value. One query."""
    rows = [
        {
            "title": title,
            "url": reverse("win_detail", args=[plan.pk, pk]),
            "standing": standing_words(_standing_in(row, plan.account.zone)),
            "when_label": full_day(reached_on),
            "asked": row[0] is None and actor.may("win.confirm"),
        }
        for pk, title, reached_on, *row in _wins_of(plan.pk)
    ]
    return {"wins": rows, "first_value": first_value(plan, today)}


def _standing_in(row: Sequence[Any], zone: ZoneInfo) -> Standing:
    """From what `wins_rows` brings after the day: who stands behind the win."""
    confirmed_at, name, email, number_at, number_proof, proved = row
    if confirmed_at:
        return Standing(Value.CONFIRMED, name or email, confirmed_at.astimezone(zone).date())
    return Standing(Value.EVIDENCED if number_at or number_proof or proved else Value.CLAIMED)


def first_value(plan: Plan, today: date) -> dict[str, str]:
    """`label` and `status` (ok | due | late | "") of the days from the signature to the first value."""
    if plan.signed_on is None or plan.live_at is None:
        return {"label": "", "status": ""}
    if plan.first_value_on:
        days = max(0, (plan.first_value_on - plan.signed_on).days)
        label = ngettext(
            "First value %(n)d day after the signature", "First value %(n)d days after the signature", days
        )
        status = "ok" if days <= AIM_DAYS else "due" if days <= ALARM_DAYS else "late"
        return {"label": label % {"n": days}, "status": status}
    days = (today - plan.signed_on).days
    if plan.is_finished or days < 0:
        return {"label": "", "status": ""}
    label = ngettext(
        "No value yet, %(n)d day after the signature", "No value yet, %(n)d days after the signature", days
    )
    status = "late" if days > ALARM_DAYS else "due" if days > AIM_DAYS else ""
    return {"label": label % {"n": days}, "status": status}


def win_context(win: Win, actor: Actor, *, forms: Mapping[str, Form] | None = None) -> dict[str, Any]:
    """The context of `templates/plans/win_detail.html`. `forms` are bound ones by their name there."""
    plan = win.plan
    credited = list(win.credited.all())
    can = _can(win, actor)
    return {
        "plan": {"id": plan.pk, "name": plan.name, "url": reverse("plan_detail", args=[plan.pk])},
        "win": _shown(win, credited),
        "proofs": _proofs(win),
        "can": {**can, "make": win.dismissed_at is None and actor.may("edition.make")},
        **_fresh_forms(win, credited, can),
        **(forms or {}),
    }


def _shown(win: Win, credited: list[User]) -> dict[str, Any]:
    plan = win.plan
    before, after = before_after(win)
    return {
        "id": win.pk,
        "version": win.version,
        "title": win.title,
        "before": before,
        "after": after,
        "story": win.story,
        "next_step": win.next_step or next_stop(win),
        "credits": ", ".join([*map(str, credited), *([win.credits_others] if win.credits_others else [])]),
        "reached_label": full_day(win.reached_on),
        "reached_iso": win.reached_on.isoformat(),
        "standing": None if win.dismissed_at else standing_words(_standing(win)),
        "state": "dismissed" if win.dismissed_at else "confirmed" if win.confirmed_at else "open",
        "confirmed_label": _by(
            _("Confirmed by %(name)s, %(time)s"), win.confirmed_by, win.confirmed_at, plan
        ),
        "dismissed_label": _by(
            _("Taken back by %(name)s, %(time)s"), win.dismissed_by, win.dismissed_at, plan
        ),
        "dismiss_reason": win.dismiss_reason,
        "shared": win.share_consent_at is not None,
        "consent_label": _by(
            _("%(name)s agreed that others may be told, %(time)s"),
            win.share_consent_by,
            win.share_consent_at,
            plan,
        ),
        "first_value": first_value(plan, plan.account.today()) if _is_first(win) else {},
    }


def _standing(win: Win) -> Standing:
    zone = win.plan.account.zone
    number = standing(win.measurement, zone) if win.measurement else None
    accepted = Evidence.objects.filter(task__milestone=win.milestone_id, accepted_at__isnull=False)
    proved = win.milestone_id is not None and accepted.exists()
    return standing_of_win(win, zone, number=number, proved=proved)


def _by(pattern: str, person: User | None, at: Any, plan: Plan) -> str:
    if at is None:
        return ""
    return pattern % {"name": person or _("The portal"), "time": moment(at, plan.account.zone)}


def _is_first(win: Win) -> bool:
    return win.dismissed_at is None and win.reached_on == win.plan.first_value_on


def before_after(win: Win) -> tuple[str, str]:
    """The vendor's words, or the numbers of the plan where there are none."""
    before, after = win.before, win.after
    if win.objective:
        if not before and win.objective.baseline is not None:
            before = amount(win.objective.baseline, win.objective)
        if not after and win.measurement:
            after = amount(win.measurement.value, win.objective)
    elif win.milestone:
        after = after or win.milestone.goal
    return before, after


def next_stop(win: Win) -> str:
    """Without a next step in words, the milestone that comes next."""
    ahead = Milestone.objects.filter(plan=win.plan_id, reached_at=None).order_by(
        "stage__position", "position"
    )
    return ahead.values_list("title", flat=True).first() or ""


def _proofs(win: Win) -> list[dict[str, str]]:
    """What the win stands on: the measurement, or the accepted evidence of the milestone's tasks."""
    if win.measurement and win.objective:
        said = _("Measured by %(name)s: %(note)s") if win.measurement.note else _("Measured by %(name)s")
        words = {"name": win.measurement.claimed_by, "note": win.measurement.note}
        url = reverse("objective_detail", args=[win.plan_id, win.objective.pk])
        state = standing_words(standing(win.measurement, win.plan.account.zone))["label"]
        proof = proof_link(win.measurement.evidence)
        rows = [{"label": said % words, "href": url, "state_label": state}]
        return rows + ([proof | {"state_label": ""}] if proof else [])
    found = Evidence.objects.standing().filter(task__milestone=win.milestone).order_by("-accepted_at")
    return [
        {
            "label": str(proof),
            "href": _href(proof),
            "state_label": _("Accepted") if proof.accepted_at else _("To be reviewed"),
        }
        for proof in found[:PROOFS_SHOWN]
    ]


def _href(proof: Evidence) -> str:
    if proof.kind == EvidenceKind.FILE:
        return reverse("evidence_download", args=[proof.plan_id, proof.pk])
    return proof.url


def _can(win: Win, actor: Actor) -> dict[str, bool]:
    if win.dismissed_at or win.plan.state == "closed":
        return {}
    open_still = win.confirmed_at is None
    return {
        "edit": open_still and actor.may("win.edit"),
        "confirm": open_still and actor.may("win.confirm"),
        "dismiss": open_still and actor.may("win.dismiss"),
        "share": not open_still and actor.may("win.confirm"),
    }


def _fresh_forms(win: Win, credited: list[User], can: Mapping[str, bool]) -> dict[str, Form]:
    made: dict[str, Form] = {}
    if can.get("edit"):
        before, after = before_after(win)
        initial = {
            "version": win.version,
            "title": win.title,
            "before": before,
            "after": after,
            "story": win.story,
            "next_step": win.next_step,
            "credited": credited,
            "credits_others": win.credits_others,
        }
        made["form_words"] = WinWordsForm(win=win, initial=initial, auto_id="words-%s")
    if can.get("confirm"):
        made["form_confirm"] = WinConfirmForm(initial={"version": win.version}, auto_id="confirm-%s")
    if can.get("dismiss"):
        made["form_dismiss"] = WinDismissForm(initial={"version": win.version}, auto_id="dismiss-%s")
    return made


def wins_rows(plan_id: UUID) -> Any:
    wins = Win.objects.standing().filter(plan=plan_id).order_by("reached_on", "found_at")
    proofs = Evidence.objects.filter(task__milestone=OuterRef("milestone"), accepted_at__isnull=False)
    proof = Case(When(measurement__evidence__returned_at=None, then=F("measurement__evidence")), default=None)
    return wins.annotate(proof=proof, proved=Exists(proofs)).values_list(
        "id",
        "title",
        "reached_on",
        "confirmed_at",
        "confirmed_by__name",
        "confirmed_by__email",
        "measurement__accepted_at",
        "proof",
        "proved",
    )


_wins_of = PreparedRows(wins_rows)
