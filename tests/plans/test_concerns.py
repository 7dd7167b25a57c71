"""Whom does it concern? A verb at a time, without a database."""

from uuid import UUID, uuid4

import pytest

from accounts.choices import Verb
from plans.choices import NotificationKind as Kind
from plans.concerns import RULES, CommentNow, Happened, Scene, TaskNow, Told, concerned

CSM, COLLEAGUE, CHAMPION, SPONSOR, OWNER, WRITER, GONE = (uuid4() for _ in range(7))
TASK, NEXT, BUSY, VENDORS, ROW = (uuid4() for _ in range(5))
ACT = str(uuid4())


def scene(**changes) -> Scene:
    return Scene(
        **{
            "vendor": frozenset({CSM, COLLEAGUE}),
            "customer": frozenset({CHAMPION, SPONSOR, OWNER, WRITER}),
            "csm_id": CSM,
            "champions": [CHAMPION],
            "sponsors": [SPONSOR],
            "tasks": {
                TASK: TaskNow("Task", OWNER, "customer", True, ""),
                NEXT: TaskNow("Next", CHAMPION, "customer", True, ""),
                BUSY: TaskNow("Busy", CHAMPION, "customer", False, ""),
                VENDORS: TaskNow("Vendor's", COLLEAGUE, "vendor", True, "customer"),
            },
            "successors": {TASK: [NEXT, BUSY]},
            "moves": {ACT: [TASK, VENDORS, NEXT]},
            "proposers": {str(ROW): OWNER},
            "claimants": {str(ROW): OWNER},
            "signers": {str(ROW): [SPONSOR, CSM]},
            "comments": {str(ROW): CommentNow(TASK, None, None, False, [WRITER, CSM], [SPONSOR])},
            **changes,
        }
    )


def told(verb: str, actor: UUID | None, side: str, task: UUID | None = None, **new) -> set[tuple[UUID, str]]:
    found = concerned(Happened(verb, actor, side, task, new), scene())
    return {(one.user_id, one.kind) for one in found}


