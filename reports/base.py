"""What all kinds of documents know alike."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.services.branding import VendorFacts, read_vendor
from reports.kinds import Asked
from reports.snapshots import PictureRef


def common_facts(asked: Asked, vendor: VendorFacts | None = None) -> dict[str, Any]:
    """The fields of `reports.snapshots.Document`, for `gather` to pass on: X(**common_facts(asked), …).

    One query, none where the vendor has been read. `kind` is the default of each snapshot's class; a watermark is
    what a kind adds.
    """
    vendor = vendor or read_vendor()
    return {
        "vendor": vendor.name,
        "account": asked.account.name,
        "plan": asked.plan.name if asked.plan else "",
        "period_from": asked.period_from,
        "period_to": asked.period_to,
        "made_on": asked.account.today(),
        "made_by": str(asked.requested_by or ""),
        "language": asked.language,
        "paper": asked.paper,
        "audience": asked.audience,
        "brand": vendor.brand,
        "accent": vendor.accent,
        "logo": _logo(asked, vendor),
        "legal_footer": vendor.legal_footer,
        "check_address": settings.PORTAL_PUBLIC_URL + reverse("edition_check"),
        "portal_address": settings.PORTAL_PUBLIC_URL,
    }


def _logo(asked: Asked, vendor: VendorFacts) -> PictureRef | None:
    return asked.pictures.add_logo(vendor.logo, alt=vendor.name) if vendor.logo else None
