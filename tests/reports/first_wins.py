"""The first win that the tests print."""

from datetime import date

from reports.first_win.snapshot import FirstWin

PICTURE = {"sha256": "a" * 64, "media_type": "image/png", "width": 1200, "height": 800}


def first_win(**changes) -> FirstWin:
    facts = {
        "vendor": "Northwind Analytics",
        "account": "Hartmann & Söhne Logistik GmbH",
        "plan": "Close the books in four days",
        "period_from": date(2026, 5, 11),
        "period_to": date(2026, 5, 11),
        "made_on": date(2026, 5, 11),
        "check_address": "https://success.northwind.example/check/",
        "portal_address": "https://success.northwind.example",
        "title": "First month closed without a spreadsheet",
        "before": "12 days",
        "after": "6.5 days",
        "story": "April was closed from the shared ledger. The reconciliation of 14 subsidiaries ran overnight.",
        "about": "Close the month faster",
        "reached_on": date(2026, 5, 8),
        "days_to_value": 41,
        "standing": {"state": "confirmed", "name": "Katrin Vogel", "day": date(2026, 5, 11)},
        "credits": [
            {"name": "Katrin Vogel", "title": "Head of Group Accounting", "side": "customer"},
            {"name": "Priya Raman", "title": "Customer Success Manager", "side": "vendor"},
        ],
        "credits_others": "the night shift in Bremen",
        "proofs": [
            {
                "title": "The approval trail.", "kind": "file", "by": "Jonas Weber", "on": date(2026, 5, 7),
                "accepted_by": "Priya Raman", "accepted_on": date(2026, 5, 8), "page": "/plans/p/tasks/t/",
            },
            {
                "title": "ledger.png", "kind": "file", "by": "Jonas Weber", "on": date(2026, 5, 7), "unreadable": True,
            },
        ],
        "proofs_more": 2,
        "next_step": "All subsidiaries close the same way.",
    }  # fmt: skip
    return FirstWin.model_validate(facts | changes)
