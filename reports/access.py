"""The first line of a view on editions: may you see it (404), may you do it (403)."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.access import signed_in
from accounts.models import Account, Stakeholder
from accounts.permissions import TABLE, Actor, actor_at_vendor, actor_on
from plans.models import Plan, Renewal, Win
from reports.kinds import KINDS, Kind
from reports.models import Edition, EditionQuerySet


def get_edition(request: HttpRequest, edition_id: UUID, action: str) -> tuple[Edition, Actor]:
    """The edition without its snapshot, its plan and account joined on, and the person in their role."""
    editions = Edition.objects.visible_to(request.user).light()
    editions = editions.select_related("account", "plan", "requested_by")
    edition = get_object_or_404(editions, pk=edition_id)
    actor = actor_on(signed_in(request), edition.account_id)
    actor.require(action)
    return edition, actor


def get_editions(request: HttpRequest) -> EditionQuerySet:
    """Those that the person may open. 403 for a stakeholder who may not do that on any account."""
    user = signed_in(request)
    editions = Edition.objects.visible_to(user).light()
    if user.is_vendor:
        actor_at_vendor(user).require("edition.view")
        return editions
    readers = Stakeholder.objects.joined().filter(user=user, role__in=TABLE["edition.view"])
    if not readers.exists():
        raise PermissionDenied("edition.view")
    return editions.filter(Exists(readers.filter(account=OuterRef("account_id"))))


def accounts_of(editions: EditionQuerySet) -> QuerySet[Account]:
    """The accounts that these are about, by name."""
    return Account.objects.filter(pk__in=editions.order_by().values("account")).order_by("name", "id")


def get_maker(request: HttpRequest) -> Actor:
    """Whoever may make editions: the vendor's managers, on every account."""
    actor = actor_at_vendor(signed_in(request))
    actor.require("edition.make")
    return actor


@dataclass(frozen=True)
class AskedAbout:
    """What the address names; each brings its account along, and a win or a renewal its plan."""

    account: Account | None = None
    plan: Plan | None = None
    win: Win | None = None
    renewal: Renewal | None = None


def get_asked(request: HttpRequest) -> AskedAbout:
    """What ?plan=, ?account=, ?win= or ?renewal= names; 404 for one that is not there for this person."""
    plans = Plan.objects.visible_to(request.user)
    if asked := request.GET.get("plan"):
        plan = get_object_or_404(plans.select_related("account"), pk=_uuid(asked))
        return AskedAbout(plan.account, plan)
    if asked := request.GET.get("account"):
        return AskedAbout(get_object_or_404(Account.objects.visible_to(request.user), pk=_uuid(asked)))
    if asked := request.GET.get("win"):
        wins = Win.objects.standing().filter(plan__in=plans).select_related("plan__account")
        win = get_object_or_404(wins, pk=_uuid(asked))
        return AskedAbout(win.plan.account, win.plan, win=win)
    if asked := request.GET.get("renewal"):
        renewals = Renewal.objects.visible_to(request.user).select_related("plan__account")
        renewal = get_object_or_404(renewals, pk=_uuid(asked))
        return AskedAbout(renewal.plan.account, renewal.plan, renewal=renewal)
    return AskedAbout()


def get_asked_kind(request: HttpRequest) -> Kind | None:
    """The kind that the form or the address names; None for none, 404 for one that there is not."""
    asked = request.POST.get("kind") or request.GET.get("kind")
    if not asked:
        return None
    if asked not in KINDS:
        raise Http404
    return KINDS[asked]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
