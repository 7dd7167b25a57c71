"""The scoreboards that the tests print: a rich one and an empty one."""

from datetime import date

from reports.scoreboard.snapshot import ScoreboardSnapshot

COMMON = {
    "kind": "scoreboard",
    "vendor": "Nordwind Software GmbH",
    "account": "Hansa Logistik AG",
    "plan": "Rollout 2026",
    "period_from": date(2026, 11, 9),
    "period_to": date(2026, 11, 15),
    "made_on": date(2026, 11, 16),
    "check_address": "https://success.nordwind.example/check/",
    "portal_address": "https://success.nordwind.example",
}
RICH = {
    "usage": {
        "now": {"active": 412, "seats": 500},
        "before": {"active": 391, "seats": 500},
        "figures_from": date(2026, 11, 9),
        "figures_to": date(2026, 11, 15),
        "teams": [
            {
                "name": "Dispatch",
                "now": {"active": 190, "seats": 200},
                "before": {"active": 184, "seats": 200},
            },
            {
                "name": "Customer service",
                "now": {"active": 131, "seats": 180},
                "before": {"active": 131, "seats": 180},
            },
            {
                "name": "Warehouse Hamburg",
                "now": {"active": 61, "seats": 80},
                "before": {"active": 66, "seats": 80},
            },
            {"name": "Finance", "now": {"active": 30}},
        ],
    },
    "features": {"known": 9, "now": 6, "before": 5, "begun": ["Route planning"], "ended": []},
    "executives": {
        "people": [
            {
                "name": "Dr. Greta Lindqvist",
                "side": "customer",
                "acts": 3,
                "comments": 1,
                "signatures": 1,
                "before": 0,
            },
            {"name": "Eva Brandt", "side": "vendor", "comments": 2, "before": 4},
            {"name": "Tom Achterberg", "side": "customer", "before": 0},
        ],
        "total": 3,
        "now": 2,
        "before": 1,
        "meetings_now": 1,
        "meetings_before": 1,
    },
    "support": {
        "now": {"opened": 14, "closed": 15, "late": 2},
        "before": {"opened": 18, "closed": 12, "late": 1},
    },
    "tasks": {
        "due_now": 6,
        "on_time_now": 5,
        "due_before": 4,
        "on_time_before": 4,
        "done_now": 41,
        "done_before": 37,
        "total": 64,
    },
}


def board(**changes) -> ScoreboardSnapshot:
    return ScoreboardSnapshot.model_validate(COMMON | RICH | changes)


def empty_board(**changes) -> ScoreboardSnapshot:
    return ScoreboardSnapshot.model_validate(COMMON | changes)


def full_board(**changes) -> ScoreboardSnapshot:
    """As much as one page has to hold."""
    users = {"active": 190, "seats": 200}
    teams = [{"name": f"Team of regional operations {n}", "now": users, "before": users} for n in range(5)]
    people = [
        {
            "name": f"Prof. Dr. Maximiliane Freifrau von Hohenstein {n}",
            "side": "customer",
            "acts": n + 1,
            "comments": 2,
            "signatures": 1,
        }
        for n in range(3)
    ]
    return board(
        usage=RICH["usage"]
        | {
            "teams": teams,
            "teams_more": 7,
            "now": users | {"how": "at_most"},
            "figures_from": date(2026, 11, 1),
        },
        features={
            "known": 30,
            "now": 6,
            "before": 9,
            "begun": ["A" * 60] * 3,
            "begun_more": 4,
            "ended": ["B" * 50] * 3,
            "ended_more": 1,
        },
        executives={"people": people, "total": 12, "now": 4, "before": 1, "meetings_now": 2},
        legal_footer="Nordwind Software GmbH · Am Sandtorkai 1 · 20457 Hamburg · HRB 12345 · A. Muster. " * 2,
        **changes,
    )
