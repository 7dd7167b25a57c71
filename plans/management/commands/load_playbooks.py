"""Check playbook files and publish them: `manage.py load_playbooks [FILE …]`, the shipped ones by default."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from plans.playbook.reading import PlaybookFaults, read_playbook
from plans.services.publishing import VersionTaken, publish_playbook

SHIPPED = Path(__file__).resolve().parents[2] / "playbooks"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="YAML files; without any, the shipped playbooks"
        )
        parser.add_argument("--check", action="store_true", help="only check, publish nothing")

    def handle(self, *args: Any, files: list[Path], check: bool, **options: Any) -> None:
        """Nothing is published while any of the files has a fault."""
        texts, faulty = [], False
        for file in files or sorted(SHIPPED.glob("*.yaml")):
            try:
                texts.append(read_playbook(file.read_text(encoding="utf-8"), name=str(file)))
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"{file}: {error}") from error
            except PlaybookFaults as faults:
                faulty = True
                for fault in faults.faults:
                    self.stderr.write(f"{file}:{fault.line}:{fault.column}: {fault.path}: {fault.message}")
        if faulty:
            raise CommandError("Nothing was published.")
        for text in [] if check else texts:
            try:
                version, new = publish_playbook(text)
            except VersionTaken as taken:
                raise CommandError(
                    f"{taken} is published already, with another text. Raise its number."
                ) from taken
            self.stdout.write(f"{version}: {'published' if new else 'unchanged'}")
