"""What has changed between two snapshots of the same thing (`plans/services/snapshots.py`), a sentence for each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.lib.days import long_day
from portal.lib.figures import figure, with_unit

Part = Mapping[str, Any]


def differences(then: Part, now: Part) -> list[str]:
    """In the order of the plan; empty only when both are the same."""
    found = list(_of_whole(then, now))
    for old, new in _pairs(then["milestones"], now["milestones"]):
        found += _of_milestone(old, new, now)
    for old, new in _pairs(then["objectives"], now["objectives"]):
        found += _of_objective(old, new)
    if not found and then != now:
        found.append(_("Something in it reads differently now."))
    return found


def _of_whole(then: Part, now: Part) -> Iterator[str]:
    if (then["title"], then["goal"]) != (now["title"], now["goal"]):
        yield _("Its title or purpose reads differently now.")
    for name, sentence in (
        ("kickoff_on", _("The kickoff moved from %(old)s to %(new)s.")),
        ("ends_on", _("The end of the plan moved from %(old)s to %(new)s.")),
    ):
        if then.get(name) != now.get(name):
            yield sentence % {"old": _day(then.get(name)), "new": _day(now.get(name))}


def _of_milestone(old: Part | None, new: Part | None, now: Part) -> Iterator[str]:
    if old is None or new is None:
        yield _added_or_gone(old, new)
        return
    words = {"what": new["title"]}
    if (old["title"], old["goal"]) != (new["title"], new["goal"]):
        yield _("The milestone “%(what)s” reads differently now.") % words
    if old["due_on"] != new["due_on"]:
        yield _moved(old, new)
    if old["reached_at"] and not new["reached_at"]:
        yield _("The milestone “%(what)s” is open again.") % words
    elif old["reached_at"] != new["reached_at"]:
        yield _("The milestone “%(what)s” was reached.") % words
    for one, other in _pairs(old["tasks"], new["tasks"]):
        yield from _of_task(one, other, now)


def _of_task(old: Part | None, new: Part | None, now: Part) -> Iterator[str]:
    if old is None or new is None:
        yield _added_or_gone(old, new)
        return
    words = {"what": new["title"]}
    if old["title"] != new["title"]:
        yield _("“%(old)s” is called “%(what)s” now.") % {**words, "old": old["title"]}
    if old["side"] != new["side"]:
        yield _("“%(what)s” went over to the other side.") % words
    if old["owner_id"] != new["owner_id"]:
        yield _given(new, now)
    if old["due_on"] != new["due_on"]:
        yield _moved(old, new)
    yield from _completion(old, new)
    for one, other in _pairs(old["evidence"], new["evidence"]):
        yield from _of_evidence(one, other, new["title"])


def _completion(old: Part, new: Part) -> Iterator[str]:
    if old["completed_at"] == new["completed_at"]:
        return
    if not new["completed_at"]:
        yield _("“%(what)s” is open again.") % {"what": new["title"]}
    elif old["completed_at"]:
        yield _("“%(what)s” was opened again and completed anew.") % {"what": new["title"]}
    else:
        yield _("“%(what)s” was completed.") % {"what": new["title"]}


def _given(new: Part, now: Part) -> str:
    name = now["people"].get(new["owner_id"])
    if name:
        return _("“%(what)s” was given to %(owner)s.") % {"what": new["title"], "owner": name}
    return _("“%(what)s” has no owner now.") % {"what": new["title"]}


def _of_evidence(old: Part | None, new: Part | None, task: str) -> Iterator[str]:
    proof = new or old or {}
    words = {"what": task, "proof": proof["file_name"] or proof["url"] or proof["note"][:60]}
    if new is None:
        yield _("Evidence for “%(what)s” is gone: %(proof)s") % words
    elif old is None:
        yield _("Evidence was added to “%(what)s”: %(proof)s") % words
        yield from _judged({}, new, words)
    elif old != new:
        said = list(_judged(old, new, words))
        yield from said or [_("Evidence for “%(what)s” reads differently now: %(proof)s") % words]


def _judged(old: Part, new: Part, words: Mapping[str, str]) -> Iterator[str]:
    if new["accepted_at"] and not old.get("accepted_at"):
        yield _("Evidence for “%(what)s” was accepted: %(proof)s") % words
    if new["returned_at"] and not old.get("returned_at"):
        yield _("Evidence for “%(what)s” was returned: %(proof)s") % words


def _of_objective(old: Part | None, new: Part | None) -> Iterator[str]:
    if old is None or new is None:
        yield _added_or_gone(old, new)
        return
    words = {"what": new["title"]}
    if old["due_on"] != new["due_on"]:
        yield _moved(old, new)
    meant = ("title", "metric", "unit", "direction", "baseline", "target")
    if any(old[name] != new[name] for name in meant):
        yield _("The objective “%(what)s” reads differently now.") % words
    for one, other in _pairs(old["measurements"], new["measurements"]):
        measured = other or one or {}
        said = {**words, "value": with_unit(figure(Decimal(measured["value"])), new["unit"])}
        yield from _of_measurement(one, other, said)


def _of_measurement(old: Part | None, new: Part | None, words: Mapping[str, str]) -> Iterator[str]:
    if new is None:
        yield _("A measurement of “%(what)s” is gone: %(value)s") % words
    elif old is None:
        yield _("A measurement was added to “%(what)s”: %(value)s") % words
    elif new["accepted_at"] and not old["accepted_at"]:
        yield _("A measurement of “%(what)s” was confirmed: %(value)s") % words
    elif new["returned_at"] and not old["returned_at"]:
        yield _("A measurement of “%(what)s” was returned: %(value)s") % words
    elif old != new:
        yield _("A measurement of “%(what)s” reads differently now: %(value)s") % words


def _pairs(old: Sequence[Part], new: Sequence[Part]) -> Iterator[tuple[Part | None, Part | None]]:
    """What is the same thing in both, then and now; then what there is only now or only then."""
    before, after = ({part["id"]: part for part in parts} for parts in (old, new))
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield before.get(key), after.get(key)


def _added_or_gone(old: Part | None, new: Part | None) -> str:
    if new is not None:
        return _("“%(what)s” was added.") % {"what": new["title"]}
    return _("“%(what)s” is gone.") % {"what": old["title"] if old else ""}


def _moved(old: Part, new: Part) -> str:
    words = {"what": new["title"], "old": _day(old["due_on"]), "new": _day(new["due_on"])}
    return _("“%(what)s” moved from %(old)s to %(new)s.") % words


def _day(text: str | None) -> str:
    return long_day(date.fromisoformat(text)) if text else "–"
