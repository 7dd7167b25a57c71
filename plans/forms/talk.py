"""What people write to each other: a comment, a vendor-only note, and one of them changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from plans.forms.base import PlanForm, VersionForm
from portal.lib.markdown import LONGEST


class CommentForm(PlanForm):
    """`draft` names the text in the browser: what is typed is kept there, and others are told that it is written."""

    body = forms.CharField(
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy("Markdown works. Write @ and a name to mention somebody."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )

    def __init__(
        self, *args: Any, draft: str = "", label: str = "", people_url: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        body = self.fields["body"]
        body.label = label or body.label
        body.widget.attrs |= {"data-draft": draft, "data-mention": people_url}


class CommentEditForm(CommentForm, VersionForm):
    """Carries the version that the person saw."""
