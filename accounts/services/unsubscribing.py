"""One click ends a kind of mail (RFC 8058): the signed address in the mail is the right to do so, without a session."""

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import MailPreference, User

SALT = "accounts.unsubscribe"
# Mails lie about for long, and who finds one of last year wants no error.
VALID_FOR = 400 * 86400
# Which preference each kind of mail hangs on.
PREFERENCES = {"digest": "digest", "weekly": "weekly", "scoreboard": "scoreboard", "direct": "at_once"}


class Unsubscription(NamedTuple):
    person: User
    kind: str


def unsubscribe_url(person_id: UUID, kind: str) -> str:
    token = signing.dumps([person_id.hex, kind], salt=SALT)
    return settings.PORTAL_PUBLIC_URL + reverse("unsubscribe", args=[token])


def unsubscribe_headers(url: str) -> dict[str, str]:
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read_token(token: str) -> Unsubscription | None:
    """Whose mail of which kind; None for what we did not sign, or signed too long ago."""
    try:
        person_id, kind = signing.loads(token, salt=SALT, max_age=VALID_FOR)
        person = User.objects.filter(pk=UUID(person_id)).first()
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Unsubscription(person, kind) if person and kind in PREFERENCES else None


def unsubscribe(asked: Unsubscription) -> None:
    """Twice is harmless."""
    MailPreference.objects.update_or_create(user=asked.person, defaults={PREFERENCES[asked.kind]: False})
