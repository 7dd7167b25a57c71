"""A deal that no CRM sends."""

from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import get_vendor_actor
from accounts.permissions import Actor
from plans.forms.deals import DealForm, PeopleForms, facts_of, groups_of
from plans.intake.services import enter_deal
from plans.models import Plan
from plans.playbook.choosing import NoPlaybook


@require_http_methods(["GET", "HEAD", "POST"])
def deal_create(request: HttpRequest) -> HttpResponse:
    actor = get_vendor_actor(request, "deal.enter")
    form = DealForm(request.POST or None)
    people = PeopleForms(request.POST or None, prefix="people")
    if request.method == "POST":
        # Both are asked, so that all that is wrong is shown at once.
        right = [form.is_valid(), people.is_valid()]
        plan = _enter(actor, form, people) if all(right) else None
        if plan:
            return redirect("plan_detail", plan.pk)
    context = {"form": form, "people": people, "groups": groups_of(form, people)}
    return render(request, "plans/deal_form.html", context, status=422 if request.method == "POST" else 200)


def _enter(actor: Actor, form: DealForm, people: BaseFormSet) -> Plan | None:
    """The plan; None when the service refused, with the reason put on the form."""
    facts = facts_of(
        form.cleaned_data, [person.cleaned_data for person in people], owner_email=actor.user.email
    )
    try:
        return enter_deal(by=actor, facts=facts)
    except ValidationError as error:
        form.put_errors(error)
    except NoPlaybook:
        form.add_error(None, _("No playbook fits this deal. Choose another segment, or ask an admin."))
    return None
