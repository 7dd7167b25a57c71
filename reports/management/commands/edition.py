"""Documents at the command line: make one, check a file, make an issued one again from its snapshot."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.choices import Paper
from accounts.models import Account, User
from accounts.permissions import Actor, actor_at_vendor
from plans.models import Plan
from reports.forms import usual_days
from reports.kinds import KINDS, About, Kind, Span
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
        for kind in KINDS.values():
            _add_arguments(
                does.add_parser(kind.key.value, help="make one and print its SHA-256 digest"), kind
            )
        verify = does.add_parser("verify", help="say whether the portal issued exactly this file")
        verify.add_argument("file", type=Path)
        again = does.add_parser("rebuild", help="make an issued one again and compare it to the byte")
        again.add_argument("--id", type=_id, required=True, help="the edition's id, as in its address")
        again.add_argument("--out", type=Path)

    def handle(self, *args: Any, does: str, **options: Any) -> None:
        if does in KINDS:
            self._make(KINDS[does], options)
        else:
            {"verify": self._verify, "rebuild": self._rebuild}[does](options)

    def _make(self, kind: Kind, options: dict[str, Any]) -> None:
        about = _about(kind, options[kind.about.value])
        try:
            edition = request_edition(
                by=_actor(options["by"]),
                kind=kind.key.value,
                language=options["language"],
                paper=options["paper"],
                audience=options.get("audience", ""),
                **about,
                **_days(kind, about, options),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError("This person may not make documents.") from error
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
                raise CommandError("It is still being made; find it under documents.")
            time.sleep(0.2 if edition.state == "working" else 0)
        if edition.state == "cancelled":
            raise CommandError("Somebody called it off.")
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


def _add_arguments(parser: ArgumentParser, kind: Kind) -> None:
    name = kind.about.value
    parser.add_argument(f"--{name}", type=_id, required=True, help=f"the {name}'s id, as in its address")
    parser.add_argument("--out", type=Path, required=True)
    if kind.span is Span.PERIOD:
        parser.add_argument("--from", dest="period_from", type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument("--to", dest="period_to", type=date.fromisoformat, help="YYYY-MM-DD; today")
    else:
        usual = "last week" if kind.span is Span.WEEK else "today"
        parser.add_argument(f"--{kind.span.value}", type=date.fromisoformat, help=f"YYYY-MM-DD; {usual}")
    if len(kind.audiences) > 1:
        parser.add_argument("--audience", choices=kind.audiences, default="")
    parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="")
    parser.add_argument("--paper", choices=Paper.values, default="")
    parser.add_argument("--by", help="the address of whom it is made for; the portal itself without")


def _about(kind: Kind, pk: UUID) -> dict[str, Any]:
    """As `request_edition` wants it. A win or a renewal is looked up by that."""
    if kind.about not in (About.PLAN, About.ACCOUNT):
        return {"subject_id": pk}
    found: Plan | Account | None
    if kind.about is About.PLAN:
        found = Plan.objects.select_related("account").filter(pk=pk).first()
    else:
        found = Account.objects.filter(pk=pk).first()
    if found is None:
        raise CommandError(f"There is no {kind.about.value} with this id.")
    return {kind.about.value: found}


def _days(kind: Kind, about: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    usual = usual_days(kind, about.get("plan"), about.get("account"))
    if kind.span is not Span.PERIOD:
        day = options[kind.span.value] or usual[kind.span.value]
        return {"period_from": day, "period_to": day}
    return {
        "period_from": options["period_from"] or min(usual["period_from"], options["period_to"] or date.max),
        "period_to": options["period_to"] or usual["period_to"],
    }


def _actor(address: str | None) -> Actor | None:
    if address is None:
        return None
    person = User.objects.filter(email=address.strip().lower(), is_active=True).first()
    if person is None:
        raise CommandError("Nobody has this address.")
    # Only the vendor's people make documents, on whatever account.
    return actor_at_vendor(person)


def _id(text: str) -> UUID:
    return UUID(text)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CommandError(str(error)) from error
