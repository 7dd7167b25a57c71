"""The first visit to a plan over a real web server, and what the server has grown to after 300 more."""

import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser

from bench.browser import Browser, plan_url
from bench.environment import HOST
from bench.processes import peak_mb, web_server
from bench.report import Line
from bench.seeding import seeded

OWED = {"first-load-kb": 120, "first-load-requests": 12, "web-memory-mb": 400, "web-memory-growth": 1.1}
EARLY, PAGES = 50, 300
_LOADED = {"stylesheet", "preload", "icon", "manifest", "modulepreload"}


def measure() -> Iterator[Line]:
    """An empty cache, the champion, gzip and brotli; headers of the answers count, those of TLS do not."""
    known = seeded()
    page, cookies = plan_url(known.plan.pk), Browser(known.champion).cookies
    with web_server() as (port, worker):
        fetched = {page: fetch(port, page, cookies)}
        html = fetch(port, page, cookies, encodings="identity").partition(b"\r\n\r\n")[2]
        for url in _resources(html.decode()):
            fetched[url] = fetch(port, url, cookies)
        total = sum(len(answer) for answer in fetched.values())
        largest = sorted(fetched.items(), key=lambda pair: -len(pair[1]))
        names = ", ".join(f"{_name(url)} {len(answer) / 1000:.1f}" for url, answer in largest)
        yield Line("first-load-kb", total / 1000, OWED["first-load-kb"], (names,))
        yield Line("first-load-requests", len(fetched), OWED["first-load-requests"])
        yield from _memory(port, page, cookies, worker)


def _memory(port, page: str, cookies: str, worker) -> Iterator[Line]:
    peaks = {}
    for number in range(1, PAGES + 1):
        fetch(port, page, cookies)
        if number in (EARLY, PAGES):
            peaks[number] = peak_mb(worker)
    words = f"{peaks[EARLY]:.0f} MB after {EARLY} pages, {peaks[PAGES]:.0f} MB after {PAGES}"
    yield Line("web-memory-mb", peaks[PAGES], OWED["web-memory-mb"], (words,))
    yield Line("web-memory-growth", peaks[PAGES] / peaks[EARLY], OWED["web-memory-growth"])


def fetch(port: int, url: str, cookies: str, *, encodings: str = "br, gzip") -> bytes:
    """The answer as it travels, head and body. Raises RuntimeError unless it is 200."""
    request = (
        f"GET {url} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\nCookie: {cookies}\r\n"
        f"Accept-Encoding: {encodings}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((HOST, port), timeout=30) as line:
        line.sendall(request.encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    if b" 200 " not in answer[:20]:
        raise RuntimeError(f"{url}: {answer[:60]!r}")
    return answer


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "link" and found.get("rel") in _LOADED:
            self.urls.append(found.get("href") or "")
        elif tag in ("script", "img") and found.get("src"):
            self.urls.append(found["src"] or "")


def _resources(html: str) -> list[str]:
    """What a browser loads with the page. Fonts that the style sheet names beyond the preloaded one are for letters
    that this page has not."""
    finder = _Finder()
    finder.feed(html)
    return list(dict.fromkeys(finder.urls))


def _name(url: str) -> str:
    """Without folder and hash; the page itself has neither."""
    return (
        re.sub(r"\.[0-9a-f]{12}(?=\.)", "", url.rstrip("/").rpartition("/")[2]) if "static" in url else "page"
    )
