"""How allauth behaves here: codes by mail for people we know, no sign-up, mail through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.services.mail import put_in_outbox


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people come from deals, from invitations, or from an admin."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render allauth's mail and leave it in the outbox, so that known and unknown addresses cost the same."""
        context = {"email": email, **context}
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        text = render_to_string(f"{template_prefix}_message.txt", context)
        put_in_outbox(kind="sign_in", to=email, subject=subject, text=text)
