"""A task as a row of plain strings, whose turn it is, and when it is due in words. Pure: no query, no clock.

A page has as many rows as the plan has tasks, so each word is made once and the template only puts it in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Side
from plans.choices import EvidenceNeed
from plans.pages.viewer import TaskFacts, Viewer
from portal.lib.days import distance, full_day, short_day

SOON = 3
"""Days ahead that count as due now."""
NO_MARKS: list[tuple[str, str, str]] = []


class Due(NamedTuple):
    label: str
    state: str
    iso: str
    full: str


def due_in_words(due_on: date, today: date) -> tuple[str, str]:
    """How far away an open thing is, and its state: late, due (within `SOON` days) or ok."""
    days = (due_on - today).days
    return distance(days), "late" if days < 0 else "due" if days <= SOON else "ok"


def estimate_in_words(minutes: int | None) -> str:
    if not minutes:
        return ""
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(n)d hour", "about %(n)d hours", hours) % {"n": hours}


def initials_of(name: str, email: str) -> str:
    """As `User.initials`."""
    words = name.split() or [email]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


@dataclass
class RowMaker:
    """Makes rows of one plan for one viewer on one day.

    `names` are the two companies by side; `task_path` is the address of a task with "{}" for its id; `clock` is
    the account's time zone, in which days are named; `waited` are the days of whom each task waits for now.
    """

    viewer: Viewer
    today: date
    names: dict[str, str]
    task_path: str
    clock: ZoneInfo
    waited: Mapping[UUID, int] = field(default_factory=dict)
    _due: dict[date, Due] = field(default_factory=dict)
    _owners: dict[UUID | None, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before, self._after = self.task_path.split("{}")
        self._words = {
            "mine": _("Your turn"),
            "review": _("Your review"),
            "blocked": _("Blocked"),
            "waits": _("Waits"),
            "done": _("Done"),
            "answer": _("Your answer"),
            "moved": _("New date"),
            "asked": _("Waits for an answer"),
            **{f"review {side}": _("Review: %(name)s") % {"name": name} for side, name in self.names.items()},
        }
        self._labels = {
            "open": "",
            "done": self._words["done"],
            "blocked": self._words["blocked"],
            "review": _("To be reviewed"),
        }
        self._evidence: dict[tuple[str, bool], str] = {
            (need, proved): "" if need == EvidenceNeed.NONE else (_("Has evidence") if proved else label)
            for need, label in (
                (EvidenceNeed.NONE, ""),
                (EvidenceNeed.ANY, _("Needs evidence")),
                (EvidenceNeed.FILE, _("Needs a file")),
                (EvidenceNeed.LINK, _("Needs a link")),
            )
            for proved in (True, False)
        }

    def row(self, task: TaskFacts) -> dict[str, Any]:
        state = state_of(task)
        mine = self.viewer.is_asked_to_work(task) or (
            task.completed_at is not None and self.viewer.is_asked_to_review(task)
        )
        mine = mine or self.viewer.is_asked_to_answer(task)
        owner_name, owner_initials = self.owner(task)
        due = self.due(task)
        return {
            "id": task.id,
            "url": self.url(task.id),
            "title": task.title,
            "state": state,
            "state_label": self._labels[state],
            "mine": mine,
            "turn_label": self.turn(task, state, mine),
            "owner_name": owner_name,
            "owner_initials": owner_initials,
            "due_label": due.label,
            "due_iso": due.iso,
            "due_full": due.full,
            "due_state": due.state,
            "due_mark": due.state if due.state in ("late", "due") else "",
            "evidence_label": self._evidence[task.evidence_need, task.proved],
            "marks": self.marks(task),
            "version": task.version,
            "complete_url": "",
        }

    def turn_row(self, task: TaskFacts) -> dict[str, Any]:
        """The row as "your turn" shows it: what waits for a review says so, even while the task is open."""
        row = self.row(task)
        if self.viewer.is_asked_to_work(task):
            # A form is sent, not ticked off.
            if task.completable and not task.asks:
                row["complete_url"] = f"{row['url']}complete/"
            if self.viewer.is_to_accept(task):
                row["note"] = self._words["moved"]
        elif self.viewer.is_asked_to_answer(task):
            row["note"] = self._words["answer"]
        elif self.viewer.is_asked_to_review(task):
            row |= {
                "state": "review",
                "state_label": self._labels["review"],
                "mine": True,
                "turn_label": self._words["review"],
            }
        elif self.viewer.is_stuck(task):
            row["note"] = self._words["blocked" if task.blocked_at else "asked"]
        return row

    def turn(self, task: TaskFacts, state: str, mine: bool) -> str:
        """Whose move it is; nobody's on what is done."""
        if state == "review":
            return (
                self._words["review"]
                if mine
                else self._words[f"review {Side(next(iter(task.claims))).other}"]
            )
        if state == "done":
            return ""
        if state == "blocked":
            return self.waiting_for(task, self.names.get(task.clears, self._words["blocked"]))
        if task.proposed_on is not None:
            return (
                self._words["answer"] if mine else self.waiting_for(task, self.names[Side(task.side).other])
            )
        if mine:
            return self._words["mine"]
        return self._words["waits"] if task.waits else self.waiting_for(task, self.names[task.side])

    def waiting_for(self, task: TaskFacts, name: str) -> str:
        """ "Acme · 3 days" where somebody is pressed: it is blocked, an answer is wanted, or it is due."""
        days = self.waited.get(task.id, 0)
        pressed = task.blocked_at or task.proposed_on or (task.due_on - self.today).days <= SOON
        return waited_in_words(name, days) if days and pressed else name

    def marks(self, task: TaskFacts) -> list[tuple[str, str, str]]:
        """Quiet marks behind the title: kind, words, and a figure to show."""
        if not (task.talk_count or task.pinned_at or task.proposed_on or task.moved_by_side):
            return NO_MARKS
        found = []
        if task.completed_at is None:
            if task.pinned_at:
                found.append(("pin", _("Pinned to its day"), ""))
            if task.proposed_on:
                found.append(("ask", _("Asked for until %(day)s") % {"day": short_day(task.proposed_on)}, ""))
            elif task.moved_by_side and task.moved_by_side != task.side:
                found.append(("moved", _("Moved by %(name)s") % {"name": self.names[task.moved_by_side]}, ""))
        if task.talk_count:
            words = ngettext("%(n)d comment", "%(n)d comments", task.talk_count) % {"n": task.talk_count}
            found.append(("talk", words, str(task.talk_count)))
        return found

    def url(self, task_id: UUID) -> str:
        return f"{self._before}{task_id}{self._after}"

    def owner(self, task: TaskFacts) -> tuple[str, str]:
        found = self._owners.get(task.owner_id)
        if found is None:
            if task.owner_id is None:
                found = (_("Needs an owner"), "?")
            else:
                name, email = task.owner_name or "", task.owner_email or ""
                found = (name or email, initials_of(name, email))
            self._owners[task.owner_id] = found
        return found

    def due(self, task: TaskFacts) -> Due:
        if task.completed_at is not None:
            day = task.completed_at.astimezone(self.clock).date()
            full = _("Done on %(day)s") % {"day": full_day(day)}
            return Due(short_day(day), "done", day.isoformat(), full)
        found = self._due.get(task.due_on)
        if found is None:
            label, state = due_in_words(task.due_on, self.today)
            found = self._due[task.due_on] = Due(label, state, task.due_on.isoformat(), full_day(task.due_on))
        return found


def waited_in_words(name: str, days: int) -> str:
    """ "Acme · 3 days"."""
    return ngettext("%(name)s · %(n)d day", "%(name)s · %(n)d days", days) % {"name": name, "n": days}


def state_of(task: TaskFacts) -> str:
    """open, blocked, done, or review: done by one side and not yet judged by the other."""
    if task.completed_at is not None:
        return "review" if task.claims else "done"
    return "blocked" if task.blocked_at is not None else "open"
