"""The vendor's own people, managed by admins."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_vendor_actor, get_vendor_person
from accounts.choices import VendorRole
from accounts.forms import VendorPersonForm, VendorRoleForm, add_errors
from accounts.models import User
from accounts.permissions import Actor
from accounts.services.people import add_vendor_person, change_vendor_role, deactivate_person
from portal.lib.days import long_day


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    actor = get_vendor_actor(request, "people.manage")
    return render(request, "accounts/people.html", _page(actor, VendorPersonForm()))


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    actor = get_vendor_actor(request, "people.manage")
    form = VendorPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = add_vendor_person(by=actor, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("%(name)s can sign in now.") % {"name": person})
            return redirect("people")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/people.html", _page(actor, form), status=status)


@require_POST
def person_role(request: HttpRequest, person_id: UUID) -> HttpResponse:
    person, actor = get_vendor_person(request, person_id, "people.manage")
    form = VendorRoleForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("Choose one of the roles."))
        change_vendor_role(by=actor, person=person, role=form.cleaned_data["role"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        label = person.get_vendor_role_display()
        messages.success(request, _("%(name)s: %(role)s.") % {"name": person, "role": label})
    return redirect("people")


@require_POST
def person_deactivate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    person, actor = get_vendor_person(request, person_id, "people.manage")
    try:
        deactivate_person(by=actor, person=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s cannot sign in any more.") % {"name": person})
    return redirect("people")


def _page(actor: Actor, form: VendorPersonForm) -> dict[str, object]:
    found = User.objects.exclude(vendor_role="").order_by("-is_active", "name", "email")
    return {"people": [_row(person, actor) for person in found], "form": form}


def _row(person: User, by: Actor) -> dict[str, object]:
    other = person.pk != by.user.pk
    seen = person.last_login
    return {
        "id": str(person.pk),
        "name": str(person),
        "email": person.email,
        "initials": person.initials,
        "role_label": str(person.get_vendor_role_display()),
        "last_label": long_day(timezone.localtime(seen)) if seen else _("never"),
        "active": person.is_active,
        "can_deactivate": person.is_active and other,
        "roles": _roles(person) if person.is_active and other else [],
    }


def _roles(person: User) -> list[dict[str, object]]:
    return [
        {"value": value, "label": str(label), "selected": value == person.vendor_role}
        for value, label in VendorRole.choices
    ]
