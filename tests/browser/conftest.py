"""Browsers on the real thing. Each stack is started once in a session; a browser that complains fails its test."""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import stacks
from tests.browser.people import People
from tests.browser.services import free_port
from tests.browser.stacks import Stack
from tests.browser.watching import Complaints
from tests.conftest import Mailbox

# The shell draws the same pages without a browser's windows around them: half of the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
         "--disable-component-update", "--ignore-certificate-errors", "--disable-sync", "--no-first-run"]  # fmt: skip

NewContext = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A stack needs a while to start, and Chromium to be there at all."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.timeout(180))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    # Playwright keeps an event loop in this thread, which Django would take for an async view of ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Two cores are shared with the other tests: patience, where the promise is not a time.
    expect.set_options(timeout=15_000)
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Callable[[], Mailbox]]:
    """Makes SMTP servers on the loopback that keep what they are sent."""
    controllers = []
    # Every line of the SMTP talk in every failure would hide what failed.
    logging.getLogger("mail.log").setLevel(logging.WARNING)

    def start() -> Mailbox:
        mailbox = Mailbox()
        controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
        controller.start()
        controllers.append(controller)
        mailbox.url = f"smtp://127.0.0.1:{controller.port}"
        return mailbox

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture(scope="session")
def stack_folder() -> Iterator[Path]:
    """Not pytest's own temporary folder: every new run of pytest locks that one for others than root."""
    with tempfile.TemporaryDirectory(prefix="portal-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def demo(stack_folder, mail_server) -> Iterator[Stack]:
    """What `make demo` runs, on a fresh folder."""
    with stacks.demo(stack_folder / "demo", mail_server()) as stack:
        yield stack


@pytest.fixture(scope="session")
def production(stack_folder, mail_server) -> Iterator[Stack]:
    """An installation with https, DATABASE_URL and Redis."""
    if shutil.which("redis-server") is None:
        pytest.skip("no Redis: apt-get install redis-server")
    with stacks.production(stack_folder / "production", mail_server()) as stack:
        yield stack


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    heard = Complaints()
    yield heard
    assert not heard, "\n".join(heard)


@pytest.fixture
def open_browser(browser: Browser, complaints: Complaints) -> Iterator[NewContext]:
    """A new browser of somebody: `width`, and what else Playwright's `new_context` takes."""
    opened: list[BrowserContext] = []

    def new(stack: Stack, *, width: int = 1280, **options: object) -> BrowserContext:
        context = browser.new_context(
            base_url=stack.origin,
            viewport={"width": width, "height": 844 if width < 600 else 900},
            ignore_https_errors=True,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(20_000)
        complaints.watch(context)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


@pytest.fixture
def people(demo: Stack, open_browser: NewContext) -> People:
    """Ways into the demo as anybody."""
    return People(demo, open_browser)


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    """Keeps a picture where TEST_PICTURES names a folder: for the eyes of whoever changes a screen."""
    folder = os.environ.get("TEST_PICTURES")

    def keep(page: Page, name: str) -> None:
        if folder:
            # Hiding the caret leaves style="" on the fields, which htmx would copy and the CSP refuse.
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, caret="initial")

    return keep
