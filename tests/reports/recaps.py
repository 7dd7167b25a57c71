"""The recaps that the tests print: a rich one, the same with all that version 3 knows, and an empty one."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

from pypdf import PdfReader

from reports.kinds import Asked
from reports.recap.gathering import gather
from reports.recap.snapshot import RecapSnapshot

DATA = Path(__file__).parent.parent / "data"
PORTAL = "https://success.northwind.example"


def recap(name: str = "sample", **changes) -> RecapSnapshot:
    facts = json.loads((DATA / f"recap_{name}.json").read_bytes())
    return RecapSnapshot.model_validate(facts | changes)


def full_recap(**changes) -> RecapSnapshot:
    """With usage, waiting days, standings and addresses in the portal."""
    facts = json.loads((DATA / "recap_sample.json").read_bytes())
    for number, one in enumerate(facts["evidence"]):
        one["page"] = f"/plans/p/tasks/{number}/"
    objectives = facts["objectives"]
    # What was measured last is proved, and nobody has confirmed it.
    objectives[1]["measurements"][-1]["standing"] = {"state": "evidenced", "name": "Priya Raman"}
    more = {"breadth": breadth(), "waited": waited(), "portal_address": PORTAL}
    return RecapSnapshot.model_validate(facts | more | changes)


def breadth() -> dict:
    weeks = [date(2026, 6, 7) + timedelta(days=7 * number) for number in range(4)]
    return {
        "weeks": [
            {"first": day - timedelta(days=6), "last": day, "active": active, "seats": 60, "how": "said"}
            for day, active in zip(weeks, (31, 36, None, 45), strict=True)
        ],
        "teams": [
            {
                "name": "Finance", "active": 24, "seats": 30, "how": "at_most",
                "before": {"active": 15, "seats": 30}, "course": [15, 18, None, 24],
            },
            {"name": "Group controlling", "active": 21, "seats": None, "course": [16, 18, None, 21]},
        ],
        "teams_more": 1,
        "features": [
            {"name": "Month-end close", "used": True, "active": 40, "teams": ["Finance"], "first_seen": "2026-02-02"},
            {"name": "Customs views", "used": False},
        ],
        "features_used": 1,
        "tickets": {"opened": 9, "closed": 8, "late": 2, "weeks": 13},
    }  # fmt: skip


def waited() -> dict:
    return {
        "customer": 41, "vendor": 22, "nobody": 5, "since": "2026-01-12",
        "milestones": [{"title": "Ledger connected", "customer": 12, "vendor": 3, "nobody": 2}],
    }  # fmt: skip


def roi() -> dict:
    def amounts(low: str, base: str, high: str) -> dict:
        return {"low": low, "base": base, "high": high}

    return {
        "currency": "EUR",
        "expansion": amounts("0", "12000", "18000"),
        "preserved": amounts("90000", "90000", "90000"),
        "churn_avoided": amounts("1000", "2500.50", "4000"),
        "cost": amounts("60000", "58000", "55000"),
        "ratio": amounts("0.5167", "0.8017", "1.0364"),
        "rows": [
            {"term": "cost", "text": "Onboarding, 40 days", "amount": "58000", "page": "/accounts/a/costs/"}
        ],
        "method": ["The cohort are accounts of the same segment."],
        "assumptions": ["Nothing else kept the account."],
    }


def gather_recap(plan, *, period_from, period_to, language, requested_by) -> RecapSnapshot:
    return gather(
        Asked(plan.account, plan, None, period_from, period_to, language, "a4", requested_by=requested_by)
    )


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def page_texts(content: bytes) -> list[str]:
    """Each page as one line of words."""
    return [" ".join(page.extract_text().split()) for page in read(content).pages]


def structure(content: bytes) -> list[dict]:
    """All structure elements of the document, in order."""
    found, waiting = [], [read(content).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if not isinstance(one, dict):
            continue
        found.append(one)
        kids = one.get("/K", [])
        waiting += reversed(kids if isinstance(kids, list) else [kids])
    return found


def links(content: bytes) -> list[str]:
    """The addresses outside of the document that it leads to."""
    found = []
    for page in read(content).pages:
        for note in page.get("/Annots", []):
            action = note.get_object().get("/A", {})
            if "/URI" in action:
                found.append(str(action["/URI"]))
    return found
