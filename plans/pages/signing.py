"""Sign-offs: who is asked, who has signed, what has changed since; and in one line beside what is signed."""

from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Actor
from plans.differences import differences
from plans.forms.gates import SignForm, SignoffForm
from plans.models import Milestone, Plan, Signature, SignOff, Stage
from plans.pages.letter import letter
from plans.pages.spine import side_names
from plans.services.signing import proposed_signers
from plans.services.snapshots import digest_of, snapshot_now
from portal.lib.days import moment


def signoff_context(signoff: SignOff, actor: Actor, *, form_sign: Form | None = None) -> dict[str, Any]:
    """The context of `templates/plans/signoff_detail.html`. `form_sign` is a bound one that was refused."""
    plan = signoff.plan
    signatures = list(signoff.signatures.select_related("person"))
    changes = changes_of(signoff)
    state = _state(signoff, signatures, changed=bool(changes))
    mine = next((one for one in signatures if one.person_id == actor.user.pk), None)
    open_to_me = mine is not None and mine.signed_at is None and not signoff.ended_at and not changes
    can_ask = actor.may("signoff.request") and plan.state in ("live", "completed")
    return {
        "plan": _plan(plan),
        "signoff": {
            "id": signoff.pk,
            "title": signoff.title,
            "kind_label": _kinds()[signoff.snapshot["of"]],
            "parties": signoff.snapshot["parties"],
            "asked_label": _("Asked for by %(name)s, %(time)s")
            % {"name": signoff.requested_by, "time": moment(signoff.requested_at, plan.account.zone)},
            "digest": signoff.digest,
            "back_url": _back(signoff),
            **state,
        },
        "letter": letter(signoff.snapshot, plan),
        "signatures": [_signature(one, plan) for one in signatures],
        "changes": changes,
        "earlier": _earlier(signoff),
        "form_sign": form_sign or (SignForm(auto_id="sign-%s") if open_to_me else None),
        "can": {
            "sign": open_to_me and plan.state != "closed",
            "end": can_ask and not signoff.ended_at,
            "renew": can_ask and bool(changes) and not signoff.ended_at,
        },
        "renew_url": _ask_url(plan, signoff.milestone, signoff.stage),
    }


def signoff_list_context(plan: Plan, actor: Actor) -> dict[str, Any]:
    """The context of `templates/plans/signoff_list.html`: all of the plan's, the newest first."""
    found = plan.signoffs.select_related("requested_by").prefetch_related("signatures")
    rows = [_row(one, plan) for one in found]
    return {
        "plan": _plan(plan),
        "signoffs": rows,
        "can": {"request": actor.may("signoff.request") and plan.state in ("live", "completed")},
        "request_url": _ask_url(plan, None, None),
    }


def signoff_form_context(
    plan: Plan,
    actor: Actor,
    milestone: Milestone | None,
    stage: Stage | None,
    *,
    form: Form | None = None,
) -> dict[str, Any]:
    """The context of `templates/plans/signoff_create.html`."""
    thing = milestone or stage or plan
    kind = "milestone" if milestone else "stage" if stage else "plan"
    return {
        "plan": _plan(plan),
        "title": str(thing),
        "kind_label": _kinds()[kind],
        "action": _ask_url(plan, milestone, stage),
        "form": form or SignoffForm(plan=plan, by=actor, initial={"signers": proposed_signers(plan)}),
    }


def signoff_short(
    plan: Plan, actor: Actor, *, milestone: Milestone | None = None, stage: Stage | None = None
) -> dict[str, Any]:
    """The state of the newest sign-off of a thing, in one line, and where to ask for one."""
    found = SignOff.objects.filter(plan=plan, milestone=milestone, stage=stage).select_related(
        "milestone", "stage"
    )
    newest = found.prefetch_related("signatures__person").first()
    may_ask = actor.may("signoff.request") and plan.state in ("live", "completed")
    short: dict[str, Any] = {
        "url": "",
        "state": "",
        "state_label": _("Nobody has been asked to sign yet."),
        "request_url": _ask_url(plan, milestone, stage) if may_ask else "",
        "people": "",
    }
    if newest is None:
        return short
    newest.plan = plan
    signatures = list(newest.signatures.all())
    changed = newest.ended_at is None and digest_of(snapshot_now(newest, plan)) != newest.digest
    waiting = [str(one.person) for one in signatures if one.signed_at is None]
    return {
        **short,
        **_state(newest, signatures, changed=changed),
        "url": _url(newest),
        "people": ", ".join(waiting) if newest.ended_at is None else "",
        "request_url": short["request_url"] if changed or newest.ended_at else "",
    }


