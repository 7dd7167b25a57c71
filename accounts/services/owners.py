"""Which CSM gets an account."""

from django.db.models import Count

from accounts.choices import VendorRole
from accounts.models import User


def csm_for(crm_owner_email: str) -> User | None:
    """The deal's owner where they are a CSM here, else the CSM with the fewest accounts; None without any."""
    csms = User.objects.vendor().filter(vendor_role=VendorRole.CSM)
    owner = csms.filter(email=crm_owner_email.lower()).first() if crm_owner_email else None
    return owner or csms.annotate(load=Count("owned_accounts")).order_by("load", "email").first()
