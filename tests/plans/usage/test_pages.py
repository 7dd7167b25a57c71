"""Pages about figures."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plans.models import UsageFeed, UsageFigure, UsageImport
from plans.usage.importing import work_on_import
from tests.plans.usage.figures import brought, counts, current, lines, taken_over

pytestmark = pytest.mark.django_db


def rows(account, *places: str) -> bytes:
    return lines(*(f"{account.pk},2026-W46,{place}" for place in places))


def test_upload_look_and_take_over(enter, csm, account):
    browser = enter(csm)
    file = SimpleUploadedFile(r"C:\fakepath\november.csv", rows(account, "Sales,,3,5,,,,", ",,,,,9,8,1"))
    address = browser.post("/usage/", {"file": file}).url
    work_on_import(UsageImport.objects.get().pk)
    page = browser.get(address).content.decode()
    assert "This would change" in page
    assert "november.csv" in page
    assert "fakepath" not in page
    assert browser.post(f"{address}apply/").url == address
    assert "being taken over" in browser.get(address).content.decode()
    work_on_import(UsageImport.objects.get().pk)
    assert "Taken over" in browser.get(address).content.decode()
    assert len(current()) == 2
    assert "2 new, 0 replaced, 0 unchanged" in browser.get("/usage/").content.decode()


def test_what_is_wrong_stands_on_the_page(enter, csm, account):
    one = brought(csm, b"account,week,seats\n<b>nobody</b>,2026-W46,1\n" + b"nobody,2026-W46,1\n" * 250)
    page = enter(csm).get(f"/usage/imports/{one.pk}/").content.decode()
    assert "251 errors. Mend the file" in page
    assert "There is no account with this id, CRM id or domain." in page
    assert "and 51 more" in page
    assert "Take over</button>" not in page
    assert (
        "Only a file that was checked"
        in enter(csm).post(f"/usage/imports/{one.pk}/apply/", follow=True).content.decode()
    )


def test_only_what_moved_is_sent_again(enter, csm, account):
    one = brought(csm, rows(account, ",,1,2,,,,"))
    browser = enter(csm)
    assert (
        browser.get(f"/usage/imports/{one.pk}/?seen=checked-1", headers={"HX-Request": "true"}).status_code
        == 204
    )
    part = browser.get(
        f"/usage/imports/{one.pk}/?seen=received-0", headers={"HX-Request": "true"}
    ).content.decode()
    assert part.strip().startswith('<div id="state"')
    assert "<html" not in part


def test_files_that_cannot_be(enter, csm, settings):
    settings.PORTAL_USAGE_MAX_MB = 1
    browser = enter(csm)
    for content, words in ((b"", "This file is empty."), (b"x" * 1_000_001, "larger than 1 MB")):
        answer = browser.post("/usage/", {"file": SimpleUploadedFile("a.csv", content)})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert UsageImport.objects.count() == 0


def test_an_account_named_in_the_address_stays(enter, csm, account):
    browser = enter(csm)
    page = browser.get(f"/usage/?account={account.pk}").content.decode()
    assert "a file about Acme" in page
    file = SimpleUploadedFile("a.csv", b"week,seats\n2026-W46,3\n")
    browser.post("/usage/", {"file": file, "account": str(account.pk)})
    assert UsageImport.objects.get().account == account
    assert browser.get("/usage/?account=nothing").status_code == 200


def test_use_by_team_and_feature(enter, csm, sponsor, account, django_assert_num_queries):
    places = ("Sales,,30,40,,,,", "Legal,,5,10,,,,", "Sales,Reports,12,,340.5,,,", ",,,,,9,8,1")
    taken_over(csm, rows(account, *places))
    taken_over(csm, lines(f"{account.pk},2026-W45,Sales,,20,40,,,,"))
    page = enter(csm).get(f"/accounts/{account.pk}/usage/").content.decode()
    assert "usage.csv, " in page
    assert "sum of the teams" in page
    customer = enter(sponsor)
    with django_assert_num_queries(9):
        page = customer.get(f"/accounts/{account.pk}/usage/").content.decode()
    for words in ("Reports", "340.5", ">35<", ">70%<", "Tickets late"):
        assert words in page
    # Names of the vendor's files and feeds are not the customer's.
    assert "usage.csv, " not in page
    assert "/usage/imports/" not in page
    earlier = customer.get(f"/accounts/{account.pk}/usage/?from=2026-11-02&to=2026-11-08").content.decode()
    assert ">50%<" in earlier
    assert "Reports" not in earlier


def test_no_figures_yet(enter, sponsor, account):
    assert "No figures yet" in enter(sponsor).get(f"/accounts/{account.pk}/usage/").content.decode()


def test_an_export_neutralises_formulas_and_comes_back_the_same(enter, csm, sponsor, account, other_account):
    team = '=HYPERLINK("http://evil")'
    taken_over(
        csm,
        rows(
            account,
            '"=HYPERLINK(""http://evil"")",,3,5,,,,',
            "@sum,,1,2,,,,",
            "+1,-2,4,,2.5,,,",
            ",,,,,9,8,1",
        ),
    )
    taken_over(csm, rows(other_account, "Secret,,1,2,,,,"))
    answer = enter(sponsor).get(f"/accounts/{account.pk}/usage.csv")
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer["Content-Disposition"]
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    # Numbers stay numbers, in quotation marks as every cell.
    assert b'"","9","8","1"\r\n' in content
    assert {row["team"] for row in table} == {f"'{team}", "'@sum", "'+1", ""}
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in table for cell in row.values())
    assert UsageFigure.objects.current().filter(team=team).exists()
    again = taken_over(csm, content)
    assert (again.step, counts(again)) == ("applied", (0, 0, 4))


def test_a_token_is_shown_once(enter, admin, csm):
    browser = enter(admin)
    answer = browser.post("/usage/feeds/", {"name": "product"})
    one = UsageFeed.objects.get()
    assert answer.status_code == 201
    assert "usage_" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    page = browser.get("/usage/feeds/").content.decode()
    assert "usage_" not in page.replace("usage_feed", "")
    assert browser.post("/usage/feeds/", {"name": "product"}).status_code == 422
    assert browser.post("/usage/feeds/", {"name": "Ümlaut x"}).status_code == 422
    browser.post(f"/usage/feeds/{one.pk}/disable/")
    one.refresh_from_db()
    assert one.disabled_at
    assert "Disabled" in browser.get("/usage/feeds/").content.decode()


def test_the_template_is_a_good_file(enter, csm, account):
    account.domain = "acme.example"
    account.save()
    content = b"".join(enter(csm).get("/usage/template.csv").streaming_content)
    assert counts(brought(csm, content)) == (4, 0, 0)
