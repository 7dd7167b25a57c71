"""The plan's page and what is done to the plan as a whole."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.choices import Side, StakeholderRole, Verb
from accounts.models import Event, Stakeholder
from accounts.permissions import Actor
from plans.access import get_plan
from plans.choices import Gap
from plans.forms.plans import FinishForm
from plans.models import Plan, PlaybookVersion
from plans.pages.history import history_lines, told_to
from plans.pages.loading import load_milestones, load_tasks
from plans.pages.meetings import meetings_on_plan
from plans.pages.objectives import load_objectives, objective_card, reviews_in
from plans.pages.panel import plan_context
from plans.pages.rows import RowMaker, TaskFacts
from plans.pages.spine import build_spine, build_turn, row_maker
from plans.pages.turn import (
    blockers,
    parts_of,
    past_of_plan,
    plan_line,
    turn_context,
    turns_of,
    waited_of,
)
from plans.pages.wins import wins_of_plan
from plans.services.going_live import finish_plan, make_live
from plans.views.tags import live_tag, page_tag, progress_context
from portal.lib.days import full_day
from portal.lib.prepared import PreparedObjects

PEOPLE_SHOWN = 12
"""The CSM and those who lead come first; all of them stand on the account's page."""
_LEADS = (StakeholderRole.SPONSOR, StakeholderRole.CHAMPION)
BLOCKERS_SHOWN = 3
"""What the customer holds up, on the plan's page; the page of the turn shows all."""


@require_GET
def plan_detail(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "plan.view")
    people = _people(plan)
    tag = page_tag(request, plan, actor, plan.account.today(), plan.account.name, people)
    unchanged = tag and get_conditional_response(request, etag=tag)
    if unchanged:
        return _kept_private(unchanged, tag)
    context = _page(plan, actor, people, on_its_page=True)
    return _kept_private(render(request, "plans/plan_detail.html", context), tag)


