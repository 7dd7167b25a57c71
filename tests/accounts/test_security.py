"""Security confirmations: added by managers, seen by who answers for it, expired ones named as such."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Event, SecurityConfirmation

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a certificate\n%%EOF"


def add(browser, address, **changes):
    said = {"name": "ISO 27001", "issuer": "TÜV Nord", "valid_from": "", "valid_until": "", "url": ""}
    return browser.post(address, said | changes)


def test_one_for_an_account_has_a_history_and_a_file(enter, csm, sponsor, stranger, account):
    address = f"/accounts/{account.pk}/security/"
    file = SimpleUploadedFile("iso.exe", PDF)
    assert add(enter(csm), address, file=file, valid_until="2099-12-31").url == address
    one = SecurityConfirmation.objects.get()
    assert (one.account, one.file_name, one.content_type, one.added_by) == (
        account, "iso.exe.pdf", "application/pdf", csm,
    )  # fmt: skip
    event = Event.objects.get(verb="security.added")
    assert (event.account, event.subject, event.new["valid_until"]) == (account, "ISO 27001", "2099-12-31")
    page = enter(sponsor).get(address).content.decode()
    for words in ("ISO 27001", "TÜV Nord", "until 31 December 2099", ">Valid<", "iso.exe.pdf"):
        assert words in page
    assert "Remove" not in page
    assert "Add one" not in page
    answer = enter(sponsor).get(f"/security/{one.pk}/file/")
    assert b"".join(answer.streaming_content) == PDF
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "sandbox"
    assert enter(stranger).get(f"/security/{one.pk}/file/").status_code == 404
    assert enter(csm).post(f"/security/{one.pk}/remove/").url == address
    assert Event.objects.filter(verb="security.removed", subject="ISO 27001").count() == 1
    assert "ISO 27001" not in enter(sponsor).get(address).content.decode()
    assert enter(sponsor).get(f"/security/{one.pk}/file/").status_code == 404
    assert enter(csm).post(f"/security/{one.pk}/remove/").status_code == 404


def test_the_vendors_own_is_seen_by_every_customer(enter, admin, stranger, account, other_account):
    add(enter(admin), "/security/", url="https://trust.example/soc2", name="SOC 2")
    page = enter(stranger).get(f"/accounts/{other_account.pk}/security/").content.decode()
    assert 'href="https://trust.example/soc2"' in page
    assert "SOC 2" in page
    # There it cannot be removed: everybody else would lose it.
    assert "Remove" not in enter(admin).get(f"/accounts/{account.pk}/security/").content.decode()
    assert "Remove" in enter(admin).get("/security/").content.decode()
    assert not Event.objects.filter(verb="security.added").exists()


def test_how_each_stands(enter, csm, account):
    today = account.today()
    terms = {
        "Old": (None, today - timedelta(days=1)), "Ends": (None, today), "Later": (today + timedelta(days=1), None),
        "Good": (today, today + timedelta(days=31)), "Endless": (None, None),
    }  # fmt: skip
    for name, (first, last) in terms.items():
        SecurityConfirmation.objects.create(
            account=account, name=name, issuer="x", valid_from=first, valid_until=last
        )
    page = enter(csm).get(f"/accounts/{account.pk}/security/").content.decode()
    after = {name: page.split(f"<strong>{name}</strong>")[1].split("</li>")[0] for name in terms}
    words = {name: text.split("badge")[-1].split(">")[1].split("<")[0] for name, text in after.items()}
    assert words == {
        "Old": "Expired", "Ends": "Expires soon", "Later": "Not valid yet", "Good": "Valid", "Endless": "Valid",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"issuer": "x" * 201}, "at most 200 characters"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-31"}, "It ends before it begins."),
        ({"valid_until": "31.12.2026x"}, "Enter a valid date."),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"url": "https://a.example", "file": SimpleUploadedFile("a.pdf", PDF)}, "Give the file or the link"),
        ({"file": SimpleUploadedFile("a.pdf", b"<html>")}, "This kind of file cannot be taken."),
    ],
)  # fmt: skip
def test_what_cannot_be(enter, csm, account, changes, words):
    answer = add(enter(csm), f"/accounts/{account.pk}/security/", **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SecurityConfirmation.objects.exists()
