"""Meetings as pages show them: the next one on the plan, the list, a meeting with its agenda and what came of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.forms import Form
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.permissions import Actor
from plans.choices import MeetingKind
from plans.forms.adding import ActionForm
from plans.forms.meetings import ChangeDecisionForm, DecisionForm, HoldForm, MoveMeetingForm, NotesForm
from plans.models import Decision, Meeting, Milestone, Plan, Task
from plans.pages.agendas import agenda_in_words, minutes_label
from plans.pages.rows import due_in_words
from plans.pages.spine import side_names
from plans.services.agenda_facts import agenda_of
from plans.services.meetings import day_of_next
from portal.lib.days import full_day, moment, short_day
from portal.lib.markdown import to_html
from portal.lib.prepared import PreparedRows
from portal.lib.workdays import calendar_of

Forms = Mapping[str, Form]


def meetings_on_plan(plan: Plan, names: dict[str, str], today: date) -> dict[str, Any]:
    """For the plan's page, in one query: the kickoff's agenda, and the next meeting or None."""
    found = [Meeting(**dict(zip(_COLUMNS, row, strict=True))) for row in _standing_on(plan.pk)]
    kickoff = next((one for one in found if one.kind == MeetingKind.KICKOFF), None)
    ahead = [one for one in found if one.held_at is None and one.planned_on >= today]
    return {
        "agenda": agenda_in_words(kickoff.agenda, plan.pk, names) if kickoff else [],
        "meeting": {
            "label": str(MeetingKind(ahead[0].kind).label),
            "when_label": when_label(ahead[0], plan),
            "url": reverse("meeting_detail", args=[plan.pk, ahead[0].pk]),
        }
        if ahead
        else None,
    }


def meeting_list_page(plan: Plan, actor: Actor) -> dict[str, Any]:
    """The context of `templates/plans/meeting_list.html`: what lies ahead, and what is past, the newest first."""
    today = plan.account.today()
    meetings = list(
        Meeting.objects.filter(plan=plan.pk)
        .order_by("planned_on", "starts_at", "id")
        .defer("notes", "agenda")
    )
    rows = [(one, _row(one, plan, today)) for one in meetings]
    return {
        "plan": _plan(plan),
        "ahead": [row for one, row in rows if row["state"] == "ahead"],
        "past": [row for one, row in reversed(rows) if row["state"] != "ahead"],
        "can": {"plan": _running(plan) and actor.may("meeting.manage")},
    }


def meeting_page(meeting: Meeting, actor: Actor, forms: Forms | None = None, **more: Any) -> dict[str, Any]:
    """The context of `templates/plans/meeting_detail.html`. `forms` are bound ones by their name in the template;
    "decision <id>" is that of one decision."""
    plan, forms = meeting.plan, forms or {}
    names, today = side_names(plan), plan.account.today()
    can = _can(meeting, actor, today)
    next_on = day_of_next(meeting, plan) if can["hold"] else None
    fresh = _fresh(meeting, actor, can, next_on)
    decisions = _decisions(meeting, can, forms)
    offered = {*fresh, *(f"decision {one['id']}" for one in decisions if one["form"])}
    return {
        "plan": _plan(plan),
        "meeting": _row(meeting, plan, today)
        | {
            "notes_html": mark_safe(to_html(meeting.notes)),
            "held_label": _held_label(meeting),
            "hold_hint": _hold_hint(meeting, can, today),
            "next_label": full_day(next_on) if next_on else "",
        },
        "agenda": agenda_in_words(agenda_of(meeting, plan), plan.pk, names),
        "decisions": decisions,
        "actions": [_action(task, names, today) for task in _actions_of(meeting)],
        "can": can,
        # What was held reads as a text; before, and while something is wrong, the notes are in their field.
        "writing": can["note"] and (not meeting.held_at or not meeting.notes or "form_notes" in forms),
        **fresh,
        **{name: form for name, form in forms.items() if name in fresh},
        "problem": " ".join(_beyond(name, form, name in offered) for name, form in forms.items()).strip(),
        "typed": " ".join(_typed(form) for name, form in forms.items() if name not in offered),
        **more,
    }


def _beyond(name: str, form: Form, shown: bool) -> str:
    """What is wrong with a form beyond what it shows itself; everything, where it is not offered any more."""
    unseen = {"version", "__all__"} if name == "form_notes" else {"version"}
    return " ".join(
        str(text) for field, texts in form.errors.items() for text in texts if not shown or field in unseen
    )


def _typed(form: Form) -> str:
    return " ".join(form.data[name] for name in ("notes", "text", "title") if form.data.get(name))


def when_label(meeting: Meeting, plan: Plan) -> str:
    """The day in full, and the time where the account is."""
    day = full_day(meeting.planned_on)
    if not meeting.starts_at:
        return day
    at = time_format(meeting.starts_at.astimezone(plan.account.zone), "TIME_FORMAT")
    return _("%(day)s, %(time)s (%(zone)s)") % {"day": day, "time": at, "zone": plan.account.time_zone}


def not_working_hint(plan: Plan, day: date) -> str:
    """Said, not refused: two companies may well meet on a Sunday, if they mean to."""
    if calendar_of(plan.account.country).is_working(day):
        return ""
    return _("%(day)s is a weekend or a public holiday at %(account)s.") % {
        "day": full_day(day),
        "account": plan.account.name,
    }


def usual_day(plan: Plan) -> date:
    """A working day a week from now, within the plan."""
    return min(
        calendar_of(plan.account.country).on_or_after(plan.account.today() + timedelta(days=7)), plan.ends_on
    )


def current_milestone(plan: Plan) -> Milestone | None:
    """The first that is not reached; the last one where all are."""
    milestones = Milestone.objects.filter(plan=plan.pk).order_by("stage__position", "position")
    return milestones.filter(reached_at__isnull=True).first() or milestones.last()


def _row(meeting: Meeting, plan: Plan, today: date) -> dict[str, Any]:
    state, label = _state(meeting, today)
    return {
        "id": meeting.pk,
        "url": reverse("meeting_detail", args=[plan.pk, meeting.pk]),
        "label": str(MeetingKind(meeting.kind).label),
        "day_label": full_day(meeting.planned_on),
        "when_label": when_label(meeting, plan),
        "when_iso": meeting.planned_on.isoformat(),
        "minutes_label": minutes_label(meeting.minutes),
        "state": state,
        "state_label": label,
        "badge": {"held": "ok", "missed": "due"}.get(state, ""),
        "is_kickoff": meeting.kind == MeetingKind.KICKOFF,
        "hint": not_working_hint(plan, meeting.planned_on) if state == "ahead" else "",
    }


def _state(meeting: Meeting, today: date) -> tuple[str, str]:
    if meeting.cancelled_at:
        return "cancelled", _("Cancelled")
    if meeting.held_at:
        return "held", _("Held")
    if meeting.planned_on < today:
        return "missed", _("Not written up")
    return "ahead", _("Today") if meeting.planned_on == today else _("Planned")


def _held_label(meeting: Meeting) -> str:
    if not meeting.held_at:
        return ""
    words = {
        "name": meeting.held_by or _("The portal"),
        "time": moment(meeting.held_at, meeting.account.zone),
    }
    return _("Held by %(name)s, %(time)s. The agenda is kept as it was then.") % words


def _hold_hint(meeting: Meeting, can: dict[str, bool], today: date) -> str:
    """Why somebody who may hold the meeting cannot do so yet."""
    if can["hold"] or not can["move"]:
        return ""
    if not meeting.plan.live_at:
        return _("The plan is a draft. Make it live before you meet about it.")
    return _("Once it is held, the recap goes to everybody. That can be said from its day on.")


def _can(meeting: Meeting, actor: Actor, today: date) -> dict[str, bool]:
    running = _running(meeting.plan) and meeting.cancelled_at is None
    ahead = running and meeting.held_at is None
    manages = actor.may("meeting.manage")
    return {
        "note": running and actor.may("meeting.note"),
        "add": running and actor.may("task.add"),
        "hold": ahead and manages and bool(meeting.plan.live_at) and meeting.planned_on <= today,
        "move": ahead and manages,
        "cancel": ahead and manages and meeting.kind != MeetingKind.KICKOFF,
    }


def _fresh(meeting: Meeting, actor: Actor, can: dict[str, bool], next_on: date | None) -> dict[str, Form]:
    """A fresh form for each thing that can be done, each with ids of its own on the page."""
    made: dict[str, Form] = {}
    plan = meeting.plan
    if can["note"]:
        form, more = (HoldForm, {"plan_next": next_on is not None}) if can["hold"] else (NotesForm, {})
        initial = {"version": meeting.version, "notes": meeting.notes, **more}
        made["form_notes"] = form(meeting=meeting, initial=initial)
        made["form_decision"] = DecisionForm(auto_id="decision-%s")
    if can["add"]:
        made["form_action"] = action_form(plan, actor)
    if can["move"]:
        at = meeting.starts_at.astimezone(plan.account.zone).time() if meeting.starts_at else None
        made["form_move"] = MoveMeetingForm(
            meeting=meeting,
            zone=plan.account.time_zone,
            auto_id="move-%s",
            initial={"day": meeting.planned_on, "at": at, "minutes": meeting.minutes},
        )
    return made


def action_form(plan: Plan, actor: Actor, data: Any = None) -> ActionForm:
    """In the milestone that is under way, until the next week, unless somebody says otherwise."""
    initial = {"milestone": current_milestone(plan), "due_on": usual_day(plan)} if data is None else {}
    return ActionForm(data, plan=plan, by=actor, auto_id="action-%s", initial=initial)


def _decisions(meeting: Meeting, can: dict[str, bool], forms: Forms) -> list[dict[str, Any]]:
    """What is still wanted, from whichever meeting; then those of this one."""
    found = Decision.objects.filter(Q(meeting=meeting.pk) | Q(decided_at__isnull=True), plan=meeting.plan_id)
    return [
        {
            "id": one.pk,
            "text": one.text,
            "decided": one.decided_at is not None,
            "form": (
                forms.get(f"decision {one.pk}")
                or ChangeDecisionForm(auto_id=f"decision-{one.pk}-%s", initial={"text": one.text})
            )
            if can["note"]
            else None,
        }
        for one in found.order_by(F("decided_at").asc(nulls_first=True), "position", "id")
    ]


def _actions_of(meeting: Meeting) -> list[Task]:
    return list(
        Task.objects.filter(meeting=meeting.pk).select_related("owner").order_by("due_on", "position")
    )


def _action(task: Task, names: dict[str, str], today: date) -> dict[str, str]:
    label, state = due_in_words(task.due_on, today)
    if task.completed_at:
        label, state = _("Done"), "done"
    return {
        "title": task.title,
        "url": reverse("task_detail", args=[task.plan_id, task.pk]),
        "owner": str(task.owner or _("Needs an owner")),
        "side": names[task.side],
        "due_iso": task.due_on.isoformat(),
        "due_full": short_day(task.due_on),
        "due_label": label,
        "due_state": state,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {"id": plan.pk, "name": plan.name, "url": reverse("plan_detail", args=[plan.pk])}


def _running(plan: Plan) -> bool:
    return not plan.is_finished


_COLUMNS = ("id", "kind", "planned_on", "starts_at", "held_at", "agenda")


def _standing_rows(plan_id: UUID) -> Any:
    shown = Q(kind=MeetingKind.KICKOFF) | Q(held_at__isnull=True)
    standing = Meeting.objects.filter(shown, plan=plan_id, cancelled_at__isnull=True)
    return standing.order_by("planned_on", "starts_at").values_list(*_COLUMNS)


_standing_on = PreparedRows(_standing_rows)
