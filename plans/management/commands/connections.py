"""List the connections to CRMs: kind, address and state."""

from typing import Any

from django.core.management.base import BaseCommand

from plans.intake.addresses import addresses_of
from plans.models import Connection


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for connection in Connection.objects.all():
            state = "disabled" if connection.disabled_at else "open"
            for address in addresses_of(connection):
                self.stdout.write(f"{connection.name:<16} {connection.kind:<12} {state:<9} {address}")
