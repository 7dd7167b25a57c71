"""A signed-in person whose requests go through all of the portal's middleware, in this process."""

from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bench.environment import HOST


class Browser:
    """`get` and `post` as a browser on https does them: gzip accepted, CSRF checked, HTML or 304 expected."""

    def __init__(self, person: User | None = None) -> None:
        self._client = Client(
            enforce_csrf_checks=True,
            SERVER_NAME=HOST,
            HTTP_ACCEPT_ENCODING="gzip",
            HTTP_ORIGIN=f"https://{HOST}",
        )
        if person is not None:
            self._client.force_login(person)

    def get(self, url: str, *, expect: int = 200, **headers: str) -> HttpResponse:
        return self._checked(self._client.get(url, secure=True, headers=headers), expect)

    def post(self, url: str, data: dict[str, object], *, expect: int, **headers: str) -> HttpResponse:
        """With the CSRF token that the last page left."""
        data = data | {"csrfmiddlewaretoken": self._client.cookies["csrftoken"].value}
        return self._checked(self._client.post(url, data, secure=True, headers=headers), expect)

    @property
    def cookies(self) -> str:
        """For a `Cookie:` header."""
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self._client.cookies.items())

    def _checked(self, response: HttpResponse, expect: int) -> HttpResponse:
        if response.status_code != expect:
            raise RuntimeError(f"{response.status_code} instead of {expect}")
        return response


def plan_url(plan_id: UUID) -> str:
    return reverse("plan_detail", args=[plan_id])
