"""The first line of a view on editions: may you see it (404), may you do it (403)."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Stakeholder, User
from accounts.permissions import TABLE, Actor, actor_at_vendor, actor_on
from plans.models import Plan
from reports.models import Edition, EditionQuerySet


def get_edition(request: HttpRequest, edition_id: UUID, action: str) -> tuple[Edition, Actor]:
    """The edition without its snapshot, its plan and account joined on, and the person in their role."""
    editions = (
        Edition.objects.visible_to(request.user).light().select_related("plan__account", "requested_by")
    )
    edition = get_object_or_404(editions, pk=edition_id)
    actor = actor_on(request.user, edition.account_id)  # type: ignore[arg-type]
    actor.require(action)
    return edition, actor


def get_editions(request: HttpRequest) -> EditionQuerySet:
    """Those that the person may open. 403 for a stakeholder who may not do that on any account."""
    user: User = request.user  # type: ignore[assignment]
    editions = Edition.objects.visible_to(user).light()
    if user.is_vendor:
        actor_at_vendor(user).require("edition.view")
        return editions
    readers = Stakeholder.objects.joined().filter(user=user, role__in=TABLE["edition.view"])
    if not readers.exists():
        raise PermissionDenied("edition.view")
    return editions.filter(Exists(readers.filter(account=OuterRef("account_id"))))


def get_maker(request: HttpRequest) -> Actor:
    """Whoever may make editions: the vendor's managers, on every account."""
    actor = actor_at_vendor(request.user)  # type: ignore[arg-type]
    actor.require("edition.make")
    return actor


def get_asked_plan(request: HttpRequest) -> Plan | None:
    """The plan that the address names with ?plan=; 404 for one that is not there for this person."""
    asked = request.GET.get("plan")
    if not asked:
        return None
    return get_object_or_404(Plan.objects.visible_to(request.user).select_related("account"), pk=_uuid(asked))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
