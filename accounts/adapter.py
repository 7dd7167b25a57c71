"""How allauth behaves here: codes by mail for people we know, no sign-up, mail through the outbox."""

from typing import Any, TypedDict

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.arrivals import take_invitation
from accounts.models import User
from accounts.services.branding import mail_brand
from accounts.services.mail import pretend_outbox, put_in_outbox, with_footer


class Rendered(TypedDict):
    subject: str
    text: str
    html: str


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people come from deals, from invitations, or from an admin."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """After signing in a person goes to a path of ours; another host, even a known one, is none."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render allauth's mail and leave it in the outbox: no mail server is spoken to while a person waits."""
        put_in_outbox(kind="sign_in", to=email, **self._rendered(template_prefix, email, context))

    def pretend_to_send_code(self, email: str) -> None:
        """The work of a code for an address that nobody has, so that the answer takes as long."""
        rendered = self._rendered("account/email/login_code", email, {"code": self.generate_login_code()})
        pretend_outbox(kind="sign_in", to=email, **rendered)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Only what went wrong is said: "a code was sent" and "you are signed in" the next page shows itself."""
        if message_template is None:
            super().add_message(request, level, None, *args, **kwargs)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Somebody who came by an invitation has now proved the address: let them in, and show them where to."""
        landing = take_invitation(request, user)
        if landing:
            kwargs["redirect_url"] = landing
        return super().post_login(request, user, **kwargs)

    def _rendered(self, template_prefix: str, email: str, context: dict[str, Any]) -> Rendered:
        context = {
            "email": email,
            **mail_brand(),
            "valid_minutes": app_settings.LOGIN_BY_CODE_TIMEOUT // 60,
            **context,
        }
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        return {
            "subject": subject,
            "text": with_footer(render_to_string(f"{template_prefix}_message.txt", context)),
            "html": render_to_string(f"{template_prefix}_message.html", {**context, "subject": subject}),
        }
