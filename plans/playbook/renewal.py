"""What a renewal needs, window by window: the usual set, and what a playbook's own must hold together."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from plans.playbook.faults import Path
from plans.playbook.nodes import Document
from plans.playbook.schema import NeedRule, Playbook, RenewalRules, WindowRule

# The roles are those of the portal; where a playbook has a role of that name, it is played by the same person.
USUAL = RenewalRules(
    windows=(
        WindowRule(
            days=180,
            needs=(
                NeedRule(
                    key="contract-lines",
                    kind="contract_lines",
                    side="vendor",
                    role="csm",
                    text=gettext_noop("Enter the lines of the contract"),
                ),
                NeedRule(
                    key="usage",
                    kind="usage",
                    side="vendor",
                    role="csm",
                    text=gettext_noop("Bring in the usage of the last four weeks"),
                ),
            ),
        ),
        WindowRule(
            days=120,
            needs=(
                NeedRule(
                    key="recap",
                    kind="recap",
                    side="vendor",
                    role="csm",
                    text=gettext_noop("Make a value recap of the last quarter"),
                ),
                NeedRule(
                    key="confirmed-value",
                    kind="confirmed_value",
                    side="customer",
                    role="champion",
                    text=gettext_noop("Confirm the numbers that were reached"),
                ),
                NeedRule(
                    key="offer",
                    kind="offer",
                    side="vendor",
                    role="csm",
                    text=gettext_noop("Work out the options and show them to the customer"),
                ),
                NeedRule(
                    key="security",
                    kind="security",
                    side="vendor",
                    role="csm",
                    text=gettext_noop("Renew the security confirmations"),
                ),
            ),
        ),
        WindowRule(
            days=90,
            needs=(
                NeedRule(
                    key="risks",
                    kind="risks",
                    side="vendor",
                    role="csm",
                    text=gettext_noop("Settle what is late on either side"),
                ),
                NeedRule(
                    key="preference",
                    kind="preference",
                    side="customer",
                    role="sponsor",
                    text=gettext_noop("Say which option you prefer"),
                ),
            ),
        ),
        WindowRule(
            days=60,
            needs=(
                NeedRule(
                    key="goals",
                    kind="goals",
                    side="vendor",
                    role="csm",
                    text=gettext_noop("Agree on the goals for the next 90 days"),
                ),
            ),
        ),
        WindowRule(
            days=30,
            needs=(
                NeedRule(
                    key="order-form",
                    kind="confirm",
                    side="customer",
                    role="sponsor",
                    text=gettext_noop("Check the order form with whoever signs it"),
                ),
            ),
        ),
    )
)
"""180, 120, 90, 60 and 30 days before the contract's last day."""

USUAL_TEXTS = frozenset(need.text for window in USUAL.windows for need in window.needs)


def renewal_rules(playbook: Playbook) -> RenewalRules:
    return playbook.renewal or USUAL


def first_window(playbook: Playbook) -> int:
    """Days before the contract's end on which its renewal begins."""
    return max(window.days for window in renewal_rules(playbook).windows)


def add_renewal_faults(document: Document) -> None:
    """Each window once, each key once in the whole renewal, and each role there is, on the side that it is on."""
    sides = {role.get("key"): role.get("side") for role in _groups(document.data, "roles")}
    days: dict[Any, Path] = {}
    keys: dict[Any, Path] = {}
    for path, window in _windows(document):
        _once(
            document, days, path, window, "days", _("The window of %(key)s days is already on line %(line)s.")
        )
        for number, need in enumerate(_listed(window, "needs")):
            if not isinstance(need, dict):
                continue
            here = (*path, "needs", number)
            _once(document, keys, here, need, "key", _("The key “%(key)s” is already used on line %(line)s."))
            _check_role(document, here, need, sides)


def _check_role(document: Document, path: Path, need: dict[str, Any], sides: dict[Any, Any]) -> None:
    role, side = need.get("role"), need.get("side")
    if not isinstance(role, str):
        return
    if role not in sides:
        document.fault((*path, "role"), _("There is no role “%(key)s”.") % {"key": role})
    elif isinstance(side, str) and sides[role] != side:
        values = {"role": role, "its": sides[role], "side": side}
        message = _("The role “%(role)s” is on the %(its)s side, but this is on the %(side)s side.")
        document.fault((*path, "role"), message % values)


def _once(
    document: Document, seen: dict[Any, Path], path: Path, group: dict[str, Any], name: str, message: str
) -> None:
    value = group.get(name)
    if not isinstance(value, str | int):
        return
    if value in seen:
        line = document.line((*seen[value], name))
        document.fault((*path, name), message % {"key": value, "line": line})
    seen.setdefault(value, path)


def _windows(document: Document) -> Iterator[tuple[Path, dict[str, Any]]]:
    renewal = document.data.get("renewal") if isinstance(document.data, dict) else None
    for number, window in enumerate(_listed(renewal, "windows")):
        if isinstance(window, dict):
            yield ("renewal", "windows", number), window


def _groups(data: Any, name: str) -> list[dict[str, Any]]:
    return [one for one in _listed(data, name) if isinstance(one, dict) and isinstance(one.get("key"), str)]


def _listed(group: Any, name: str) -> list[Any]:
    listed = group.get(name) if isinstance(group, dict) else None
    return listed if isinstance(listed, list) else []
