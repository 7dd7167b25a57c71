"""Send a file through the intake's own door, signed as that CRM would sign it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plans.intake.addresses import address_of
from plans.intake.parsing import ENDPOINTS
from plans.intake.sending import sign
from plans.models import Connection


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--connection", required=True, help="a name that `manage.py connections` lists")
        parser.add_argument("--endpoint", help="the connection's usual one by default; see docs/integrate.md")
        parser.add_argument(
            "--to", help="another origin to send to, as http://127.0.0.1:8000; signed as public"
        )

    def handle(
        self, *args: Any, file: Path, connection: str, endpoint: str | None, to: str | None, **options: Any
    ) -> None:
        found = Connection.objects.filter(name=connection).first()
        if found is None:
            raise CommandError(f"There is no connection “{connection}”; see `manage.py connections`.")
        endpoint = endpoint or ENDPOINTS[found.kind][0]
        if endpoint not in ENDPOINTS[found.kind]:
            raise CommandError(f"{found.kind} has the endpoints {', '.join(ENDPOINTS[found.kind])}.")
        try:
            body = file.read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from error
        public = address_of(found, endpoint, secret=found.secret)
        secret = found.token if found.kind == "salesforce" and found.token else found.secret
        headers = sign(found.kind, endpoint, body, secret=secret, public_url=public)
        self._post(_at(to, public), body, headers)

    def _post(self, address: str, body: bytes, headers: dict[str, str]) -> None:
        try:
            answer = requests.post(address, data=body, headers=headers, timeout=10, allow_redirects=False)
        except requests.RequestException as error:
            raise CommandError(f"Nothing answers at {_origin(address)}: {type(error).__name__}") from error
        self.stdout.write(f"{answer.status_code} {answer.text.strip()}")
        if answer.status_code != 200:
            raise CommandError("The delivery was not accepted.")


def _at(origin: str | None, public: str) -> str:
    return public if origin is None else origin.rstrip("/") + public.removeprefix(settings.PORTAL_PUBLIC_URL)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
