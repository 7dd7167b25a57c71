"""The own company: what an admin says about it, and what every page fetches of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import get_vendor_actor
from accounts.models import Vendor
from accounts.services.branding import (
    LogoFacts,
    VendorConflict,
    VendorFacts,
    change_vendor,
    current_vendor,
    read_vendor,
    vendor_facts,
)
from accounts.vendor_forms import VendorForm
from portal.lib.colours import Shades, shades_of
from portal.lib.files import path_of

FOREVER = "public, max-age=31536000, immutable"


@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    actor = get_vendor_actor(request, "vendor.edit")
    vendor = Vendor.objects.select_related("changed_by").first() or Vendor()
    if request.method != "POST":
        return _page(request, vendor, _form(vendor))
    # A copy: the form writes into its instance what the page still has to show as it was.
    form = _form(vendor, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, vendor, form, status=422)
    said = dict(form.cleaned_data)
    try:
        change_vendor(by=actor, version=said.pop("version"), logo=said.pop("logo"), **said)
    except ValidationError as error:
        form.put_errors(error)
        return _page(request, vendor, form, status=422)
    except VendorConflict as conflict:
        form.name_version(conflict.latest.version)
        form.add_error(
            None, _("Somebody else has changed this meanwhile. Look at it again, then save knowingly.")
        )
        return _page(request, conflict.latest, form, status=409)
    messages.success(request, _("Your company is saved. Other pages show it within ten seconds."))
    return redirect("company")


# Public: the sign-in page has the vendor's colours. What it says hangs on its address alone, and any colour may ask.
@login_not_required
@require_safe
def brand_css(request: HttpRequest, brand: str, accent: str) -> HttpResponse:
    """The tokens of static/css/tokens.css that a brand changes; outside of any layer, so that they win."""
    sheet = _sheet(shades_of(f"#{brand}"), shades_of(f"#{accent}"))
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOREVER
    return response


# Public: it stands on the sign-in page and in mails.
@login_not_required
@require_safe
def brand_logo(request: HttpRequest, digest: str) -> FileResponse:
    logo = _logo(digest, current_vendor()) or _logo(digest, read_vendor())
    if logo is None or not path_of(logo.file).is_file():
        raise Http404
    response = FileResponse(path_of(logo.file).open("rb"), content_type=logo.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    # Should somebody open the drawing by itself: nothing in it may be run or fetched.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = FOREVER
    return response


def _logo(digest: str, vendor: VendorFacts) -> LogoFacts | None:
    """The logo of this address. A page of another process may show it before this one has heard of it."""
    return vendor.logo if vendor.logo and vendor.logo.sha256[:16] == digest else None


def _form(vendor: Vendor, *sent: Any) -> VendorForm:
    copy = Vendor.objects.filter(pk=vendor.pk).first() or Vendor()
    return VendorForm(
        *sent,
        instance=copy,
        usual_name=settings.PORTAL_VENDOR_NAME,
        has_logo=bool(vendor.logo),
        initial={"version": vendor.version},
    )


def _page(request: HttpRequest, vendor: Vendor, form: VendorForm, status: int = 200) -> HttpResponse:
    facts = vendor_facts(vendor)
    context = {
        "form": form,
        # What is saved, not what this process remembers.
        "vendor": facts,
        "vendor_name": facts.name,
        "logo_url": facts.logo_url,
        "colours": [
            _colour(_("Main colour"), vendor.brand),
            _colour(_("Second colour"), vendor.accent),
        ],
        "changed_by": str(vendor.changed_by or ""),
    }
    return render(request, "accounts/company.html", context, status=status)


def _colour(label: str, asked: str) -> dict[str, Any]:
    """What was asked for, and what is used where it could not be read."""
    shades = shades_of(asked)
    note = ""
    if shades.day != asked:
        note = _("%(asked)s cannot be read on white paper, so %(used)s is used instead.") % {
            "asked": asked,
            "used": shades.day,
        }
    return {"label": label, "asked": asked, "note": note, "shades": shades}


def _sheet(brand: Shades, accent: Shades) -> str:
    tokens = {
        "--brand": (brand.day, brand.night),
        "--brand-soft": (brand.day_soft, brand.night_soft),
        "--on-brand": (brand.on_day, brand.on_night),
        "--accent": (accent.day, accent.night),
    }
    lines = "".join(f"  {name}: light-dark({day}, {night});\n" for name, (day, night) in tokens.items())
    return f":root {{\n{lines}}}\n"
