"""The link of a mail by which one person answers for one task, without a session.

The address itself says whose answer it is: task and person, signed, good for sixty days. It is no right of its own:
what its bearer may do is what that person may do with that task now, and it ends with the task.
"""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import Stakeholder, User
from accounts.permissions import Actor
from plans.models import Task

GOOD_FOR = timedelta(days=60)
_signer = TimestampSigner(salt="plans.answer", sep=".")


class UnknownLink(Exception):
    """No link of ours."""


class EndedLink(Exception):
    """It was good once: the task is done, with somebody else, or out of reach, or the sixty days are over."""


class Answerable(NamedTuple):
    """An open task, with plan and account, and the person who answers for it."""

    task: Task
    actor: Actor


def answer_url(task: Task, person: User) -> str:
    """The absolute address for a mail to this person. It leads to an ended page where they may not answer."""
    token = _signer.sign(urlsafe_base64_encode(task.pk.bytes + person.pk.bytes))
    return settings.PORTAL_PUBLIC_URL + reverse("mail_answer", args=[token])


def open_answer(token: str) -> Answerable:
    """What the link opens now. Raises UnknownLink or EndedLink."""
    task_id, person_id = read_token(token)
    found = Task.objects.open().filter(pk=task_id, owner=person_id).select_related("plan__account", "owner")
    task = found.first()
    if task is None or task.owner is None or task.plan.state != "live":
        raise EndedLink
    task.account = task.plan.account
    actor = answering_actor(task.owner, task.account_id)
    if not actor.may("task.complete"):
        raise EndedLink
    return Answerable(task, actor)


def read_token(token: str) -> tuple[UUID, UUID]:
    """Ids of task and person. Raises UnknownLink or EndedLink."""
    try:
        both = urlsafe_base64_decode(_signer.unsign(token, max_age=GOOD_FOR))
        return UUID(bytes=both[:16]), UUID(bytes=both[16:])
    except SignatureExpired as error:
        raise EndedLink from error
    except (BadSignature, ValueError) as error:
        raise UnknownLink from error


def answering_actor(person: User, account_id: UUID) -> Actor:
    """The person in their role on the account, also before they first came in: the link reached their mailbox.

    Who was removed, whose invitation was revoked, or who may no longer sign in, may nothing.
    """
    if not person.is_active:
        return Actor(person, "")
    if person.vendor_role:
        return Actor(person, person.vendor_role)
    there = Stakeholder.objects.present().filter(user=person, account_id=account_id).first()
    if there is None:
        return Actor(person, "")
    called = None if there.joined_at else there.invitations.first()
    return Actor(person, "" if called and called.state == "revoked" else there.role)
