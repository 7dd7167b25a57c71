"""The playbook of the measured plan: four stages, eight milestones, 64 tasks of both sides, texts of usual length."""

from typing import Any

from plans.playbook.schema import Playbook

KEY = "bench-64"
PRODUCT = "Bench"
"""A deal with this product gets this playbook, among the shipped ones."""

STAGES = ("Set up", "Adopt", "Prove", "Grow")
ROLES = {
    "csm": ("Success manager", "vendor", "csm", ()),
    "engineer": ("Solution engineer", "vendor", None, ()),
    "sponsor": ("Sponsor", "customer", "sponsor", ("economic buyer",)),
    "champion": ("Champion", "customer", "champion", ("champion",)),
    "user": ("Key user", "customer", "contributor", ("end user",)),
}
TURNS = ("csm", "champion", "user", "engineer", "champion", "csm", "user", "sponsor")
EVIDENCE = ("none", "none", "link", "none", "file", "none", "any", "none")
PER_MILESTONE = 8
TASKS = 64


def bench_playbook() -> Playbook:
    """Each task waits for the one before it in its milestone, and every second one for another further up."""
    return Playbook.model_validate(
        {
            "key": KEY,
            "name": "Bench, 64 tasks",
            "version": 1,
            "summary": "Made for measuring: as large as a plan usually gets.",
            "match": {"products": [PRODUCT], "priority": 90},
            "go_live": "review",
            "meeting_cadence": "Every second Tuesday, half an hour.",
            "kickoff": {"lead_days": 5, "due": {"anchor": "kickoff"}, "agenda": _agenda()},
            "roles": [_role(key) for key in ROLES],
            "stages": [_stage(number) for number in range(len(STAGES))],
            "milestones": [_milestone(number) for number in range(TASKS // PER_MILESTONE)],
            "tasks": [_task(number) for number in range(TASKS)],
            "objectives": [_objective(number) for number in range(3)],
        }
    )


def _role(key: str) -> dict[str, Any]:
    name, side, portal_role, buying_roles = ROLES[key]
    return {
        "key": key,
        "name": name,
        "side": side,
        "portal_role": portal_role,
        "buying_roles": buying_roles,
        "persona": "Knows the daily work and decides on it.",
    }


def _stage(number: int) -> dict[str, Any]:
    return {
        "key": f"stage-{number}",
        "name": STAGES[number],
        "purpose": "People who do the work use the product for it, and know why.",
        "owner": "csm" if number % 2 else "champion",
        "entry_criteria": ["The stage before it is left."],
        "exit_criteria": ["Its milestones are reached.", "Both sides have said so."],
    }


def _milestone(number: int) -> dict[str, Any]:
    return {
        "key": f"milestone-{number}",
        "stage": f"stage-{number // 2}",
        "title": f"Milestone {number + 1}: the team works with it",
        "goal": "Everybody who is named in the plan has used it once for work of their own.",
        "first_value": number == 3,
        "due": {"anchor": "kickoff", "offset": 14 * (number + 1)},
    }


def _task(number: int) -> dict[str, Any]:
    role, milestone = TURNS[number % len(TURNS)], number // PER_MILESTONE
    kind = EVIDENCE[number % len(EVIDENCE)]
    waits = [f"task-{number - 1}"] if number % PER_MILESTONE else []
    waits += [f"task-{number - 9}"] if number >= 9 and number % 2 else []
    return {
        "key": f"task-{number}",
        "milestone": f"milestone-{milestone}",
        "title": f"Agree on the weekly reports, part {number + 1}",
        "side": ROLES[role][1],
        "role": role,
        "why": "Without it the teams keep their own lists, and nobody trusts the numbers of the others.",
        "what": "Go through the list with those who use it. Mark what is read weekly, and strike out the rest. "
        "Send what is left to everybody in the plan.",
        "desired_result": "A list of at most ten reports that both sides have seen and agreed on.",
        "estimate_minutes": 45,
        "due": {"anchor": "kickoff", "offset": 14 * milestone + 1 + number % PER_MILESTONE},
        "evidence": {"kind": kind, "shows": "" if kind == "none" else "The list as it was agreed."},
        "waits_for": waits,
        "next_step": "Put the list into the workspace.",
    }


def _objective(number: int) -> dict[str, Any]:
    return {
        "key": f"objective-{number}",
        "title": ("Quotes leave faster", "Fewer corrections", "More teams on board")[number],
        "metric": ("Hours to a quote", "Corrections a week", "Teams that work with it")[number],
        "unit": ("hours", "corrections", "teams")[number],
        "direction": "up" if number == 2 else "down",
        "baseline": ("48", "30", "2")[number],
        "target": ("8", "6", "12")[number],
        "due": {"anchor": "kickoff", "offset": 110},
        "stage": f"stage-{number + 1}",
    }


def _agenda() -> list[dict[str, Any]]:
    points = ("What was bought, and why", "Who does what", "The first four weeks", "How we meet")
    return [
        {"title": point, "minutes": 15, "lead": "both", "notes": "Each side says it once."}
        for point in points
    ]
