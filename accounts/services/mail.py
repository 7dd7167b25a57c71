"""Mail: a row first, a message later. Losing the message loses nothing; the sweep sends what is due."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, MailPreference, OutgoingMail, User
from accounts.services.branding import current_vendor, mail_brand, mail_sender
from portal.lib import clock
from portal.lib.days import long_day
from portal.lib.queue import enqueue

# With the waits of `_try_later` about a day.
MAX_ATTEMPTS = 30
# Every mail says in its foot why this person gets it.
WHY = {
    "invitation": _(
        "You get this mail because you were named for this plan. Ignore it, and nothing happens."
    ),
    "task_assigned": _("You get this mail because the task is yours now."),
    "plan_live": _("You get this mail because you are on this account."),
    "meeting_recap": _(
        "You get this mail because you are part of this plan, or have an action item of the meeting."
    ),
    "digest": _("You get this mail on mornings when something waits for you, at most one a day."),
    "weekly": _("You get this mail once a week because you lead a success plan."),
    "scoreboard": _("You get this mail on Mondays because you lead a success plan."),
    "direct": _("You get this mail because somebody asked for you by name."),
}
# A code is asked for by whoever waits for it, so that it goes even where other mail came back.
ASKED_FOR = frozenset({"sign_in"})
# A day in words of the reader's language, made when the mail is rendered.
day_label = lazy(long_day, str)
BATCH = 100
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """A mail in words."""

    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


# Answers None where nothing holds any more that the mail was to say.
Compose = Callable[[OutgoingMail], Letter | None]
_late: dict[str, Compose] = {}


def compose_late(kind: str, compose: Compose) -> None:
    """Let mails of this kind have no words before they leave, so that they say what is true at that moment.

    `compose` runs in the transaction that sends. It is named by a wing above this one, in its `apps.py`.
    """
    _late[kind] = compose


def queue_mail(
    kind: str, *, to: User, context: dict[str, Any], account: Account | None = None
) -> OutgoingMail:
    """Render `templates/mail/<kind>{_subject.txt,.txt,.html}` in the person's language and put it in the outbox."""
    letter = write_letter(kind, to=to, context=context)
    return put_in_outbox(
        kind=kind, to=to.email, subject=letter.subject, text=letter.text, html=letter.html, account=account
    )


def write_letter(
    kind: str, *, to: User, context: dict[str, Any], headers: Mapping[str, str] | None = None
) -> Letter:
    with translation.override(to.language or settings.LANGUAGE_CODE):
        context = {
            "name": to.name,
            **mail_brand(),
            "why": WHY[kind],
            **context,
        }
        subject = " ".join(render_to_string(f"mail/{kind}_subject.txt", context).split())
        text = with_footer(render_to_string(f"mail/{kind}.txt", context))
        html = render_to_string(f"mail/{kind}.html", {**context, "subject": subject})
    return Letter(subject[:255], text, html, headers or {})


def with_footer(text: str) -> str:
    """The plain part, with what the law wants said below."""
    return "\n\n".join(filter(None, [text.strip(), current_vendor().legal_footer.strip()])) + "\n"


def put_in_outbox(
    *, kind: str, to: str, subject: str, text: str, html: str = "", account: Account | None = None
) -> OutgoingMail:
    mail = OutgoingMail.objects.create(
        kind=kind, to=to, subject=subject[:255], text=text, html=html, account=account
    )
    enqueue("accounts.send_mail", str(mail.pk))
    return mail


def pretend_outbox(*, kind: str, to: str, subject: str, text: str, html: str) -> None:
    """The work of `put_in_outbox` with nothing left of it: one insert, one commit, one job that finds nothing.

    An address that nobody has must not answer faster than one that somebody has.
    """
    with transaction.atomic():
        put_in_outbox(kind=kind, to=to, subject=subject, text=text, html=html).delete()


def send_mail(mail_id: UUID | str) -> bool:
    """Send one due mail; False when there is nothing to do (sent, given up, not due, or being sent right now).

    The row stays locked while the server is spoken to: a second worker skips it, and a worker that dies leaves
    it unsent. A server that took the mail just before such a death gets it twice, under one Message-ID.
    """
    with transaction.atomic():
        mail = OutgoingMail.objects.due().select_for_update(skip_locked=True).filter(pk=mail_id).first()
        if mail is None:
            return False
        try:
            letter, refusal = _words(mail)
            if letter is None:
                _give_up(mail, refusal)
                return False
            _message(mail, letter).send()
        except Exception as error:
            # smtplib's errors, and those of an address or a subject that cannot be sent at all: either way the
            # row waits longer each time, and stands in nobody's way.
            logger.warning("Mail %s was not sent: %s", mail.pk, type(error).__name__)
            _try_later(mail, str(error) or type(error).__name__)
            return False
        mail.sent_at = clock.now()
        mail.text = mail.html = ""
        mail.save(update_fields=["sent_at", "text", "html"])
    return True


def due_mail_ids() -> list[str]:
    return [
        str(pk) for pk in OutgoingMail.objects.due().order_by("due_at").values_list("pk", flat=True)[:BATCH]
    ]


def _words(mail: OutgoingMail) -> tuple[Letter | None, str]:
    """What the mail says; None, and why, where it must not leave."""
    stopped = MailPreference.objects.filter(user__email=mail.to, stopped_at__isnull=False)
    if mail.kind not in ASKED_FOR and stopped.exists():
        return None, "Mail to this address is stopped."
    if compose := _late.get(mail.kind):
        # A savepoint, so that a mistake in composing leaves the row to be tried later.
        with transaction.atomic():
            return compose(mail), "Nothing of it holds any more."
    return Letter(mail.subject, mail.text, mail.html), ""


def _message(mail: OutgoingMail, letter: Letter) -> EmailMultiAlternatives:
    sender_domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    sender, reply_to = mail_sender()
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        sender,
        [mail.to],
        reply_to=reply_to,
        headers={
            "Message-ID": f"<{mail.pk}@{sender_domain}>",
            "Auto-Submitted": "auto-generated",
            **letter.headers,
        },
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def _give_up(mail: OutgoingMail, reason: str) -> None:
    mail.failed_at, mail.reason = clock.now(), reason
    mail.text = mail.html = ""
    mail.save(update_fields=["failed_at", "reason", "text", "html"])


def _try_later(mail: OutgoingMail, reason: str) -> None:
    """Wait 30 s, 1 min, 2 min … at most an hour; give up after a day's worth of tries."""
    mail.attempts += 1
    mail.reason = reason[:500]
    mail.due_at = clock.now() + timedelta(seconds=min(30 * 2 ** (mail.attempts - 1), 3600))
    if mail.attempts >= MAX_ATTEMPTS:
        mail.failed_at = clock.now()
    mail.save(update_fields=["attempts", "reason", "due_at", "failed_at"])
