"""What was signed, as people read it: a frozen snapshot in words. Nothing here looks at the plan as it is now."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from plans.models import Plan
from portal.lib.days import long_day, moment
from portal.lib.figures import figure, with_unit

Part = Mapping[str, Any]


def letter(snapshot: Part, plan: Plan) -> dict[str, Any]:
    """What is frozen, as people read it; names are those of then."""
    reader = _Reader(snapshot["people"], snapshot["parties"], plan)
    return {
        "goal": snapshot["goal"],
        "period": reader.period(snapshot),
        # A milestone says its goal at the top already.
        "milestones": [
            reader.milestone(one, alone=snapshot["of"] == "milestone") for one in snapshot["milestones"]
        ],
        "objectives": [reader.objective(one) for one in snapshot["objectives"]],
    }


class _Reader:
    def __init__(self, people: Mapping[str, str], parties: Mapping[str, str], plan: Plan) -> None:
        self.people, self.parties, self.zone = people, parties, plan.account.zone

    def period(self, snapshot: Part) -> str:
        if snapshot["of"] != "plan":
            return ""
        words = {"first": _day(snapshot["kickoff_on"]), "last": _day(snapshot["ends_on"])}
        return _("Kickoff %(first)s, end %(last)s") % words

    def milestone(self, one: Part, *, alone: bool) -> dict[str, Any]:
        if one["reached_at"]:
            when = _("Reached %(time)s") % {"time": self.time(one["reached_at"])}
        else:
            when = _("Due %(day)s") % {"day": _day(one["due_on"])}
        promised = one["baseline_on"] and one["baseline_on"] != one["due_on"]
        return {
            "title": "" if alone else one["title"],
            "goal": "" if alone else one["goal"],
            "when": when,
            "promised": _("Promised for %(day)s") % {"day": _day(one["baseline_on"])} if promised else "",
            "tasks": [self.task(task) for task in one["tasks"]],
        }

    def task(self, one: Part) -> dict[str, Any]:
        owner = self.people.get(one["owner_id"] or "", "")
        if one["completed_at"]:
            by = self.people.get(one["completed_by_id"] or "") or _("The portal")
            state = _("Done by %(name)s, %(time)s") % {"name": by, "time": self.time(one["completed_at"])}
        else:
            state = _("Open, due %(day)s") % {"day": _day(one["due_on"])}
        return {
            "title": one["title"],
            "side": self.parties[one["side"]],
            "owner": owner,
            "done": bool(one["completed_at"]),
            "state": state,
            "evidence": [self.evidence(proof) for proof in one["evidence"]],
        }

    def evidence(self, one: Part) -> dict[str, str]:
        return {
            "label": one["file_name"] or one["url"] or one["note"],
            "note": one["note"] if one["file_name"] or one["url"] else "",
            "size": filesizeformat(one["size"]) if one["size"] else "",
            "digest": one["sha256"],
            "state": self.judged(one),
        }

    def judged(self, one: Part) -> str:
        if one["accepted_at"]:
            words = {
                "name": self.people.get(one["accepted_by_id"], ""),
                "time": self.time(one["accepted_at"]),
            }
            return _("Accepted by %(name)s, %(time)s") % words
        if one["returned_at"]:
            words = {
                "name": self.people.get(one["returned_by_id"], ""),
                "time": self.time(one["returned_at"]),
            }
            return _("Returned by %(name)s, %(time)s") % words
        return _("Not judged by the other side yet")

    def objective(self, one: Part) -> dict[str, Any]:
        def amount(value: str | None) -> str:
            return with_unit(figure(Decimal(value)), one["unit"]) if value is not None else _("not known yet")

        words = {"from": amount(one["baseline"]), "to": amount(one["target"]), "day": _day(one["due_on"])}
        return {
            "title": one["title"],
            "metric": one["metric"],
            "course": _("From %(from)s to %(to)s by %(day)s") % words,
            "measurements": [
                {"value": amount(row["value"]), "day": _day(row["measured_on"]), "state": self.judged(row)}
                for row in one["measurements"]
            ],
        }

    def time(self, text: str) -> str:
        return moment(datetime.fromisoformat(text), self.zone)


def _day(text: str) -> str:
    return long_day(date.fromisoformat(text))
