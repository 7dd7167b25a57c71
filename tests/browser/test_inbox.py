"""The inbox and the choice of mails on a phone, with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.people import CHAMPION
from tests.browser.stacks import Stack
from tests.browser.test_every_screen import check
from tests.browser.test_keyboard import tab_to

_OVER = "() => document.documentElement.scrollWidth - window.innerWidth"


def put_notifications(stack: Stack) -> None:
    """What a review and a mention leave, as the sweep puts it down."""
    for kind, subject in (("review_wanted", "Send the list of users"), ("mention", "Agree on the measures")):
        stack.sql(
            "INSERT INTO plans_notification (id, account_id, plan_id, user_id, kind, subject, by_name, path,"
            " created_at) SELECT gen_random_uuid(), p.account_id, p.id, u.id, %s, %s, 'Mara Lindqvist',"
            " '/plans/' || p.id || '/', now() FROM plans_plan p JOIN accounts_stakeholder s"
            " ON s.account_id = p.account_id JOIN accounts_user u ON u.id = s.user_id WHERE u.email = %s LIMIT 1",
            kind, subject, CHAMPION,
        )  # fmt: skip


def judge(page: Page, where: str) -> None:
    assert page.evaluate(_OVER) <= 0, where
    assert not check(page, where)


def test_read_and_marked_without_a_mouse(demo: Stack, people, look) -> None:
    put_notifications(demo)
    page = people.enter(CHAMPION, width=390)
    page.goto("/")
    tab_to(page, "^Inbox")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("new for you")
    judge(page, "inbox")
    look(page, "inbox-390")

    before = page.get_by_role("button", name="Mark as read").count()
    tab_to(page, "^Mark as read")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(before - 1)
    tab_to(page, "^Mark all as read$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing new for you")
    expect(page.locator(".tray-count")).to_have_count(0)
    judge(page, "inbox, all read")


def test_fewer_mails_without_a_mouse(demo: Stack, people, look) -> None:
    page = people.enter(CHAMPION, width=390)
    page.goto("/settings/")
    box = page.get_by_label("The weekly follow-up")
    expect(box).to_be_checked()
    tab_to(page, "^weekly$")
    page.keyboard.press("Space")
    tab_to(page, "^Save mails$")
    look(page, "mails-390")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Your choice of mails is saved.")
    expect(box).not_to_be_checked()
    judge(page, "settings with mails")
    # As it was, for other tests.
    box.check()
    page.get_by_role("button", name="Save mails").click()
    expect(box).to_be_checked()
