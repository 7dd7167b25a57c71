"""A stand-in for HubSpot's CRM API on the loopback, for the demo and for tests. It reads, nothing else.

Served from `crm_data/`: `deals`, `companies`, `contacts`, `line_items` and `owners`, each a file of
id → answer. As the real one it gives only the properties and associations that are asked for, and
answers 401 without the right token. `Mood` makes it fail in the ways in which a CRM fails.
"""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

DATA = Path(__file__).with_name("crm_data")
DEMO_TOKEN = "demo-hubspot-token"  # noqa: S105 - known to all, and good for invented deals only
OBJECTS = frozenset({"deals", "companies", "contacts", "line_items"})
ALWAYS = frozenset({"createdate", "hs_lastmodifieddate", "hs_object_id"})


@dataclass
class Mood:
    """How the CRM is doing. Change it at any time; the next answer follows it."""

    down: bool = False  # 503 to everything
    delay: float = 0.0  # seconds before an answer
    too_many: int | None = None  # 429 with this Retry-After, in seconds
    refused: bool = False  # 401, whatever the token
    redirect: str = ""  # 302 to this address
    garbage: bool = False  # 200 with a page that is not JSON
    forbidden: frozenset[str] = frozenset()  # 403 to these kinds of object


class DemoCrm:
    """The server as a context: `with DemoCrm() as crm: crm.address`. Listens on the loopback only."""

    def __init__(self, port: int = 0, data: Path = DATA, token: str = DEMO_TOKEN) -> None:
        self.mood = Mood()
        self.token = token
        self.records = {
            path.stem: json.loads(path.read_text("utf-8")) for path in sorted(data.glob("*.json"))
        }
        self.requests: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "DemoCrm":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body for a path under `/crm/v3/`."""
        match path.strip("/").split("/"):
            case ["crm", "v3", "objects", kind, record_id] if kind in OBJECTS:
                return self._object(kind, record_id, query)
            case ["crm", "v3", "owners", owner_id]:
                owner = self.records["owners"].get(owner_id)
                return self._permitted("owners", owner)
        return 404, _problem("OBJECT_NOT_FOUND", "No such resource")

    def _object(self, kind: str, record_id: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        record = self.records[kind].get(record_id)
        if record is None:
            return self._permitted(kind, None)
        wanted = ALWAYS | set(query.get("properties", "").split(","))
        shown = record | {"properties": {k: v for k, v in record["properties"].items() if k in wanted}}
        asked = {name.replace("_", " ") for name in query.get("associations", "").split(",")}
        shown["associations"] = {k: v for k, v in record.get("associations", {}).items() if k in asked}
        if not shown["associations"]:
            del shown["associations"]
        return self._permitted(kind, shown)

    def _permitted(self, kind: str, record: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        if kind in self.mood.forbidden:
            return 403, _problem("MISSING_SCOPES", "This app has not been granted all required scopes")
        if record is None:
            return 404, _problem("OBJECT_NOT_FOUND", "Object not found")
        return 200, record


def _problem(category: str, message: str) -> dict[str, Any]:
    return {"status": "error", "message": message, "category": category, "correlationId": "demo"}


def _handler(crm: DemoCrm) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "DemoCrm"
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            mood, address = crm.mood, urlsplit(self.path)
            crm.requests.append(self.path)
            time.sleep(mood.delay)
            if mood.down:
                self._send(503, _problem("UNAVAILABLE", "The service is down"))
            elif mood.too_many is not None:
                headers = {"Retry-After": str(mood.too_many)}
                self._send(429, _problem("RATE_LIMITS", "Too many requests"), headers)
            elif mood.redirect:
                self._send(302, {}, {"Location": mood.redirect})
            elif mood.refused or self.headers.get("Authorization") != f"Bearer {crm.token}":
                self._send(401, _problem("INVALID_AUTHENTICATION", "Authentication credentials not found"))
            elif mood.garbage:
                self._send(200, None)
            else:
                query = {name: values[-1] for name, values in parse_qs(address.query).items()}
                self._send(*crm.answer(address.path, query))

        def _send(
            self, status: int, body: dict[str, Any] | None, headers: dict[str, str] | None = None
        ) -> None:
            content = b"<html>maintenance</html>" if body is None else json.dumps(body).encode()
            try:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json;charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except ConnectionError:
                # The reader lost patience, as it should when we are slow.
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Silence: the requests are counted instead."""

    return Handler
