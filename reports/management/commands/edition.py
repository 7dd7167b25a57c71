"""Value recaps at the command line: make one, check a file, make an issued one again from its snapshot."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.permissions import Actor, actor_on
from plans.models import Plan
from reports.forms import usual_period
from reports.models import Edition
from reports.services import (
    RebuildDiffers,
    Verdict,
    bytes_of,
    check_file,
    make_edition,
    rebuild,
    request_edition,
)

PATIENCE = 120


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True)
        recap = does.add_parser("recap", help="make a value recap and print the file's SHA-256 digest")
        recap.add_argument("--plan", type=_id, required=True, help="the plan's id, as in its address")
        recap.add_argument("--out", type=Path, required=True)
        recap.add_argument("--from", dest="period_from", type=date.fromisoformat, help="YYYY-MM-DD")
        recap.add_argument("--to", dest="period_to", type=date.fromisoformat, help="YYYY-MM-DD; today")
        recap.add_argument("--by", help="the address of whom it is made for; the portal itself without")
        verify = does.add_parser("verify", help="say whether the portal issued exactly this file")
        verify.add_argument("file", type=Path)
        again = does.add_parser("rebuild", help="make an issued one again and compare it to the byte")
        again.add_argument("--id", type=_id, required=True, help="the edition's id, as in its address")
        again.add_argument("--out", type=Path)

    def handle(self, *args: Any, does: str, **options: Any) -> None:
        {"recap": self._recap, "verify": self._verify, "rebuild": self._rebuild}[does](options)

    def _recap(self, options: dict[str, Any]) -> None:
        plan = Plan.objects.select_related("account").filter(pk=options["plan"]).first()
        if plan is None:
            raise CommandError("There is no plan with this id.")
        usual = usual_period(plan)
        try:
            edition = request_edition(
                by=_actor(options["by"], plan),
                plan=plan,
                period_from=options["period_from"]
                or min(usual["period_from"], options["period_to"] or date.max),
                period_to=options["period_to"] or usual["period_to"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError("This person may not make recaps.") from error
        edition = self._made(edition)
        _write(options["out"], bytes_of(edition))
        self.stdout.write(edition.file_sha256)

    def _made(self, edition: Edition) -> Edition:
        """Make it here, or wait for the worker that was faster."""
        deadline = time.monotonic() + PATIENCE
        while edition.state == "working":
            make_edition(edition.pk, on_step=lambda step: self.stderr.write(str(step)))
            edition.refresh_from_db()
            if time.monotonic() > deadline:
                raise CommandError("It is still being made; find it under value recaps.")
            time.sleep(0.2 if edition.state == "working" else 0)
        if edition.state == "failed":
            raise CommandError(f"It could not be made: {edition.reason}")
        return edition

    def _verify(self, options: dict[str, Any]) -> None:
        try:
            verdict = check_file(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(verdict.value)
        if verdict is not Verdict.GENUINE:
            raise CommandError("This is not a file as the portal issued it.")

    def _rebuild(self, options: dict[str, Any]) -> None:
        edition = Edition.objects.finished().filter(pk=options["id"]).first()
        if edition is None:
            raise CommandError("There is no finished edition with this id.")
        try:
            content = rebuild(edition)
        except RebuildDiffers as error:
            raise CommandError(str(error)) from error
        if options["out"]:
            _write(options["out"], content)
        self.stdout.write(edition.file_sha256)


def _actor(address: str | None, plan: Plan) -> Actor | None:
    if address is None:
        return None
    person = User.objects.filter(email=address.strip().lower(), is_active=True).first()
    if person is None:
        raise CommandError("Nobody has this address.")
    return actor_on(person, plan.account_id)


def _id(text: str) -> UUID:
    return UUID(text)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CommandError(str(error)) from error
