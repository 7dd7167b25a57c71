"""What people fill in about a meeting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.choices import MeetingKind
from plans.forms.base import DayField, PlanForm, VersionForm
from plans.models import Meeting

NOTES_MAX = 10_000
_TIME = {"type": "time"}


class MoveMeetingForm(PlanForm):
    """Day, time and length; the kickoff's day is the plan's, and is not asked."""

    day = DayField(label=_("Day"))
    at = forms.TimeField(label=_("Time"), required=False, widget=forms.TimeInput(attrs=_TIME, format="%H:%M"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=10, max_value=240)

    def __init__(self, *args: Any, meeting: Meeting | None = None, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whose clock it is, next to the field: both sides read the same time.
        self.fields["at"].help_text = _("In the time zone %(zone)s.") % {"zone": zone}
        if meeting and meeting.kind == MeetingKind.KICKOFF:
            del self.fields["day"]


class MeetingForm(MoveMeetingForm):
    kind = forms.ChoiceField(
        label=_("Which meeting?"),
        choices=[(kind.value, kind.label) for kind in (MeetingKind.WEEKLY, MeetingKind.RENEWAL)],
    )
    field_order = ("kind", "day", "at", "minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].required = False
        self.fields["minutes"].help_text = _("Left empty: 15 for a weekly review, 30 for a renewal review.")


class NotesForm(VersionForm):
    """`version` is that of the notes which the person saw."""

    notes = forms.CharField(
        label=_("What was said"),
        help_text=_("Both sides read this."),
        required=False,
        max_length=NOTES_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notes"].widget.attrs |= {
            "data-draft": f"meeting-notes-{meeting.pk}",
            "data-writing": f"meeting-notes:{meeting.pk}",
        }


class HoldForm(NotesForm):
    """The notes as they stand in the same form, so that holding the meeting loses nothing that was typed."""

    plan_next = forms.BooleanField(required=False)


class DecisionForm(PlanForm):
    text = forms.CharField(label=_("Decision"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    state = forms.ChoiceField(
        label=_("How it stands"),
        choices=[("decided", _("It is decided")), ("wanted", _("It has to be decided"))],
    )


class ChangeDecisionForm(PlanForm):
    """`decided` is the button that was pressed; without it only the words change."""

    text = forms.CharField(label=_("Decision"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    decided = forms.BooleanField(required=False)
