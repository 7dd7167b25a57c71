"""View as: the pages of one plan are answered as to somebody else, and nothing on them can be changed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from accounts.models import User
from plans.viewing_as import View, current_view, end_view, viewed_person

# What is read of a plan. Everything else, under the plan or not, stays the vendor person's own.
PAGES = frozenset(
    {
        "plan_detail",
        "plan_changes",
        "turn_detail",
        "task_detail",
        "task_add",
        "evidence_download",
        "objective_detail",
        "stage_detail",
        "milestone_detail",
        "signoff_list",
        "signoff_create",
        "signoff_detail",
        "meeting_list",
        "meeting_plan",
        "meeting_detail",
        "timeline",
        "date_why",
        "milestone_why",
        "objective_why",
        "date_ledger",
        "win_detail",
        "talk",
        "comment_show",
        "comment_earlier",
        "mention_people",
        "plan_renewal",
        "renewal_detail",
        "option_edit",
        "value_list",
    }
)
# To look through other eyes instead is the vendor person's own act.
_OWN_ACTS = frozenset({"view_as_start"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ViewAsMiddleware:
    """After AuthenticationMiddleware, and before what asks for the person's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = current_view(request)
        match = _on_plan(request, view) if view else None
        user = request.user
        if view is None or match is None or not isinstance(user, User):
            return self.get_response(request)
        person = viewed_person(view, user)
        acts = request.method not in _SAFE
        if person is None:
            end_view(request)
            # Whoever still has such a page open must not act from it unawares, nor get a part of another.
            return _refuse(request, user) if acts or _is_part(request) else self.get_response(request)
        if acts:
            return _refuse(request, user, person)
        if match.url_name in PAGES:
            request.viewing_as = person  # type: ignore[attr-defined]
            request.user = person
        return self.get_response(request)


def _on_plan(request: HttpRequest, view: View) -> ResolverMatch | None:
    """The address, where it is one of the plan that is looked at."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    here = str(match.kwargs.get("plan_id", "")) == view.plan_id
    return match if here and match.url_name not in _OWN_ACTS else None


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _refuse(request: HttpRequest, user: User, person: User | None = None) -> HttpResponse:
    """`person` is whose eyes they are; None where the view has just ended."""
    with translation.override(user.language or translation.get_language()):
        context = {"person": str(person) if person else ""}
        return render(request, "plans/view_as_refused.html", context, status=403)
