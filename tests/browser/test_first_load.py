"""What the first visit of a plan costs: requests, and bytes over the wire as Chromium counts them."""

from tests.browser.people import CHAMPION
from tests.browser.stacks import Stack

MOST_REQUESTS = 12
MOST_BYTES = 120_000


def test_the_first_load_of_a_plan_of_sixty_tasks(demo: Stack, open_browser) -> None:
    page = open_browser(demo, width=390).new_page()
    page.goto("/demo/")
    page.locator(f"form:has(input[value='{CHAMPION}']) button").click()
    page.wait_for_url(f"{demo.origin}/")
    ((plan,),) = demo.sql(
        "SELECT p.id FROM plans_plan p JOIN accounts_account a ON a.id = p.account_id "
        "WHERE a.name = 'Aldergate Insurance'"
    )
    wire = page.context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    weights: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda it: addresses.update({it["requestId"]: it["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda it: weights.update({it["requestId"]: it["encodedDataLength"]}))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(f"/plans/{plan}/", wait_until="networkidle")
    asked = {key: url for key, url in addresses.items() if not url.startswith("data:")}
    told = "\n".join(f"{weights.get(key, 0):8.0f} {url}" for key, url in asked.items())
    assert 0 < len(asked) <= MOST_REQUESTS, told
    assert all(weights.get(key) for key in asked), told
    assert sum(weights[key] for key in asked) <= MOST_BYTES, told
    assert all(url.startswith(demo.origin) for url in asked.values()), "nothing comes from elsewhere"
