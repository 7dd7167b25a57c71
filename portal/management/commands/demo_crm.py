"""`manage.py demo_crm`: a HubSpot stand-in on the loopback, so that the demo's deals can be read."""

import signal
import threading

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.embedded.crm import DEMO_TOKEN, DemoCrm


class Command(BaseCommand):
    help = "Serve invented deals on the loopback as HubSpot's CRM API would. For demos and tests only."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="0 (the default) takes any free port")

    def handle(self, *, port: int, **_options: object) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: stop.set())
        try:
            crm = DemoCrm(port)
        except (OSError, OverflowError) as error:
            raise CommandError(
                _("Port %(port)s cannot be used: %(why)s") % {"port": port, "why": error}
            ) from error
        with crm:
            told = _("Demo CRM at %(address)s, token %(token)s") % {
                "address": crm.address,
                "token": DEMO_TOKEN,
            }
            self.stdout.write(told)
            self.stdout.flush()
            stop.wait()
