"""Fill the portal with the demo's accounts (only with PORTAL_DEMO=1)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.seeding import entry_sheet, seed, write_entry_sheet


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.PORTAL_DEMO or settings.PORTAL_TEST):
            raise CommandError("This is not a demo: set PORTAL_DEMO=1 where invented accounts are wanted.")
        entries = seed()
        write_entry_sheet(entries)
        self.stdout.write(entry_sheet(entries))
