"""A person's own settings. The access line is the session: there is no id by which to ask for somebody else's."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import signed_in
from accounts.forms import MailsForm, SettingsForm, add_errors
from accounts.models import CalendarKey, MailPreference, User
from accounts.services.own_settings import (
    account_zone_of,
    change_mails,
    change_settings,
    make_calendar_key,
    remove_calendar_key,
    replace_calendar_key,
)
from portal.lib.days import moment
from portal.lib.zones import is_zone, zones_to_choose


# Not to be kept anywhere: it shows the address of the calendar.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    initial = {"language": person.language, "time_zone": person.time_zone}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_settings(by=person, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            # The answer is the first thing to be said in the new language.
            translation.activate(person.language or translation.get_language_from_request(request))
            messages.success(request, _("Your settings are saved."))
            return redirect("settings_page")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/settings_page.html", _page(person, form), status=status)


@require_POST
def settings_mails(request: HttpRequest) -> HttpResponse:
    form = MailsForm(request.POST)
    # A box that is not ticked is not sent: every body says something, and none can be wrong.
    form.is_valid()
    change_mails(by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("Your choice of mails is saved."))
    return redirect("settings_page")


@require_POST
def calendar_key_make(request: HttpRequest) -> HttpResponse:
    make_calendar_key(by=signed_in(request))
    messages.success(request, _("Your calendar has an address."))
    return redirect("settings_page")


@require_POST
def calendar_key_replace(request: HttpRequest) -> HttpResponse:
    replace_calendar_key(by=signed_in(request))
    messages.success(request, _("Your calendar has a new address. The old one does not work any more."))
    return redirect("settings_page")


@require_POST
def calendar_key_remove(request: HttpRequest) -> HttpResponse:
    remove_calendar_key(by=signed_in(request))
    messages.success(request, _("The address of your calendar is removed."))
    return redirect("settings_page")


def _page(person: User, form: SettingsForm) -> dict[str, Any]:
    """The context of `templates/accounts/settings_page.html`."""
    key = CalendarKey.objects.filter(user=person).first()
    mails = MailPreference.objects.filter(user=person).first() or MailPreference(user=person)
    account_zone = account_zone_of(person)
    zone = person.time_zone if is_zone(person.time_zone) else account_zone or "UTC"
    return {
        "form": form,
        "mails_form": MailsForm(
            initial={
                "digest": mails.digest,
                "weekly": mails.weekly,
                "scoreboard": mails.scoreboard,
                "at_once": mails.at_once,
            }
        ),
        "mail_stopped": mails.stopped_at is not None,
        "zones": zones_to_choose(),
        "account_zone": account_zone,
        "email": person.email,
        "calendar": _calendar(key, zone) if key else None,
    }


def _calendar(key: CalendarKey, zone: str) -> dict[str, str]:
    """`address` is "" where it can no longer be shown, because it was sealed under a key that is lost."""
    path = reverse("calendar_feed", args=[key.token]) if key.token else ""
    return {
        "address": settings.PORTAL_PUBLIC_URL + path if path else "",
        "made_label": moment(key.created_at, ZoneInfo(zone)),
    }