@require_GET
def turn_detail(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Who waited for whom, the same for both sides."""
    plan, actor = get_plan(request, plan_id, "plan.view")
    context = turn_context(plan, row_maker(plan, actor)) | {"plan": plan_context(plan)}
    return render(request, "plans/turn_detail.html", context)


@require_GET
def plan_changes(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """304 while nothing has changed for this person today; an open page asks every few seconds."""
    plan, actor = get_plan(request, plan_id, "plan.view")
    tag = live_tag(plan, actor, plan.account.today())
    response = get_conditional_response(request, etag=tag) or HttpResponse()
    return _kept_private(response, tag)


@require_POST
def plan_go_live(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "plan.go_live")
    try:
        make_live(plan=plan, by=actor)
    except ValidationError as error:
        return _refused(request, plan, actor, error)
    messages.success(request, _("The plan is live. The customer's people have been invited by mail."))
    return redirect("plan_detail", plan.pk)


@require_POST
def plan_finish(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    plan, actor = get_plan(request, plan_id, "plan.finish")
    form = FinishForm(request.POST)
    if not form.is_valid():
        return _refused(request, plan, actor, ValidationError(_("Say whether it is completed or closed.")))
    completed = form.cleaned_data["outcome"] == "completed"
    try:
        finish_plan(plan=plan, by=actor, completed=completed)
    except ValidationError as error:
        return _refused(request, plan, actor, error)
    messages.success(request, _("The plan is completed.") if completed else _("The plan is closed."))
    return redirect("plan_detail", plan.pk)


def _refused(request: HttpRequest, plan: Plan, actor: Actor, error: ValidationError) -> HttpResponse:
    """The page again, saying why nothing was done."""
    context = _page(plan, actor, _people(plan)) | {"problem": " ".join(error.messages)}
    return render(request, "plans/plan_detail.html", context, status=422)


def _kept_private(response: HttpResponse, tag: str | None) -> HttpResponse:
    """The browser may keep it, and has to ask each time; a page that is shown once is not kept at all."""
    if tag:
        response["ETag"] = tag
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Cookie", "HX-Request"])
    return response


def _page(
    plan: Plan, actor: Actor, people: list[dict[str, str]], *, on_its_page: bool = False
) -> dict[str, Any]:
    """The context of `templates/plans/plan_detail.html`."""
    maker = row_maker(plan, actor, on_its_page=on_its_page)
    tasks, before = load_tasks(plan.pk)
    past = past_of_plan(plan)
    turns = turns_of(plan, parts_of(tasks, before), past.happenings)
    maker.waited = waited_of(turns, maker.today)
    measured = load_objectives(plan)
    reviews = reviews_in(measured, maker.viewer)
    spine = build_spine(load_milestones(plan.pk), tasks, maker, turns)
    return {
        "plan": _head(plan, actor, maker),
        "turn": build_turn(plan, tasks, reviews, maker),
        "spine": spine,
        "open_stages": ", ".join(stage["name"] for stage in spine if not stage["closed"]),
        "names": maker.names,
        "waited": plan_line(plan, turns, maker.names),
        "blockers": blockers(tasks, turns, maker)[:BLOCKERS_SHOWN] if plan.state == "live" else [],
        "objectives": [objective_card(plan, objective, found, maker.today) for objective, found in measured],
        "history": history_lines(told_to(actor, past.newest), maker.clock),
        "people": people[:PEOPLE_SHOWN],
        "more_people": _more(len(people) - PEOPLE_SHOWN),
        "eyes": [one for one in people if one.get("view_as")],
        **wins_of_plan(plan, actor, maker.today),
        **meetings_on_plan(plan, maker.names, maker.today),
        "missing": _missing(plan, tasks) if plan.state == "draft" and actor.side == Side.VENDOR else [],
        "can": {
            "go_live": plan.state == "draft" and actor.may("plan.go_live"),
            "finish": plan.state in ("draft", "live") and actor.may("plan.finish"),
            "complete": plan.live_at is not None and plan.tasks_done == plan.tasks_total,
            "edit_people": actor.may("person.invite"),
            "view_as": plan.state != "draft" and actor.may("person.view_as"),
            "terms": plan.live_at is not None and actor.may("renewal.view"),
            "export": plan.live_at is not None and actor.may("edition.make"),
            "add_measurement": actor.may("measurement.add"),
            "add_task": plan.state in ("draft", "live") and actor.may("task.add"),
        },
    }


def _head(plan: Plan, actor: Actor, maker: RowMaker) -> dict[str, Any]:
    labels = {"draft": _("Draft"), "live": _("Live"), "completed": _("Completed"), "closed": _("Closed")}
    return {
        "id": plan.pk,
        "name": plan.name,
        "url": reverse("plan_detail", args=[plan.pk]),
        "account_name": plan.account.name,
        "account_url": reverse("account_page", args=[plan.account_id]),
        "status": plan.state,
        "status_label": labels[plan.state],
        "kickoff_label": full_day(plan.kickoff_on),
        "ends_label": full_day(plan.ends_on),
        "csm_name": str(plan.account.owner) if plan.account.owner else "",
        "playbook_reason": plan.choice_reason,
        **progress_context(plan, actor, maker.today),
    }


def _people(plan: Plan) -> list[dict[str, str]]:
    """The account's CSM and its stakeholders; who has not come in yet is marked so."""
    people = []
    if plan.account.owner:
        owner = plan.account.owner
        people.append(
            {
                "name": str(owner),
                "initials": owner.initials,
                "role_label": str(owner.get_vendor_role_display()),
                "side_label": str(Side.VENDOR.label),
            }
        )
    # Sorted here, and stably: the rest stay in the order in which they came.
    for one in sorted(_stakeholders_of(plan.account_id), key=lambda one: one.role not in _LEADS):
        role = str(one.get_role_display())
        people.append(
            {
                "name": str(one.user),
                "initials": one.user.initials,
                "role_label": role if one.joined_at else _("%(role)s, not here yet") % {"role": role},
                "side_label": str(Side.CUSTOMER.label),
                "view_as": str(one.pk) if one.joined_at else "",
            }
        )
    return people


def _more(number: int) -> str:
    return ngettext("and %(n)d more", "and %(n)d more", number) % {"n": number} if number > 0 else ""


def _missing(plan: Plan, tasks: list[TaskFacts]) -> list[dict[str, str]]:
    """What the draft still lacks: from the deal, owners by role, and dates that did not fit the contract."""
    missing = [str(Gap(gap).label) for gap in plan.gaps if gap in Gap.values]
    version = PlaybookVersion.objects.filter(pk=plan.playbook_version_id)
    names = {role["key"]: role["name"] for role in version.values_list("body__roles", flat=True).get()}
    unowned = Counter(task.role for task in tasks if task.owner_id is None)
    missing += [
        ngettext("%(role)s: %(n)d task needs an owner", "%(role)s: %(n)d tasks need an owner", count)
        % {"role": names.get(role, role), "n": count}
        for role, count in unowned.items()
    ]
    made = Event.objects.filter(plan_id=plan.pk, verb=Verb.PLAN_MADE).first()
    held_back = made.new.get("held_back", 0) if made else 0
    if held_back:
        missing.append(
            ngettext(
                "%(n)d date would have been after the plan's end and was put on its last day",
                "%(n)d dates would have been after the plan's end and were put on its last day",
                held_back,
            )
            % {"n": held_back}
        )
    return [{"text": text, "url": ""} for text in missing]


_stakeholders_of: PreparedObjects[Stakeholder] = PreparedObjects(
    lambda account_id: Stakeholder.objects.present().filter(account=account_id).select_related("user")
)
