"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """`vendor_name`, and `demo`: whether the demo-only doors are open, which every page must say."""
    return {"vendor_name": settings.PORTAL_VENDOR_NAME, "demo": settings.PORTAL_DEMO}
