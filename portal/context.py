"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.permissions import actor_at_vendor
from accounts.services.branding import current_vendor
from plans.pages.inbox import inbox_link
from portal.lib.kept_text import kept_text


def page(request: HttpRequest) -> dict[str, object]:
    """`vendor` (VendorFacts), `vendor_name`, `demo` (whether the demo-only doors are open, which every page must say),
    `nav`, `inbox`, `kept_text`, and `viewing_as`, the person through whose eyes the page is seen, or None."""
    viewing_as = getattr(request, "viewing_as", None)
    vendor = current_vendor()
    return {
        "vendor_name": vendor.name,
        "vendor": vendor,
        "demo": settings.PORTAL_DEMO,
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "inbox": SimpleLazyObject(lambda: inbox_link(request)),
        "kept_text": SimpleLazyObject(lambda: "" if viewing_as else kept_text(request)),
        "viewing_as": viewing_as,
    }


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    """The main links of the vendor's people. A stakeholder has one home, and the maker's name leads there."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or not person.is_vendor:
        return []
    actor = actor_at_vendor(person)
    links = [
        ("home", _("Home"), True),
        ("portfolio", _("Portfolio"), actor.may("people.manage")),
        ("account_list", _("Accounts"), actor.may("account.list")),
        ("usage_imports", _("Usage"), actor.may("usage.import")),
        ("renewal_list", _("Renewals"), actor.may("portfolio.view")),
        ("edition_list", _("Documents"), actor.may("edition.view")),
        ("people", _("People"), actor.may("people.manage")),
        ("company", _("Your company"), actor.may("vendor.edit")),
        ("connections", _("Connections"), actor.may("connection.view")),
        ("deliveries", _("Deliveries"), actor.may("delivery.view")),
    ]
    return [
        {"label": label, "url": reverse(name), "current": request.path == reverse(name)}
        for name, label, allowed in links
        if allowed
    ]
