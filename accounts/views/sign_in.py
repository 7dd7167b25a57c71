"""Sign-in by a code: allauth's own views, held to one answer for everybody."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

from accounts.arrivals import is_remembered
from accounts.forms import CodeRequestForm
from accounts.models import User


class RequestCode(RequestLoginCodeView):
    """Ask for the address. Public: allauth marks it so, because whoever signs in is not in yet."""

    def get_form_class(self) -> type[CodeRequestForm]:
        return CodeRequestForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        too_many = ratelimit.consume_or_429(request, action="login")
        return too_many or super().post(request, *args, **kwargs)

    def form_valid(self, form: CodeRequestForm) -> HttpResponse:
        if form._user is None:
            get_adapter().pretend_to_send_code(form.cleaned_data["email"])
        return super().form_valid(form)


class ConfirmCode(ConfirmLoginCodeView):
    """Ask for the code. The limit holds each code to its tries even when they arrive at the same moment."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = self._process.state
        key = f"{state['email']} {state['at']}"
        too_many = ratelimit.consume_or_429(request, action="confirm_login_code", key=key)
        return too_many or super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if is_remembered(self.request):
            # Whoever holds the link of an invitation need not be the one it was sent to.
            context["email"] = masked(context["email"])
        return context


def send_code(request: HttpRequest, user: User) -> HttpResponse | None:
    """Begin the code flow for a person named by an invitation. The answer is one only when they ask too often."""
    too_many = ratelimit.consume_or_429(request, action="request_login_code", key=user.email)
    if too_many is None:
        LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)
    return too_many


def masked(email: str) -> str:
    """`mara@acme.example` as `m…@acme.example`."""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


request_code = RequestCode.as_view()
confirm_code = ConfirmCode.as_view()
