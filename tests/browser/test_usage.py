"""A file of figures on a phone, with the keyboard alone: refused, mended, taken over; the sponsor sees figures."""

from playwright.sync_api import Page, expect

from tests.browser.people import CSM, SPONSOR
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to

HEAD = "account;week;team;active_users;seats\n"
WRONG = "aldergate.example;2026-W02;Claims;4O;60\naldergate.example;2026-W02;Claims;41;60\n"
GOOD = "aldergate.example;2026-W02;Claims;41;60\naldergate.example;2026-W02;Bürozeit;7;60\n"


def judge(page: Page, where: str) -> None:
    over = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert (check(page, where), over) == ([], 0), where


def bring_in(page: Page, text: str, encoding: str) -> None:
    page.goto("/usage/")
    tab_to(page, "^file$")
    page.get_by_label("CSV file").set_input_files(
        {"name": "january.csv", "mimeType": "text/csv", "buffer": (HEAD + text).encode(encoding)}
    )
    tab_to(page, "^Check the file$")
    page.keyboard.press("Enter")


def test_a_file_without_a_mouse(demo: Stack, people, look) -> None:
    page = people.enter(CSM, width=390)
    bring_in(page, WRONG, "utf-8")
    expect(page.get_by_role("heading", name="Nothing can be taken over yet")).to_be_visible()
    expect(page.locator("td", has_text="digits only")).to_be_visible()
    judge(page, "usage with errors")
    look(page, "usage-errors-390")

    bring_in(page, GOOD, "cp1252")
    expect(page.get_by_role("heading", name="This would change")).to_be_visible()
    expect(page.locator(".figures")).to_contain_text("2")
    judge(page, "usage checked")
    look(page, "usage-checked-390")
    tab_to(page, "^Take over$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Taken over")).to_be_visible()
    judge(page, "usage taken over")

    ((account,),) = demo.sql("SELECT id FROM accounts_account WHERE name = 'Aldergate Insurance'")
    sponsor = people.enter(SPONSOR, width=390)
    sponsor.goto(f"/accounts/{account}/usage/")
    expect(sponsor.get_by_role("rowheader", name="Underwriting")).to_be_visible()
    judge(sponsor, "usage of an account")
    look(sponsor, "usage-account-390")
    sponsor.goto(f"/accounts/{account}/usage/?from=2026-01-05&to=2026-01-11")
    # Only the last half year is offered; an older period leads to the latest.
    expect(sponsor.get_by_role("rowheader", name="Underwriting")).to_be_visible()
