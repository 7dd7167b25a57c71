"""The conversation about a task, a milestone or an objective, as `templates/plans/_talk.html` shows it.

What both sides read and the vendor-only notes are two streams from two queries. The second is asked only for somebody
at the vendor; nothing is filtered later.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import Form
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Actor
from accounts.services.branding import current_vendor
from plans.forms.talk import CommentEditForm, CommentForm
from plans.mentioning import Named
from plans.models import Comment, Mention, Plan
from plans.services.commenting import Thing, kind_of, may_delete
from portal.lib import clock
from portal.lib.days import moment
from portal.lib.markdown import to_html
from portal.lib.prepared import PreparedObjects

SHOWN = 50
MOST = 1000
"""Comments on a page at first, and at most."""

Forms = Mapping[Any, Form]


def talk_context(
    *,
    thing: Thing,
    actor: Actor,
    plan: Plan,
    shown: int = SHOWN,
    forms: Forms | None = None,
    head: str = "h2",
) -> dict[str, Any]:
    """`{"talk": [stream, …]}`: what both sides read, then for the vendor's people their notes.

    `plan` comes with its account. `forms` are bound ones: by False or True for the composer of the stream (whether it
    is the vendor's), by the comment's id for one that is changed.
    """
    private = [False, True] if actor.may("comment.vendor") else [False]
    return {"talk": [stream(thing, actor, plan, one, shown=shown, forms=forms, head=head) for one in private]}


def stream(
    thing: Thing,
    actor: Actor,
    plan: Plan,
    private: bool,
    *,
    shown: int = SHOWN,
    forms: Forms | None = None,
    head: str = "h2",
    said: str = "",
    new: UUID | None = None,
    conflict: str = "",
) -> dict[str, Any]:
    """One stream: its newest comments, the oldest of them first, and the form to write another."""
    kind, forms = kind_of(thing), forms or {}
    if private:
        actor.require("comment.vendor")
    comments = _newest(kind, thing.pk, private, shown)
    earlier = len(comments) > shown
    comments = comments[:shown][::-1]
    page = reverse("talk", args=[plan.pk, kind, thing.pk])
    running = not plan.is_finished
    may_write = running and actor.may("comment.vendor" if private else "comment.add")
    name = "notes" if private else "talk"
    return {
        "id": f"{name}-{thing.pk}",
        "private": private,
        "head": head,
        "title": _("Only for %(vendor)s") % {"vendor": current_vendor().name}
        if private
        else _("Conversation"),
        "count_label": _count(sum(1 for one in comments if not one.deleted_at), private),
        "comments": _lines(comments, actor, plan, forms if running else {}, may_write, new),
        "earlier_url": f"{page}?shown={min(shown + SHOWN, MOST)}#{name}-{thing.pk}"
        if earlier and shown < MOST
        else "",
        "post_url": reverse("vendor_note_add", args=[plan.pk, kind, thing.pk]) if private else page,
        "form": (forms.get(private) or comment_form(plan, kind, thing.pk, private)) if may_write else None,
        "said": said,
        "conflict": conflict,
    }


def comment_form(plan: Plan, kind: str, thing_id: UUID, private: bool, data: Any = None) -> CommentForm:
    """Empty, or with what was sent; its ids are its own on the page."""
    name = "note" if private else "talk"
    form = CommentForm(
        data,
        auto_id=f"{name}-{thing_id}-%s",
        draft=f"{name}:{kind}:{thing_id}",
        label=_("Your note, only for %(vendor)s") % {"vendor": current_vendor().name} if private else "",
        people_url=reverse("mention_people", args=[plan.pk]) + ("?notes=1" if private else ""),
    )
    form.fields["body"].widget.attrs["data-writing"] = f"{name}:{kind}:{thing_id}"
    return form


def edit_form(comment: Comment, data: Any = None) -> CommentEditForm:
    return CommentEditForm(
        data,
        auto_id=f"edit-{comment.pk}-%s",
        initial={"body": comment.body, "version": comment.version},
        draft=f"edit:{comment.pk}",
        label=_("What it should say"),
        people_url=reverse("mention_people", args=[comment.plan_id])
        + ("?notes=1" if comment.vendor_only else ""),
    )


def thing_url(thing: Thing) -> str:
    """The page of the thing; where it has none, the page of its conversation."""
    try:
        return reverse(f"{kind_of(thing)}_detail", args=[thing.plan_id, thing.pk])
    except NoReverseMatch:
        return reverse("talk", args=[thing.plan_id, kind_of(thing), thing.pk])


def earlier_texts(comment: Comment, plan: Plan) -> list[dict[str, Any]]:
    """What the comment said before, the newest first."""
    return [
        {
            "html": mark_safe(to_html(version.body)),
            "when_label": moment(version.replaced_at, plan.account.zone),
            "when_iso": version.replaced_at.isoformat(),
        }
        for version in comment.versions.order_by("-number")
    ]


def may_read_earlier(actor: Actor, comment: Comment) -> bool:
    """Whoever reads a comment may read what it said; what was deleted, only who could have deleted it."""
    if comment.deleted_at:
        return may_delete(actor, comment)
    return comment.edited_at is not None


def _lines(
    comments: Sequence[Comment], actor: Actor, plan: Plan, forms: Forms, may_write: bool, new: UUID | None
) -> list[dict[str, Any]]:
    names = _names_in(comments)
    now, zone = clock.now(), plan.account.zone
    lines = []
    for one in comments:
        own = may_write and not one.deleted_at and one.author_id == actor.user.pk
        ids = [plan.pk, one.pk]
        lines.append(
            {
                "id": one.pk,
                "new": one.pk == new,
                "author": str(one.author),
                "initials": one.author.initials,
                "side": one.side,
                "side_label": current_vendor().name if one.side == "vendor" else plan.account.name,
                "when_label": in_words(one.created_at, now, zone),
                "when_full": moment(one.created_at, zone),
                "when_iso": one.created_at.isoformat(),
                "html": mark_safe(to_html(one.body, names.get(one.pk, ()))),
                "edited_label": _edited(one, now, zone),
                "deleted_label": _deleted(one, zone),
                "earlier_url": reverse("comment_earlier", args=ids) if may_read_earlier(actor, one) else "",
                "form_edit": (forms.get(one.pk) or edit_form(one)) if own else None,
                "edit_url": reverse("comment_edit", args=ids) if own else "",
                "delete_url": reverse("comment_delete", args=ids)
                if may_write and not one.deleted_at and may_delete(actor, one)
                else "",
            }
        )
    return lines


def in_words(at: datetime, now: datetime, zone: Any) -> str:
    """ "a moment ago", "3 hours ago", and from the second day on the moment itself."""
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return _("a moment ago")
    if seconds < 86400:
        return _("%(time)s ago") % {"time": timesince(at, now, depth=1)}
    return moment(at, zone)


def _edited(comment: Comment, now: datetime, zone: Any) -> str:
    if not comment.edited_at or comment.deleted_at:
        return ""
    return _("changed %(time)s") % {"time": in_words(comment.edited_at, now, zone)}


def _deleted(comment: Comment, zone: Any) -> str:
    if not comment.deleted_at:
        return ""
    words = {"name": comment.deleted_by, "time": moment(comment.deleted_at, zone), "author": comment.author}
    if comment.deleted_by_id == comment.author_id:
        return _("%(name)s deleted a comment, %(time)s") % words
    return _("%(name)s deleted a comment of %(author)s, %(time)s") % words


def _count(number: int, private: bool) -> str:
    if number == 0:
        return _("Nobody has written yet.")
    if private:
        return ngettext("%(n)d note", "%(n)d notes", number) % {"n": number}
    return ngettext("%(n)d comment", "%(n)d comments", number) % {"n": number}


def _names_in(comments: Iterable[Comment]) -> dict[UUID, list[str]]:
    """What may stand after an @ for those who are mentioned, by comment: one query, if there is an @ at all."""
    named: dict[UUID, list[str]] = {}
    ids = [one.pk for one in comments if "@" in one.body]
    if ids:
        found = Mention.objects.filter(comment__in=ids)
        for comment_id, person, name, email in found.values_list(
            "comment", "person", "person__name", "person__email"
        ):
            named.setdefault(comment_id, []).extend(Named(person, name, email).handles)
    return named


def _newest(kind: str, thing_id: UUID, private: bool, shown: int) -> list[Comment]:
    """One more than `shown`, newest first."""
    if shown == SHOWN:
        return _NEWEST[kind, private](thing_id)
    return list(_stream_of(kind, private)(thing_id)[: shown + 1])


def _stream_of(kind: str, private: bool) -> Callable[[UUID], Any]:
    def found(thing_id: UUID) -> Any:
        comments = Comment.objects.vendor_notes() if private else Comment.objects.shared()
        about = comments.filter(**{kind: thing_id}).select_related("author", "deleted_by")
        return about.order_by("-created_at", "-id")

    return found


def _first_page(kind: str, private: bool) -> PreparedObjects[Comment]:
    return PreparedObjects(lambda thing_id: _stream_of(kind, private)(thing_id)[: SHOWN + 1])


_NEWEST = {
    (kind, private): _first_page(kind, private)
    for kind in ("task", "milestone", "objective")
    for private in (False, True)
}