@pytest.mark.parametrize(
    ("verb", "actor", "side", "task", "new", "who"),
    [
        # What waited and is ready now; what waits for something else is not.
        (Verb.TASK_COMPLETED, OWNER, "customer", TASK, {}, {(CHAMPION, Kind.YOUR_TURN)}),
        (Verb.TASK_UNBLOCKED, CSM, "vendor", TASK, {}, {(OWNER, Kind.YOUR_TURN)}),
        (Verb.TASK_UNBLOCKED, CSM, "vendor", BUSY, {}, set()),
        (Verb.TASK_REASSIGNED, CHAMPION, "customer", TASK, {}, {(OWNER, Kind.YOUR_TURN)}),
        (Verb.TASK_PASSED, WRITER, "customer", BUSY, {}, {(CHAMPION, Kind.YOUR_TURN)}),
        (Verb.TASK_ADDED, OWNER, "customer", TASK, {}, set()),  # who added it for themselves knows
        # Claims go to the other side; what is returned, to who claimed.
        (Verb.EVIDENCE_ADDED, OWNER, "customer", TASK, {}, {(CSM, Kind.REVIEW_WANTED)}),
        (Verb.EVIDENCE_ADDED, CSM, "vendor", VENDORS, {}, {(CHAMPION, Kind.REVIEW_WANTED)}),
        (Verb.MEASUREMENT_ADDED, CHAMPION, "customer", None, {}, {(CSM, Kind.REVIEW_WANTED)}),
        (Verb.EVIDENCE_RETURNED, CSM, "vendor", TASK, {"evidence": str(ROW)}, {(OWNER, Kind.RETURNED)}),
        (Verb.EVIDENCE_RETURNED, CSM, "vendor", TASK, {}, set()),
        # Dates: owners on the other side than who moved them; one line each, however much moved.
        (Verb.TASK_MOVED, CSM, "vendor", TASK, {}, {(OWNER, Kind.DATE_MOVED)}),
        (
            Verb.KICKOFF_MOVED, CSM, "vendor", None, {"act": ACT},
            {(OWNER, Kind.DATE_MOVED), (CHAMPION, Kind.DATE_MOVED)},
        ),
        (Verb.TASK_MOVED, OWNER, "customer", TASK, {"act": ACT}, {(COLLEAGUE, Kind.DATE_MOVED)}),
        (Verb.TASK_DATE_PROPOSED, OWNER, "customer", TASK, {}, {(CSM, Kind.ANSWER_WANTED)}),
        (Verb.TASK_DATE_PROPOSED, COLLEAGUE, "vendor", VENDORS, {}, {(CHAMPION, Kind.ANSWER_WANTED)}),
        (Verb.TASK_DATE_ACCEPTED, CSM, "vendor", TASK, {"proposal": str(ROW)}, {(OWNER, Kind.DATE_MOVED)}),
        (Verb.TASK_DATE_DECLINED, CSM, "vendor", TASK, {"proposal": str(ROW)}, {(OWNER, Kind.RETURNED)}),
        # Blocked: who can clear the way.
        (Verb.TASK_BLOCKED, OWNER, "customer", TASK, {}, {(CSM, Kind.BLOCKED)}),
        (Verb.TASK_BLOCKED, COLLEAGUE, "vendor", VENDORS, {}, {(CHAMPION, Kind.BLOCKED)}),
        (Verb.TASK_BLOCKED, CHAMPION, "customer", VENDORS, {}, {(CSM, Kind.BLOCKED)}),
        (
            Verb.COMMENT_ADDED, CHAMPION, "customer", TASK, {"comment": str(ROW)},
            {(SPONSOR, Kind.MENTION), (OWNER, Kind.COMMENT), (WRITER, Kind.COMMENT), (CSM, Kind.COMMENT)},
        ),
        (Verb.COMMENT_EDITED, CHAMPION, "customer", TASK, {"comment": str(ROW)}, {(SPONSOR, Kind.MENTION)}),
        (
            Verb.COMMENT_ADDED, COLLEAGUE, "vendor", TASK, {"comment": str(ROW), "vendor_only": True},
            {(CSM, Kind.COMMENT)},
        ),
        (Verb.COMMENT_ADDED, CHAMPION, "customer", TASK, {"comment": "?"}, set()),
        (Verb.SIGNOFF_REQUESTED, CSM, "vendor", None, {"signoff": str(ROW)}, {(SPONSOR, Kind.SIGN)}),
        (Verb.WIN_FOUND, None, "", None, {"win": str(ROW)}, {(CSM, Kind.WIN), (CHAMPION, Kind.WIN)}),
        (
            Verb.MEETING_PLANNED, CSM, "vendor", None, {"meeting": str(ROW)},
            {(one, Kind.MEETING) for one in (CHAMPION, SPONSOR, OWNER, WRITER)},
        ),
        (Verb.TASK_ESCALATED, None, "", TASK, {"told": str(SPONSOR)}, {(SPONSOR, Kind.ESCALATED)}),
        (Verb.TASK_ESCALATED, None, "", TASK, {"told": "nobody"}, set()),
        (Verb.MAIL_BOUNCED, None, "", None, {}, {(CSM, Kind.BOUNCED)}),
        (Verb.PLAN_LIVE, CSM, "vendor", None, {}, set()),
        ("verb.of.tomorrow", CSM, "vendor", TASK, {}, set()),
    ],
)  # fmt: skip
def test_who_is_told(verb, actor, side, task, new, who):
    assert told(verb, actor, side, task, **new) == who


@pytest.mark.parametrize("verb", sorted(RULES))
@pytest.mark.parametrize("actor", [CSM, CHAMPION, OWNER, None])
def test_never_who_did_it_and_never_who_may_not_see_it(verb, actor):
    new = {"comment": str(ROW), "evidence": str(ROW), "proposal": str(ROW), "signoff": str(ROW), "act": ACT}
    tasks = {TASK: TaskNow("Task", GONE, "customer", True, "customer")}
    who = scene(tasks=tasks, champions=[GONE, CHAMPION], successors={}, moves={ACT: [TASK]})
    event = Happened(verb, actor, "vendor" if actor == CSM else "customer", TASK, {**new, "told": str(GONE)})
    for one in concerned(event, who):
        assert one.user_id not in (actor, GONE)


def test_each_once_with_the_thing_it_is_about():
    event = Happened(Verb.KICKOFF_MOVED, CSM, "vendor", None, {"act": ACT})
    assert Told(CHAMPION, Kind.DATE_MOVED, ("task", NEXT)) in concerned(event, scene())
    event = Happened(Verb.WIN_FOUND, None, "", None, {"win": str(ROW)})
    assert {one.thing for one in concerned(event, scene())} == {("win", ROW)}


def test_without_a_champion_the_sponsor_is_asked_and_without_a_csm_nobody():
    event = Happened(Verb.EVIDENCE_ADDED, CSM, "vendor", VENDORS, {})
    assert [one.user_id for one in concerned(event, scene(champions=[]))] == [SPONSOR]
    event = Happened(Verb.EVIDENCE_ADDED, OWNER, "customer", TASK, {})
    assert concerned(event, scene(csm_id=None)) == []


def test_every_rule_is_of_a_verb_that_exists():
    assert set(RULES) <= set(Verb.values)
