"""What a browser complains about: errors on the console, uncaught exceptions, violations of the CSP, 500s."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

# A refusal that a test provokes is said on the console too; a fault of the server never is expected.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d)")
_TELL_VIOLATIONS = (
    "document.addEventListener('securitypolicyviolation', (event) => "
    "console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"
)


class Complaints(list[str]):
    """Everything that went wrong in the contexts that are watched."""

    def watch(self, context: BrowserContext) -> None:
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("page", self._watch_page)
        context.on("response", self._hear_response)

    def _watch_page(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _REFUSED.match(message.text):
            self.append(f"{message.location.get('url', '')}: {message.text}")

    def _hear_response(self, response: Response) -> None:
        if response.status >= 500:
            self.append(f"{response.status} {response.request.method} {response.url}")
