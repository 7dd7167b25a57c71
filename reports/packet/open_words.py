"""What is open, what is confirmed and what proves it, as plain strings. Call inside
`translation.override(snapshot.language)`."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.choices import Waiting
from portal.lib.figures import figure, with_unit
from reports.base_words import Seal, company, long_day, seal, short_day, shortened
from reports.packet.snapshot import (
    Confirmation,
    EvidenceRow,
    MissingItem,
    OpenTask,
    PacketSnapshot,
    Unconfirmed,
)
from reports.snapshots import Side

PREFIX = 16
FEW = 8
LONGEST_NAME = 60
# What a line of the register of evidence has room for; its attached facts have it whole.
LINE = 60
LONGEST_TITLE, SHORTEST_TASK = 90, 18


class Row(NamedTuple):
    """A line of a register: title with a note, who with a note, then words. `address` is "" where nothing leads."""

    title: str
    note: str
    who: str
    who_note: str
    state: str
    address: str = ""


class ConfirmationText(NamedTuple):
    """`mark` is a shape of the style sheet: full, half or hollow."""

    name: str
    issuer: str
    until: str
    mark: str
    state: str
    note: str
    paper: str
    digest: str
    address: str
    attached: str


class EvidenceText(NamedTuple):
    """A line each; `note` is what kind it is, what it was for, and the beginning of its file's digest."""

    title: str
    note: str
    handed_in: str
    answer: str
    address: str


def task_rows(snapshot: PacketSnapshot) -> list[Row]:
    return [_task(one, snapshot) for one in snapshot.tasks]


def missing_rows(snapshot: PacketSnapshot) -> list[Row]:
    return [_missing(one, snapshot) for one in snapshot.missing]


def unconfirmed_rows(snapshot: PacketSnapshot) -> list[tuple[str, str, str, Seal]]:
    """Title, value, day and who says so."""
    return [(one.title, _value(one), short_day(one.measured_on), _seal(one)) for one in snapshot.unconfirmed]


def confirmation_texts(snapshot: PacketSnapshot) -> list[ConfirmationText]:
    return [_confirmation(one, snapshot) for one in snapshot.confirmations]


def confirmations_sentence(snapshot: PacketSnapshot) -> str:
    """What a reader must not overlook: how many no longer hold, or will not until the new term ends."""
    states = [one.state for one in snapshot.confirmations]
    expired, early = states.count("expired"), states.count("ends_early")
    if expired:
        text = ngettext(
            "%(n)s confirmation has expired and has to be renewed.",
            "%(n)s confirmations have expired and have to be renewed.",
            expired,
        )
        return text % {"n": expired}
    if early:
        text = ngettext(
            "%(n)s confirmation ends before the new term does.",
            "%(n)s confirmations end before the new term does.",
            early,
        )
        return text % {"n": early}
    return _("All of them hold.") if set(states) == {"valid"} else ""


def evidence_texts(snapshot: PacketSnapshot) -> list[EvidenceText]:
    kinds = {"file": _("File"), "link": _("Link"), "note": _("Note")}
    return [_evidence(one, kinds[one.kind], snapshot) for one in snapshot.evidence]


def _task(one: OpenTask, snapshot: PacketSnapshot) -> Row:
    return Row(
        title=one.title,
        note=one.blocked_reason,
        who=_name(one.owner) or _("nobody yet"),
        who_note=_name(company(snapshot, one.side)),
        state=_task_state(one, snapshot),
        address=snapshot.portal_address + one.page,
    )


def _task_state(one: OpenTask, snapshot: PacketSnapshot) -> str:
    late = ngettext("%(n)s day late", "%(n)s days late", one.late_days) % {"n": one.late_days}
    if not one.blocked:
        return late
    blocked = _blocked(one, snapshot)
    return _("%(late)s; %(blocked)s") % {"late": late, "blocked": blocked} if one.late_days else blocked


def _blocked(one: OpenTask, snapshot: PacketSnapshot) -> str:
    if one.blocked_on in (Waiting.CUSTOMER, Waiting.VENDOR):
        return _("blocked, waits for %(company)s") % {
            "company": _name(company(snapshot, Side(one.blocked_on)))
        }
    return _("blocked")


def _missing(one: MissingItem, snapshot: PacketSnapshot) -> Row:
    due = _("wanted by %(day)s") if not one.late else _("was wanted by %(day)s")
    return Row(
        title=one.text,
        note=one.why,
        who=", ".join(map(_name, one.owes)) or _name(company(snapshot, one.side)),
        who_note=_name(company(snapshot, one.side)) if one.owes else "",
        state=due % {"day": short_day(one.due_on)} if one.due_on else "",
    )


def _value(one: Unconfirmed) -> str:
    if one.win:
        return _("a win")
    return with_unit(figure(one.value), one.unit) if one.value is not None else _("left out")


def _seal(one: Unconfirmed) -> Seal:
    return seal("evidenced" if one.evidenced else "claimed", one.claimed_by)


def _confirmation(one: Confirmation, snapshot: PacketSnapshot) -> ConfirmationText:
    marks = {"valid": "full", "ends_early": "half", "not_yet": "hollow", "expired": "hollow"}
    return ConfirmationText(
        name=one.name,
        issuer=one.issuer,
        until=short_day(one.valid_until) if one.valid_until else _("without an end"),
        mark=marks[one.state],
        state=_state(one),
        note=_("made for %(account)s") % {"account": snapshot.account} if one.for_account else "",
        paper=one.file_name or urlsplit(one.address).hostname or one.address or _("no document yet"),
        digest=_prefix(one.digest),
        address=one.address,
        attached=_("attached to this document") if one.attached else "",
    )


def _state(one: Confirmation) -> str:
    if one.state == "expired" and one.valid_until:
        return _("expired on %(day)s") % {"day": long_day(one.valid_until)}
    if one.state == "not_yet" and one.valid_from:
        return _("not valid yet, from %(day)s on") % {"day": long_day(one.valid_from)}
    if one.state == "ends_early":
        return _("valid, but ends before the new term does")
    return _("valid")


def _evidence(one: EvidenceRow, kind: str, snapshot: PacketSnapshot) -> EvidenceText:
    answers = {
        "accepted": _("accepted, %(day)s"),
        "returned": _("returned, %(day)s"),
        "claimed": _("not answered yet"),
    }
    answer = answers[one.state] % {"day": short_day(one.answered_on) if one.answered_on else ""}
    if one.digest:
        kind = _("SHA-256 %(digest)s") % {"digest": f"{one.digest[:FEW]}…"}
    room = max(SHORTEST_TASK, LINE - len(one.title) - len(kind))
    return EvidenceText(
        title=shortened(one.title, LONGEST_TITLE),
        note=f"{shortened(one.task, room)} · {kind}",
        handed_in=f"{short_day(one.claimed_on)} {_name(one.claimed_by)}",
        answer=f"{answer} · {_name(one.answered_by)}" if one.answered_by else answer,
        address=snapshot.portal_address + one.page,
    )


def _name(text: str) -> str:
    """A name as it fits into a narrow column."""
    return shortened(text, LONGEST_NAME)


def _prefix(digest: str) -> str:
    """Enough to tell two files apart by eye; the attached facts have it whole."""
    return f"{digest[:PREFIX]}…" if digest else ""
