"""The vendor as pages, mails and documents show it: the row of `Vendor`, or what the settings say without one."""

from dataclasses import dataclass
from email.utils import formataddr
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Vendor
from accounts.permissions import Actor
from portal.lib import clock
from portal.lib.colours import Shades, shades_of
from portal.lib.files import keep_file
from portal.lib.logos import Logo

SECONDS = 10
# The colours for which the style sheet itself has been made; with these nothing is laid over it.
OWN_BRAND, OWN_ACCENT = Vendor().brand, Vendor().accent
_FIELDS = (
    "name", "brand", "accent", "mail_from_name", "reply_to", "legal_footer", "paper", "recap_after_days",
    "only_confirmed",
)  # fmt: skip


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
    """`brand` and `accent` are colours as #rrggbb that can be read on paper, whatever was asked for; `shades` are all
    that pages make of the first; `asked` are the two as they were typed. What is not set is ""."""

    name: str
    brand: str
    accent: str
    shades: Shades
    asked: tuple[str, str]
    logo: LogoFacts | None
    mail_from_name: str
    reply_to: str
    legal_footer: str
    paper: str
    recap_after_days: int
    only_confirmed: bool
    version: int

    @property
    def logo_url(self) -> str:
        """Where pages and mails find the logo; another one has another address."""
        return reverse("brand_logo", args=[self.logo.sha256[:16]]) if self.logo else ""

    @property
    def style_url(self) -> str:
        """A style sheet that goes over ours; "" where ours says the same."""
        if self.asked == (OWN_BRAND, OWN_ACCENT):
            return ""
        return reverse("brand_css", args=[colour[1:] for colour in self.asked])


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
    shades = shades_of(vendor.brand)
    return VendorFacts(
        name=vendor.name or settings.PORTAL_VENDOR_NAME,
        brand=shades.day,
        accent=shades_of(vendor.accent).day,
        shades=shades,
        asked=(vendor.brand, vendor.accent),
        logo=_logo(vendor),
        mail_from_name=vendor.mail_from_name,
        reply_to=vendor.reply_to,
        legal_footer=vendor.legal_footer,
        paper=vendor.paper,
        recap_after_days=vendor.recap_after_days,
        only_confirmed=vendor.only_confirmed,
        version=vendor.version,
    )


class VendorConflict(Exception):
    """Somebody else has changed it meanwhile; `latest` is what stands there now."""

    def __init__(self, latest: Vendor) -> None:
        super().__init__(latest.version)
        self.latest = latest


@transaction.atomic
def change_vendor(
    *, by: Actor, version: int, logo: Logo | None = None, remove_logo: bool = False, **facts: Any
) -> Vendor:
    """Keep what an admin says about the own company; `logo` was judged by `portal.lib.logos`.

    Colours are kept as they were asked for, and corrected when they are used. A former logo's file stays: editions
    name it. Raises VendorConflict, and ValidationError by field.
    """
    by.require("vendor.edit")
    Vendor.objects.get_or_create(pk=1)
    vendor = Vendor.objects.select_for_update().get(pk=1)
    if vendor.version != version:
        raise VendorConflict(vendor)
    for name in _FIELDS:
        if name in facts:
            setattr(vendor, name, facts[name])
    if logo:
        _put_logo(vendor, logo)
    elif remove_logo:
        vendor.logo = vendor.logo_type = vendor.logo_sha256 = ""
        vendor.logo_width = vendor.logo_height = 0
    _require_one_line(vendor)
    vendor.version += 1
    vendor.changed_at, vendor.changed_by = clock.now(), by.user
    vendor.full_clean()
    vendor.save()
    transaction.on_commit(forget_vendor)
    return vendor


def mail_brand(vendor: VendorFacts | None = None) -> dict[str, Any]:
    """What every mail says and shows of the vendor. Programs that read mail draw no SVG: there the name stands."""
    vendor = vendor or current_vendor()
    drawn = vendor.logo is not None and vendor.logo.media_type != "image/svg+xml"
    return {
        "vendor_name": vendor.name,
        "shades": vendor.shades,
        "legal_footer": vendor.legal_footer,
        "mail_logo": {
            "url": settings.PORTAL_PUBLIC_URL + vendor.logo_url,
            "width": _wide(vendor.logo),
        }
        if vendor.logo and drawn
        else None,
    }


def mail_sender() -> tuple[str, list[str]]:
    """The sender of mails with its name, and where answers go (none: to the sender)."""
    vendor = current_vendor()
    address = settings.DEFAULT_FROM_EMAIL
    sender = formataddr((vendor.mail_from_name, address)) if vendor.mail_from_name else address
    return sender, [vendor.reply_to] if vendor.reply_to else []


MAIL_LOGO_HEIGHT = 32


def _wide(logo: LogoFacts) -> int:
    """In a mail it is 32 pixels high, or less where it would be wider than 240."""
    return min(240, max(1, round(MAIL_LOGO_HEIGHT * logo.width / max(1, logo.height))))


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


def _put_logo(vendor: Vendor, logo: Logo) -> None:
    """The file is written before the row: a transaction that fails leaves a file that no row names."""
    vendor.logo = keep_file(logo.content, logo.extension)
    vendor.logo_type, vendor.logo_sha256 = logo.media_type, logo.sha256
    vendor.logo_width, vendor.logo_height = logo.width, logo.height


def _require_one_line(vendor: Vendor) -> None:
    """What stands in the head of a mail is one line, or the mail could not be sent."""
    for name in ("name", "mail_from_name"):
        if not getattr(vendor, name).isprintable():
            raise ValidationError({name: _("This is one line of ordinary characters.")})
