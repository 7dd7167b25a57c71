"""Names as long as they may be, and from right to left, on the narrowest phone: no page moves sideways."""

from tests.browser.people import CSM
from tests.browser.stacks import Stack

NAME = "Marlow Print Works"
LONG = "Wirtschaftsprüfungsgesellschaftsversicherungsdienstleistungszentrum شركة التأمين الأهلية".ljust(
    200, "W"
)
PAGES = ("", "usage/", "scoreboard/", "security/", "costs/", "contracts/")
ON_PLAN = ("", "values/", "renewal/", "turn/")


def test_a_name_of_two_hundred_letters(demo: Stack, people) -> None:
    ((account, plan, contract),) = demo.sql(
        "SELECT a.id, p.id, c.id FROM accounts_account a JOIN plans_plan p ON p.account_id = a.id "
        "JOIN accounts_contract c ON c.account_id = a.id WHERE a.name = %s ORDER BY c.starts_on DESC LIMIT 1",
        NAME,
    )
    page = people.enter(CSM, width=360)
    demo.sql("UPDATE accounts_account SET name = %s WHERE id = %s", LONG, account)
    try:
        paths = [f"/accounts/{account}/{path}" for path in PAGES]
        paths += [f"/accounts/{account}/contracts/{contract}/{path}" for path in ("", "terms/", "lines/")]
        paths += [f"/plans/{plan}/{path}" for path in ON_PLAN]
        wide = {}
        for path in [*paths, "/editions/", "/renewals/?all", "/usage/"]:
            page.goto(path)
            wide[path] = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    finally:
        demo.sql("UPDATE accounts_account SET name = %s WHERE id = %s", NAME, account)
    assert set(wide.values()) == {0}, wide