def changes_of(signoff: SignOff) -> list[str]:
    """What is different from what was frozen, in words; nothing of one that does not stand any more."""
    if signoff.ended_at:
        return []
    now = snapshot_now(signoff, signoff.plan)
    return [] if digest_of(now) == signoff.digest else differences(signoff.snapshot, now)


def _state(signoff: SignOff, signatures: Sequence[Signature], *, changed: bool) -> dict[str, str]:
    signed = sum(one.signed_at is not None for one in signatures)
    if signoff.ended_at:
        label = _("Signed, and does not stand any more") if signoff.completed_at else _("Withdrawn")
        return {"state": "", "state_label": label}
    if changed:
        label = _("Changed since it was signed") if signed else _("Changed since it was asked for")
        return {"state": "late", "state_label": label}
    if signoff.completed_at:
        return {"state": "ok", "state_label": _("Signed by both sides")}
    words = ngettext("%(done)d of %(n)d has signed", "%(done)d of %(n)d have signed", len(signatures))
    return {"state": "due", "state_label": words % {"done": signed, "n": len(signatures)}}


def _row(signoff: SignOff, plan: Plan) -> dict[str, Any]:
    return {
        "title": signoff.title,
        "url": _url(signoff),
        "kind_label": _kinds()[
            "milestone" if signoff.milestone_id else "stage" if signoff.stage_id else "plan"
        ],
        "when_label": moment(signoff.requested_at, plan.account.zone),
        **_state(signoff, list(signoff.signatures.all()), changed=False),
    }


def _earlier(signoff: SignOff) -> list[dict[str, Any]]:
    """Others of the same thing, the newest first; the one that stands among them where this one was replaced."""
    same = SignOff.objects.filter(
        plan=signoff.plan_id, milestone=signoff.milestone_id, stage=signoff.stage_id
    )
    found = same.exclude(pk=signoff.pk).prefetch_related("signatures")
    return [_row(one, signoff.plan) for one in found]


def _signature(one: Signature, plan: Plan) -> dict[str, Any]:
    signed = one.signed_at is not None
    return {
        "name": one.signed_name if signed else str(one.person),
        "role": one.signed_role,
        "side_label": side_names(plan)[one.side],
        "signed": signed,
        "when_label": moment(one.signed_at, plan.account.zone) if one.signed_at else _("Has not signed yet"),
        "note": one.note,
    }


def _kinds() -> dict[str, str]:
    return {
        "milestone": _("Sign-off of a milestone"),
        "stage": _("Sign-off of a stage"),
        "plan": _("Sign-off of the plan"),
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {"id": plan.pk, "url": reverse("plan_detail", args=[plan.pk]), "name": plan.name}


def _url(signoff: SignOff) -> str:
    return reverse("signoff_detail", args=[signoff.plan_id, signoff.pk])


def _back(signoff: SignOff) -> str:
    if signoff.milestone_id:
        return reverse("milestone_detail", args=[signoff.plan_id, signoff.milestone_id])
    if signoff.stage_id:
        return reverse("stage_detail", args=[signoff.plan_id, signoff.stage_id])
    return reverse("signoff_list", args=[signoff.plan_id])


def _ask_url(plan: Plan, milestone: Milestone | None, stage: Stage | None) -> str:
    asked = f"?milestone={milestone.pk}" if milestone else f"?stage={stage.pk}" if stage else ""
    return reverse("signoff_create", args=[plan.pk]) + asked
