"""The conversation: its page, what people write in it, what they change and delete, and whom they may name."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Actor
from plans.access import get_comment, get_plan, get_thing
from plans.models import Comment
from plans.pages.talk import (
    MOST,
    SHOWN,
    comment_form,
    earlier_texts,
    edit_form,
    may_read_earlier,
    stream,
    talk_context,
    thing_url,
)
from plans.services.commenting import (
    CommentConflict,
    Thing,
    add_comment,
    delete_comment,
    edit_comment,
    kind_of,
    thing_of,
)
from plans.services.mentions import people_to_mention
from plans.views.pace import keep_pace
from plans.views.tags import live_context


@require_http_methods(["GET", "POST"])
def talk(request: HttpRequest, plan_id: UUID, kind: str, thing_id: UUID) -> HttpResponse:
    """The conversation alone, as far back as is asked for; a POST writes what both sides read."""
    thing, actor = get_thing(request, plan_id, kind, thing_id, "comment.add")
    if request.method == "POST":
        return _add(request, thing, actor, private=False)
    return render(request, "plans/talk.html", _page(thing, actor, shown=_shown(request)))


@require_POST
def vendor_note_add(request: HttpRequest, plan_id: UUID, kind: str, thing_id: UUID) -> HttpResponse:
    """A note that only the vendor's people ever read."""
    thing, actor = get_thing(request, plan_id, kind, thing_id, "comment.vendor")
    return _add(request, thing, actor, private=True)


@require_POST
def comment_edit(request: HttpRequest, plan_id: UUID, comment_id: UUID) -> HttpResponse:
    comment, actor = get_comment(request, plan_id, comment_id, "comment.add")
    if comment.author_id != actor.user.pk:
        raise PermissionDenied("comment.edit")
    form = edit_form(comment, request.POST)
    conflict = ""
    if form.is_valid():
        try:
            keep_pace(request, "write", by=actor.user)
            edit_comment(by=actor, comment=comment, **form.cleaned_data)
        except CommentConflict as faster:
            conflict = _(
                "This comment was changed elsewhere. Below is what you typed; above, how it stands now."
            )
            form.name_version(faster.comment.version)
        except ValidationError as error:
            form.put_errors(error)
        else:
            return _answer(request, comment, actor, _("Changed."))
    forms: dict[Any, Form] = {comment.pk: form}
    return _refused(
        request, thing_of(comment), actor, comment.vendor_only, forms, 409 if conflict else 422, conflict
    )


@require_POST
def comment_delete(request: HttpRequest, plan_id: UUID, comment_id: UUID) -> HttpResponse:
    comment, actor = get_comment(request, plan_id, comment_id, "comment.add")
    try:
        delete_comment(by=actor, comment=comment)
    except ValidationError as error:
        return _refused(
            request, thing_of(comment), actor, comment.vendor_only, {}, 422, " ".join(error.messages)
        )
    return _answer(request, comment, actor, _("Deleted."))


@require_GET
def comment_show(request: HttpRequest, plan_id: UUID, comment_id: UUID) -> HttpResponse:
    """The lasting address of a comment: leads to its place on the page of what it is about."""
    comment, _actor = get_comment(request, plan_id, comment_id, "comment.add")
    thing = thing_of(comment)
    newer = Comment.objects.filter(
        vendor_only=comment.vendor_only, created_at__gt=comment.created_at, **{kind_of(thing): thing}
    ).count()
    page = thing_url(thing)
    if newer >= SHOWN:
        page = (
            reverse("talk", args=[plan_id, kind_of(thing), thing.pk]) + f"?shown={min(newer + SHOWN, MOST)}"
        )
    return redirect(f"{page}#comment-{comment.pk}")


@require_GET
def comment_earlier(request: HttpRequest, plan_id: UUID, comment_id: UUID) -> HttpResponse:
    """What a comment said before it was changed."""
    comment, actor = get_comment(request, plan_id, comment_id, "comment.add")
    if not may_read_earlier(actor, comment):
        raise Http404
    context = {
        "plan": _plan(comment),
        "comment": {
            "author": str(comment.author),
            "url": reverse("comment_show", args=[plan_id, comment_id]),
        },
        "title": str(thing_of(comment)),
        "versions": earlier_texts(comment, comment.plan),
    }
    return render(request, "plans/comment_earlier.html", context)


@require_GET
def mention_people(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Whom the person may name here: what the list of suggestions is filled with."""
    private = "notes" in request.GET
    plan, actor = get_plan(request, plan_id, "comment.vendor" if private else "comment.add")
    people = people_to_mention(plan, actor, vendor_only=private).exclude(pk=actor.user.pk)
    answer = JsonResponse({"people": [{"name": str(one), "email": one.email} for one in people[:500]]})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _add(request: HttpRequest, thing: Thing, actor: Actor, *, private: bool) -> HttpResponse:
    form = comment_form(thing.plan, kind_of(thing), thing.pk, private, request.POST)
    if form.is_valid():
        try:
            keep_pace(request, "write", by=actor.user)
            comment = add_comment(by=actor, thing=thing, vendor_only=private, **form.cleaned_data)
        except ValidationError as error:
            form.put_errors(error)
        else:
            said = _("Your note is kept.") if private else _("Your comment is there.")
            return _answer(request, comment, actor, said)
    return _refused(request, thing, actor, private, {private: form}, 422)


def _answer(request: HttpRequest, comment: Comment, actor: Actor, said: str) -> HttpResponse:
    """The stream with what is new in it, or the way back to it."""
    thing = thing_of(comment)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect(f"{thing_url(thing)}#comment-{comment.pk}")
    shown = stream(thing, actor, comment.plan, comment.vendor_only, said=said, new=comment.pk)
    return _fragment(request, shown, 200)


def _refused(
    request: HttpRequest,
    thing: Thing,
    actor: Actor,
    private: bool,
    forms: dict[Any, Form],
    status: int,
    conflict: str = "",
) -> HttpResponse:
    """What was typed, and what is wrong with it."""
    if request.htmx:  # type: ignore[attr-defined]
        shown = stream(thing, actor, thing.plan, private, forms=forms, conflict=conflict)
        return _fragment(request, shown, status)
    context = _page(thing, actor, forms=forms) | {"problem": conflict}
    return render(request, "plans/talk.html", context, status=status)


def _fragment(request: HttpRequest, shown: dict[str, Any], status: int) -> HttpResponse:
    answer = render(request, "plans/_talk_stream.html", {"stream": shown}, status=status)
    answer["HX-Push-Url"] = "false"
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _page(thing: Thing, actor: Actor, **shown: Any) -> dict[str, Any]:
    return {
        "plan": _plan(thing),
        "thing": {"title": str(thing), "url": thing_url(thing)},
        **talk_context(thing=thing, actor=actor, plan=thing.plan, **shown),
        **live_context(thing.plan, actor),
    }


def _plan(part: Any) -> dict[str, str]:
    return {"name": part.plan.name, "url": reverse("plan_detail", args=[part.plan_id])}


def _shown(request: HttpRequest) -> int:
    wanted = request.GET.get("shown", "")
    asked = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else SHOWN
    return min(max(asked, SHOWN), MOST)
