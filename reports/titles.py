"""What an edition is called: on pages, in mails and as a file. The language is the one that holds."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib.days import long_day, period
from reports.kinds import KINDS, Span
from reports.models import DocumentKind, Edition


def edition_title(edition: Edition) -> str:
    """The edition comes with its account."""
    return _patterns()[edition.kind] % {"account": edition.account.name}


def _patterns() -> dict[str, str]:
    return {
        DocumentKind.RECAP: _("Value recap for %(account)s"),
        DocumentKind.FIRST_WIN: _("First win of %(account)s"),
        DocumentKind.PACKET: _("Renewal packet for %(account)s"),
        DocumentKind.SCOREBOARD: _("Weekly scoreboard of %(account)s"),
        DocumentKind.REVIEW: _("Review pack for %(account)s"),
        DocumentKind.PLAN_EXPORT: _("Success plan of %(account)s"),
    }


def days_label(edition: Edition) -> str:
    """A period, or the day as of which it is."""
    if KINDS[edition.kind].span is Span.DAY:
        return long_day(edition.period_to)
    return period(edition.period_from, edition.period_to)


def file_name(edition: Edition) -> str:
    """What the download is called: the account and the days, without what a file system would read."""
    with override(edition.language):
        kind = str(DocumentKind(edition.kind).label)
    account = "".join(sign if sign.isalnum() or sign in " -_." else " " for sign in edition.account.name)
    days = dict.fromkeys([edition.period_from.isoformat(), edition.period_to.isoformat()])
    return " ".join([kind, *account.split(), *days]) + ".pdf"
