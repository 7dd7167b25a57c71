"""The own company: what an admin says of it stands on pages, in mails and in documents."""

import io
from email.message import EmailMessage

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import OutgoingMail, Vendor
from accounts.permissions import actor_at_vendor
from accounts.services.branding import VendorConflict, change_vendor, current_vendor, forget_vendor
from accounts.services.mail import queue_mail, send_mail
from portal.lib.colours import contrast

pytestmark = pytest.mark.django_db

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10z"/></svg>'


@pytest.fixture
def good(db) -> dict[str, str]:
    return {
        "name": "Nordwind GmbH", "brand": "#ffee00", "accent": "#333333", "mail_from_name": "Nordwind, Erfolg",
        "reply_to": "hello@nordwind.example", "legal_footer": "Nordwind GmbH\nHRB 1234 <b>", "paper": "letter",
        "recap_after_days": "60", "only_confirmed": "on", "version": "1",
    }  # fmt: skip


@pytest.fixture
def company(enter, admin, good, django_capture_on_commit_callbacks):
    """Saves the form as an admin."""

    def save(**changes):
        with django_capture_on_commit_callbacks(execute=True):
            return enter(admin).post("/company/", good | changes)

    return save


def png() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (300, 100), "red").save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue())


def test_what_is_said_is_shown(company, enter, admin, champion, good):
    assert company().status_code == 302
    vendor = current_vendor()
    assert (vendor.name, vendor.paper, vendor.recap_after_days, vendor.only_confirmed) == (
        "Nordwind GmbH", "letter", 60, True,
    )  # fmt: skip
    row = Vendor.objects.get()
    assert (row.brand, row.version, row.changed_by) == ("#ffee00", 2, admin)
    assert contrast(vendor.brand, "#ffffff") >= 4.5
    page = enter(champion).get("/").content.decode()
    assert 'href="/brand/ffee00-333333.css"' in page
    assert ">Nordwind GmbH</a>" in page
    own = enter(admin).get("/company/").content.decode()
    assert f"#ffee00 cannot be read on white paper, so {vendor.brand} is used instead." in own
    assert "#333333 cannot" not in own


def test_the_usual_look_needs_no_second_style_sheet(enter, champion):
    assert "/brand/" not in enter(champion).get("/").content.decode()


def test_colours_for_day_and_night(client):
    answer = client.get("/brand/ffee00-333333.css")
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "text/css; charset=utf-8", "public, max-age=31536000, immutable",
    )  # fmt: skip
    text = answer.content.decode()
    for token in ("--brand:", "--brand-soft:", "--on-brand:", "--accent:"):
        assert token in text
    assert client.get("/brand/ffee00-33333g.css").status_code == 404


def test_a_logo_is_served_cleaned(company, client, enter, champion):
    company(logo=SimpleUploadedFile("logo.svg", DRAWING))
    vendor = current_vendor()
    assert (vendor.logo.media_type, vendor.logo.width, vendor.logo.height) == ("image/svg+xml", 40, 10)
    assert (
        f'<img class="maker-logo" src="{vendor.logo_url}" alt="Nordwind GmbH"'
        in client.get("/sign-in/").content.decode()
    )
    answer = client.get(vendor.logo_url)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/svg+xml", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(answer.streaming_content).startswith(b"<svg")
    company(remove_logo="on", version="2")
    assert current_vendor().logo is None
    assert client.get(vendor.logo_url).status_code == 404


def test_a_logo_that_is_a_script_is_refused_with_the_reason(company):
    bad = DRAWING.replace(b"<path", b"<script>alert(1)</script><path")
    answer = company(logo=SimpleUploadedFile("logo.svg", bad), name="Typed")
    assert answer.status_code == 422
    assert "The drawing contains a script. A logo is not run." in answer.content.decode()
    assert 'value="Typed"' in answer.content.decode()
    assert not Vendor.objects.filter(name="Typed").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("brand", "red"), ("accent", "#12345"), ("name", "x" * 201), ("name", "a\nb"), ("reply_to", "nobody"),
        ("mail_from_name", "a\r\nBcc: x@example.com"), ("recap_after_days", "0"), ("paper", "a0"),
        ("legal_footer", "x" * 601), ("name", "a\x00b"),
    ],
)  # fmt: skip
def test_what_cannot_be(company, field, value):
    answer = company(**{field: value})
    # Line ends in a one-line field never reach the form: browsers and Django take them out, or it is refused.
    if answer.status_code == 302:
        assert "\n" not in getattr(Vendor.objects.get(), field)
    else:
        assert answer.status_code == 422
        assert not Vendor.objects.exclude(version=1).exists()


def test_two_admins_at_once(company, admin, good):
    company()
    answer = company(name="Mine")
    assert answer.status_code == 409
    assert "Somebody else has changed this meanwhile" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()
    assert company(name="Mine", version="2").status_code == 302
    with pytest.raises(VendorConflict):
        change_vendor(by=actor_at_vendor(admin), version=1, name="Old")


def test_mails_come_from_the_vendor(company, champion, account, csm, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    company(logo=png())
    queue_mail(
        "invitation", to=champion, account=account,
        context={"by": "Carla", "account_name": "Acme", "role_label": "Champion", "until_label": "x", "url": "https://x/"},
    )  # fmt: skip
    assert send_mail(OutgoingMail.objects.get().pk)
    sent: EmailMessage = mail.outbox[0].message()
    assert sent["From"] == f'"Nordwind, Erfolg" <{settings.DEFAULT_FROM_EMAIL}>'
    assert sent["Reply-To"] == "hello@nordwind.example"
    html = mail.outbox[0].alternatives[0].content
    vendor = current_vendor()
    assert vendor.brand in html
    assert settings.PORTAL_PUBLIC_URL + vendor.logo_url in html
    assert "HRB 1234 &lt;b&gt;" in html
    assert mail.outbox[0].body.endswith("Nordwind GmbH\nHRB 1234 <b>\n")
    assert "Success plans by Nordwind GmbH" in html


def test_a_page_that_was_kept_is_made_anew(company, enter, champion, plan):
    browser = enter(champion)
    address = f"/plans/{plan.pk}/"
    tag = browser.get(address)["ETag"]
    assert browser.get(address, headers={"If-None-Match": tag}).status_code == 304
    company()
    assert browser.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_pages_ask_for_the_vendor_once_in_a_while(enter, admin, django_assert_num_queries):
    forget_vendor()
    with django_assert_num_queries(1):
        current_vendor()
        current_vendor()
