"""The vendor as pages, mails and documents show it: the row of `Vendor`, or what the settings say without one."""

from dataclasses import dataclass
from time import monotonic

from django.conf import settings

from accounts.models import Vendor

SECONDS = 10


@dataclass(frozen=True)
class LogoFacts:
    """`file` is a name of ours under the files folder. It is never removed: editions that print it name it."""

    file: str
    media_type: str
    sha256: str
    width: int
    height: int


@dataclass(frozen=True)
class VendorFacts:
    """`brand` and `accent` are colours as #rrggbb; `mail_from_name` and `reply_to` are "" where nothing is set."""

    name: str
    brand: str
    accent: str
    logo: LogoFacts | None
    mail_from_name: str
    reply_to: str
    legal_footer: str
    paper: str
    recap_after_days: int
    only_confirmed: bool
    version: int


_memo: tuple[float, VendorFacts] | None = None


def current_vendor() -> VendorFacts:
    """As it was at most ten seconds ago: pages ask for it at each request, and need no query for that."""
    global _memo
    if _memo is None or monotonic() - _memo[0] > SECONDS:
        _memo = monotonic(), read_vendor()
    return _memo[1]


def forget_vendor() -> None:
    """Whoever changes it calls this on commit, so that the next page of this process shows it."""
    global _memo
    _memo = None


def read_vendor() -> VendorFacts:
    """As it is now, in one query; what documents say."""
    return vendor_facts(Vendor.objects.first() or Vendor())


def vendor_facts(vendor: Vendor) -> VendorFacts:
    return VendorFacts(
        name=vendor.name or settings.PORTAL_VENDOR_NAME,
        brand=vendor.brand,
        accent=vendor.accent,
        logo=_logo(vendor),
        mail_from_name=vendor.mail_from_name,
        reply_to=vendor.reply_to,
        legal_footer=vendor.legal_footer,
        paper=vendor.paper,
        recap_after_days=vendor.recap_after_days,
        only_confirmed=vendor.only_confirmed,
        version=vendor.version,
    )


def _logo(vendor: Vendor) -> LogoFacts | None:
    if not vendor.logo:
        return None
    return LogoFacts(
        file=vendor.logo,
        media_type=vendor.logo_type,
        sha256=vendor.logo_sha256,
        width=vendor.logo_width,
        height=vendor.logo_height,
    )
