"""What people sign, read in one moment: titles, goals, dates, tasks, proof; for a whole plan its objectives, too.

People are named once, beside the rest, and stand as ids everywhere else. Comparing later takes the names from then
(`as_in`): somebody who has married has not changed what was signed. Evidence that was returned stays in the
snapshot, so that nothing which happened after a signature can be made undone.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.services.branding import current_vendor
from plans.models import Evidence, Measurement, Milestone, Objective, Plan, SignOff, Stage, Task
from portal.lib.canonical import canonical_json, digest

Snapshot = dict[str, Any]

_TASK = ("id", "title", "side", "owner_id", "due_on", "completed_at", "completed_by_id")
_CLAIM = (
    "claimed_side", "claimed_by_id", "claimed_at", "accepted_by_id", "accepted_at", "returned_by_id", "returned_at",
)  # fmt: skip
_EVIDENCE = ("id", "kind", "note", "url", "file_name", "sha256", "size", *_CLAIM)
_OBJECTIVE = ("id", "title", "metric", "unit", "direction", "baseline", "target", "due_on")
_MEASUREMENT = ("id", "value", "measured_on", "note", *_CLAIM)


def take_snapshot(
    plan: Plan,
    *,
    milestone: Milestone | None = None,
    stage: Stage | None = None,
    as_in: Snapshot | None = None,
) -> Snapshot:
    """Plain JSON of the milestone, the stage or (neither given) the plan; it has one digest, whoever reads it.

    Every act on a plan locks it first, so what is read while the plan is locked is of one moment. `plan` comes with
    its account. Queries: four, for a plan six.
    """
    milestones = Milestone.objects.filter(plan=plan)
    if milestone or stage:
        milestones = milestones.filter(pk=milestone.pk) if milestone else milestones.filter(stage=stage)
    found = {
        **_head(plan, milestone, stage),
        "milestones": _milestones(milestones),
        "objectives": [] if milestone or stage else _objectives(plan),
    }
    people = _people(found)
    known = (as_in or {}).get("people", {})
    found["people"] = {key: known.get(key, name) for key, name in people.items()}
    found["parties"] = (as_in or {}).get("parties") or {
        "vendor": current_vendor().name,
        "customer": plan.account.name,
    }
    plain: Snapshot = json.loads(canonical_json(found))
    return plain


def snapshot_now(signoff: SignOff, plan: Plan) -> Snapshot:
    """What the people would sign now, with the names from then."""
    return take_snapshot(plan, milestone=signoff.milestone, stage=signoff.stage, as_in=signoff.snapshot)


def digest_of(snapshot: Snapshot) -> str:
    return digest(canonical_json(snapshot))


def is_changed(signoff: SignOff, plan: Plan) -> bool:
    return digest_of(snapshot_now(signoff, plan)) != signoff.digest


def _head(plan: Plan, milestone: Milestone | None, stage: Stage | None) -> Snapshot:
    if milestone:
        return {"of": "milestone", "id": milestone.pk, "title": milestone.title, "goal": milestone.goal}
    if stage:
        return {"of": "stage", "id": stage.pk, "title": stage.name, "goal": stage.purpose}
    days = {"kickoff_on": plan.kickoff_on, "ends_on": plan.ends_on}
    return {"of": "plan", "id": plan.pk, "title": plan.name, "goal": "", **days}


def _milestones(milestones: Any) -> list[Snapshot]:
    rows = list(
        milestones.order_by("stage__position", "position", "pk").values(
            "id", "title", "goal", "baseline_on", "due_on", "reached_at"
        )
    )
    ids = [row["id"] for row in rows]
    tasks = list(
        Task.objects.filter(milestone__in=ids).order_by("position", "pk").values("milestone_id", *_TASK)
    )
    proof = Evidence.objects.filter(task__milestone__in=ids).order_by("claimed_at", "pk")
    evidence = _grouped(proof.values("task_id", *_EVIDENCE), "task_id")
    for task in tasks:
        task["evidence"] = evidence.get(task["id"], [])
    by_milestone = _grouped(tasks, "milestone_id")
    return [{**row, "tasks": by_milestone.get(row["id"], [])} for row in rows]


def _objectives(plan: Plan) -> list[Snapshot]:
    measured = Measurement.objects.filter(plan=plan).order_by("measured_on", "claimed_at", "pk")
    by_objective = _grouped(measured.values("objective_id", *_MEASUREMENT), "objective_id")
    rows = Objective.objects.filter(plan=plan).order_by("position", "pk").values(*_OBJECTIVE)
    return [{**row, "measurements": by_objective.get(row["id"], [])} for row in rows]


def _grouped(rows: Iterable[Mapping[str, Any]], name: str) -> dict[UUID, list[Snapshot]]:
    found: dict[UUID, list[Snapshot]] = {}
    for row in rows:
        found.setdefault(row[name], []).append({key: value for key, value in row.items() if key != name})
    return found


def _people(found: object) -> dict[str, str]:
    ids = set(_ids(found))
    return {str(person.pk): str(person) for person in User.objects.filter(pk__in=ids)}


def _ids(found: object) -> Iterable[UUID]:
    """Whoever is named anywhere in it."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key in ("owner_id", "claimed_by_id", "accepted_by_id", "returned_by_id", "completed_by_id"):
                if value:
                    yield value
            else:
                yield from _ids(value)
    elif isinstance(found, list):
        for item in found:
            yield from _ids(item)
