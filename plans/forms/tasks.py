"""What people fill in on a task: blocked, open again, handed over, needed until, not theirs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Side
from accounts.forms import NameField
from accounts.models import User
from plans.choices import Waiting
from plans.forms.base import REASON_MAX, DayField, VersionForm
from plans.models import Task
from plans.services.answering import possible_takers
from plans.services.working import possible_owners


class BlockForm(VersionForm):
    """`names` are the two companies by side; the task's own side is what is meant without an answer."""

    reason = forms.CharField(
        label=gettext_lazy("What is in the way?"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    on = forms.ChoiceField(label=gettext_lazy("Who can clear the way?"), required=False)

    def __init__(self, *args: Any, names: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = (Waiting.NOBODY.value, _("Somebody outside both companies"))
        self.fields["on"].choices = [  # type: ignore[attr-defined]
            *((side.value, names[side]) for side in (Side.CUSTOMER, Side.VENDOR)),
            others,
        ]


class ReopenForm(VersionForm):
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=REASON_MAX, required=False)


class ReassignForm(VersionForm):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who does it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet: it needs an owner"),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = possible_owners(task).order_by("name", "email")  # type: ignore[attr-defined]


class UntilForm(VersionForm):
    """Need until: a day that the other side answers, and why."""

    proposed_on = DayField(label=gettext_lazy("Until when?"))
    reason = forms.CharField(
        label=gettext_lazy("What takes longer?"),
        help_text=gettext_lazy("Both sides read this."),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PassForm(VersionForm):
    """Not me. From a mail nobody is listed: the colleague's address is typed, and so it is for somebody new."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Whose is it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Somebody who is not in this list"),
    )
    email = forms.EmailField(
        label=gettext_lazy("Work e-mail of your colleague"), required=False, max_length=254
    )
    name = NameField(label=gettext_lazy("Name of your colleague"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why is it theirs?"),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, task: Task, listed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to, email = self.fields["to"], self.fields["email"]
        to.queryset = possible_takers(task).order_by("name", "email")  # type: ignore[attr-defined]
        if not listed:
            del self.fields["to"]
            email.required = True
        elif task.side == Side.VENDOR or not task.account.allowed_domains:
            # Nobody is invited to the vendor from here, nor to an account that names no mail domain.
            del self.fields["email"], self.fields["name"]
            to.required = True
            to.empty_label = gettext_lazy("Choose a colleague")  # type: ignore[attr-defined]
        else:
            email.help_text = _(
                "For somebody who is not in the list, at %(domains)s: an invitation goes there."
            ) % {"domains": ", ".join(task.account.allowed_domains[:5])}
