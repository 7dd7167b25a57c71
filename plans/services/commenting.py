"""What people write about a task, a milestone or an objective, and what becomes of it.

What both sides read leaves a line in the history. A vendor-only note leaves none, and does not let the plan's revision
grow: the customer's page must not even notice that something was written.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Verb
from accounts.permissions import Actor
from plans.choices import NotificationKind
from plans.mentioning import Named, mentioned
from plans.models import Comment, CommentVersion, Mention, Milestone, Notification, Objective, Plan, Task
from plans.services.counting import touch_plan
from plans.services.locking import lock_plan
from plans.services.mentions import people_to_mention
from plans.services.recording import record_on
from plans.services.taking import require_running
from portal.lib import clock
from portal.lib.markdown import LONGEST

Thing = Task | Milestone | Objective


class CommentConflict(Exception):
    """The comment was changed since it was shown. Nothing was written; `comment` is as it stands now."""

    def __init__(self, comment: Comment) -> None:
        super().__init__(f"comment {comment.pk} is at version {comment.version}")
        self.comment = comment


@transaction.atomic
def add_comment(*, by: Actor, thing: Thing, body: str, vendor_only: bool = False) -> Comment:
    """Write about the thing; vendor-only notes are read by nobody else, ever."""
    by.require("comment.vendor" if vendor_only else "comment.add")
    plan = _running(thing.plan_id)
    comment = Comment(
        account_id=thing.account_id,
        plan_id=thing.plan_id,
        author=by.user,
        side=by.side,
        vendor_only=vendor_only,
        body=_checked(body),
    )
    setattr(comment, kind_of(thing), thing)
    comment.save(force_insert=True)
    _name(by, plan, comment)
    _put(by, comment, Verb.COMMENT_ADDED, count=1)
    return comment


@transaction.atomic
def edit_comment(*, by: Actor, comment: Comment, version: int, body: str) -> Comment:
    """One's own words only. What stood there before is kept."""
    plan, comment = _take(by, comment)
    if comment.author_id != by.user.pk:
        raise PermissionDenied("comment.edit")
    if comment.deleted_at:
        raise ValidationError(_("This comment was deleted."))
    if comment.version != version:
        raise CommentConflict(comment)
    body = _checked(body)
    if body == comment.body:
        return comment
    _keep(comment)
    comment.body, comment.edited_at, comment.version = body, clock.now(), comment.version + 1
    comment.save(update_fields=["body", "edited_at", "version"])
    _name(by, plan, comment)
    _put(by, comment, Verb.COMMENT_EDITED)
    return comment


@transaction.atomic
def delete_comment(*, by: Actor, comment: Comment) -> Comment:
    """By its author or a manager. The place stays, and says who deleted it and when."""
    _plan, comment = _take(by, comment)
    if not may_delete(by, comment):
        raise PermissionDenied("comment.delete")
    if comment.deleted_at:
        raise ValidationError(_("This comment was deleted already."))
    _keep(comment)
    comment.body, comment.version = "", comment.version + 1
    comment.deleted_at, comment.deleted_by = clock.now(), by.user
    comment.save(update_fields=["body", "version", "deleted_at", "deleted_by"])
    Mention.objects.filter(comment=comment).delete()
    _put(by, comment, Verb.COMMENT_DELETED, count=-1)
    return comment


def may_delete(by: Actor, comment: Comment) -> bool:
    return by.may("comment.add") and (comment.author_id == by.user.pk or by.may("comment.delete"))


def kind_of(thing: Thing) -> str:
    """task, milestone or objective."""
    return str(thing._meta.model_name)


def thing_of(comment: Comment) -> Any:
    return comment.task or comment.milestone or comment.objective


def _running(plan_id: Any) -> Plan:
    plan = lock_plan(plan_id)
    require_running(plan)
    return plan


def _take(by: Actor, comment: Comment) -> tuple[Plan, Comment]:
    """Guard: the plan still runs; the note of the other side's is not there at all."""
    plan = _running(comment.plan_id)
    locked = Comment.objects.select_for_update().visible_to(by.user).get(pk=comment.pk)
    by.require("comment.vendor" if locked.vendor_only else "comment.add")
    return plan, locked


def _checked(body: str) -> str:
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise ValidationError({"body": _("Write something first.")})
    if len(body) > LONGEST:
        raise ValidationError({"body": _("This is too long: at most %(n)d characters.") % {"n": LONGEST}})
    return body


def _keep(comment: Comment) -> None:
    """What it says now, before it changes."""
    CommentVersion.objects.create(
        account_id=comment.account_id,
        plan_id=comment.plan_id,
        comment=comment,
        number=comment.version,
        body=comment.body,
        replaced_at=clock.now(),
    )


def _name(by: Actor, plan: Plan, comment: Comment) -> None:
    """Who is mentioned now, and no longer who was before an edit."""
    wanted = _mentioned_in(by, plan, comment)
    Mention.objects.filter(comment=comment).exclude(person__in=wanted).delete()
    known = set(Mention.objects.filter(comment=comment).values_list("person", flat=True))
    new = [person for person in wanted if person not in known]
    Mention.objects.bulk_create(
        Mention(account_id=comment.account_id, plan_id=comment.plan_id, comment=comment, person_id=person)
        for person in new
    )
    if comment.vendor_only:
        _tell_mentioned(by, comment, [person for person in new if person != by.user.pk])


def _mentioned_in(by: Actor, plan: Plan, comment: Comment) -> list[Any]:
    if "@" not in comment.body:
        return []
    readers = people_to_mention(plan, by, vendor_only=comment.vendor_only)
    people = [Named(*row) for row in readers.values_list("pk", "name", "email")]
    return mentioned(comment.body, people)


def _tell_mentioned(by: Actor, comment: Comment, people: list[Any]) -> None:
    """A note leaves no Event from which its readers could be told: it tells those that it names by itself."""
    Notification.objects.bulk_create(
        Notification(
            account_id=comment.account_id,
            plan_id=comment.plan_id,
            user_id=person,
            task_id=comment.task_id,
            kind=NotificationKind.MENTION,
            subject=str(thing_of(comment))[:200],
            by_name=str(by.user)[:254],
            path=reverse("comment_show", args=[comment.plan_id, comment.pk]),
        )
        for person in people
    )


def _put(by: Actor, comment: Comment, verb: Verb, count: int = 0) -> None:
    """Record and count what both sides read; the rest leaves no trace outside of its own table."""
    if comment.vendor_only:
        return
    if count and comment.task_id:
        Task.objects.filter(pk=comment.task_id).update(talk_count=F("talk_count") + count)
    record_on(
        comment,
        verb,
        task_id=comment.task_id,
        by=by.user,
        subject=str(thing_of(comment)),
        new={"comment": str(comment.pk), "on": kind_of(thing_of(comment))},
    )
    touch_plan(comment.plan_id)
