"""An agenda in words: each reader's own, also of a meeting that was held long ago."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from plans.agendas import Agenda
from portal.lib.days import short_day
from portal.lib.figures import figure, with_unit

Line = dict[str, Any]

TITLES: dict[str, str | Promise] = {
    "actions": gettext_lazy("Action items from last time"),
    "moved": gettext_lazy("Dates that moved"),
    "blocked": gettext_lazy("What is blocked"),
    "due": gettext_lazy("Due until the next meeting"),
    "objectives": gettext_lazy("What we wanted to reach"),
    "wins": gettext_lazy("What we won"),
    "milestones": gettext_lazy("Milestones"),
    "open": gettext_lazy("Late or blocked"),
    "ahead": gettext_lazy("The next 90 days"),
    "decisions": gettext_lazy("Decisions wanted"),
    "round": gettext_lazy("Anything else"),
}
_STATES: dict[str, tuple[str, str | Promise]] = {
    "done": ("ok", gettext_lazy("Done")),
    "late": ("late", gettext_lazy("Late")),
    "blocked": ("late", gettext_lazy("Blocked")),
    "open": ("", gettext_lazy("Open")),
}


def agenda_in_words(agenda: Agenda, plan_id: UUID, names: dict[str, str]) -> list[dict[str, Any]]:
    """Topics as `templates/plans/_agenda.html` shows them. `names` are the two companies by side.

    The kickoff's topics come from the playbook, with a title, a lead and notes of their own.
    """
    return [_topic(topic, plan_id, names) for topic in agenda]


def minutes_label(minutes: Any) -> str:
    return _("%(n)s min") % {"n": minutes}


def _topic(topic: dict[str, Any], plan_id: UUID, names: dict[str, str]) -> dict[str, Any]:
    leads = {**names, "both": _("both")}
    more = topic.get("more", 0)
    return {
        "title": str(TITLES.get(topic.get("key", ""), topic.get("title", ""))),
        "minutes_label": minutes_label(topic.get("minutes", "")),
        "lead": leads.get(topic.get("lead", ""), ""),
        "notes": topic.get("notes", ""),
        "lines": [_words(topic["key"], line, plan_id, names) for line in topic.get("lines", [])],
        "more_label": ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more else "",
    }


def _words(key: str, line: Line, plan_id: UUID, names: dict[str, str]) -> dict[str, str]:
    """{text, url, notes, badge, badge_label}; what an old line does not say is left out."""
    words = {"text": line.get("title", ""), "url": "", "note": "", "badge": "", "badge_label": ""}
    if key in ("actions", "blocked", "due", "open"):
        return words | _item(line, plan_id, names)
    if key == "decisions":
        return words | _wanted(line, plan_id, names)
    return words | _KINDS[key](line, plan_id)


def _item(line: Line, plan_id: UUID, names: dict[str, str]) -> dict[str, str]:
    side = names.get(line.get("side", ""), "")
    owner = line.get("owner") or _("needs an owner")
    words = {"owner": owner, "side": side, "day": _day(line, "done_on") or _day(line, "due_on")}
    if line.get("done_on"):
        note = _("%(owner)s, %(side)s · done on %(day)s") % words
    else:
        note = _("%(owner)s, %(side)s · due %(day)s") % words
    found = {"url": _task(line, plan_id), "note": note} | _badge(line)
    if line.get("blocked"):
        clears = names.get(line.get("blocked_on", ""), "")
        reason = {"reason": line.get("reason", ""), "name": clears}
        found["note"] = (
            _("%(reason)s – to be cleared by %(name)s") % reason
            if clears
            else _("%(reason)s – nobody of us can clear this") % reason
        )
    return found


def _wanted(line: Line, plan_id: UUID, names: dict[str, str]) -> dict[str, str]:
    words = {"title": line.get("title", ""), "by": line.get("by", ""), "day": _day(line, "on")}
    if line.get("kind") == "proposal":
        text = _("%(title)s: %(by)s asks for %(day)s") % words
        return {"text": text, "note": line.get("note", ""), "url": _task(line, plan_id)}
    if line.get("kind") == "evidence":
        text = _("%(title)s: evidence of %(by)s waits since %(day)s") % words
        note = _("To be reviewed by %(name)s") % {"name": names.get(line.get("side", ""), "")}
        return {"text": text, "note": note, "url": _task(line, plan_id)}
    return {}


def _move(line: Line, plan_id: UUID) -> dict[str, str]:
    words = {"title": line.get("title", ""), "old": _day(line, "old_on"), "new": _day(line, "new_on")}
    others = line.get("others", 0)
    parts = [line.get("reason", ""), line.get("by", "")]
    if others:
        parts.append(
            ngettext("%(n)d more date followed", "%(n)d more dates followed", others) % {"n": others}
        )
    return {"text": _("%(title)s: %(old)s → %(new)s") % words, "note": " · ".join(filter(None, parts))}


def _aim(line: Line, plan_id: UUID) -> dict[str, str]:
    unit = line.get("unit", "")
    amounts = {name: _amount(line.get(name, ""), unit) for name in ("start", "now", "target")}
    words = {**amounts, "day": _day(line, "by")}
    way = _("from %(start)s to %(target)s by %(day)s") if amounts["start"] else _("to %(target)s by %(day)s")
    now = _("now %(now)s") if amounts["now"] else _("not measured yet")
    found = {
        "url": reverse("objective_detail", args=[plan_id, line["id"]]) if line.get("id") else "",
        "note": f"{way % words} · {now % words}",
    }
    if line.get("now"):
        confirmed = line.get("confirmed")
        found["badge"] = "ok" if confirmed else "due"
        found["badge_label"] = _("Confirmed") if confirmed else _("Not confirmed yet")
    return found


def _gain(line: Line, plan_id: UUID) -> dict[str, str]:
    words = {"before": line.get("before", ""), "after": line.get("after", "")}
    change = _("%(before)s → %(after)s") % words if all(words.values()) else words["after"]
    step = line.get("next_step", "")
    return {"note": " · ".join(filter(None, (change, step and _("next: %(step)s") % {"step": step})))}


def _stop(line: Line, plan_id: UUID) -> dict[str, str]:
    words = {"day": _day(line, "reached_on") or _day(line, "due_on"), "promised": _day(line, "promised_on")}
    if not line.get("reached_on"):
        return {"note": _("due %(day)s, promised for %(promised)s") % words} | _badge(line)
    in_time = line.get("in_time")
    return {
        "note": _("reached on %(day)s, promised for %(promised)s") % words,
        "badge": "ok" if in_time else "due",
        "badge_label": _("On time") if in_time else _("Later than promised"),
    }


def _coming(line: Line, plan_id: UUID) -> dict[str, str]:
    kinds = {"milestone": _("Milestone"), "objective": _("Objective"), "end": ""}
    text = _("The plan ends") if line.get("kind") == "end" else line.get("title", "")
    note = " · ".join(filter(None, (_day(line, "on"), kinds.get(line.get("kind", ""), ""))))
    return {"text": text, "note": note}


_KINDS = {"moved": _move, "objectives": _aim, "wins": _gain, "milestones": _stop, "ahead": _coming}


def _badge(line: Line) -> dict[str, str]:
    badge, label = _STATES.get(line.get("state", ""), ("", ""))
    return {"badge": badge, "badge_label": str(label)}


def _task(line: Line, plan_id: UUID) -> str:
    return reverse("task_detail", args=[plan_id, line["id"]]) if line.get("id") else ""


def _day(line: Line, name: str) -> str:
    return short_day(date.fromisoformat(line[name])) if line.get(name) else ""


def _amount(text: str, unit: str) -> str:
    return with_unit(figure(Decimal(text)), unit) if text else ""
