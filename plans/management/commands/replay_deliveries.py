"""Have deliveries worked on again: the named ones, or with --failed all that failed."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from plans.intake.services import put_back
from plans.models import Delivery


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", type=UUID)
        parser.add_argument("--failed", action="store_true", help="all deliveries that failed")

    def handle(self, *args: Any, ids: list[UUID], failed: bool, **options: Any) -> None:
        if bool(ids) == failed:
            raise CommandError("Name deliveries, or say --failed.")
        deliveries = Delivery.objects.failed() if failed else Delivery.objects.filter(pk__in=ids)
        if missing := set(ids) - {delivery.pk for delivery in deliveries}:
            raise CommandError(f"Not known: {', '.join(map(str, missing))}")
        for delivery in deliveries.order_by("received_at"):
            try:
                put_back(delivery)
            except ValidationError as error:
                raise CommandError(f"{delivery.pk}: {error.messages[0]}") from error
            self.stdout.write(f"{delivery.pk}: queued")
