"""The first line of a view: may you see it (404), may you do it (403)."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Account
from accounts.permissions import Actor, actor_at_vendor, actor_on


def get_account(request: HttpRequest, account_id: UUID, action: str) -> tuple[Account, Actor]:
    account = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("owner"), pk=account_id
    )
    actor = actor_on(request.user, account.pk)  # type: ignore[arg-type]
    actor.require(action)
    return account, actor


def get_vendor_actor(request: HttpRequest, action: str) -> Actor:
    actor = actor_at_vendor(request.user)  # type: ignore[arg-type]
    actor.require(action)
    return actor
