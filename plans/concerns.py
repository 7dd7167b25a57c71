"""Whom does it concern? What happened on a plan, read against who is on it. Pure: no query, no clock.

One rule a verb, in `RULES`; a verb without a rule concerns nobody beyond those who look at the plan.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from plans.choices import NotificationKind as Kind

VENDOR, CUSTOMER = "vendor", "customer"
# The numbers of a plan are one page, and no thing with an id.
VALUES = UUID(int=0)


class Happened(NamedTuple):
    """An Event. `new` is its JSON."""

    verb: str
    actor_id: UUID | None
    actor_side: str
    task_id: UUID | None
    new: Mapping[str, Any]


class TaskNow(NamedTuple):
    """A task as it is now. `blocked_on` is a word of `plans.choices.Waiting`, or ""."""

    title: str
    owner_id: UUID | None
    side: str
    ready: bool
    blocked_on: str


class CommentNow(NamedTuple):
    """A comment, with who wrote about the same thing before and who is named in it."""

    task_id: UUID | None
    milestone_id: UUID | None
    objective_id: UUID | None
    vendor_only: bool
    writers: Sequence[UUID]
    mentioned: Sequence[UUID]


class Told(NamedTuple):
    """One person is told. `thing` is what it is about: ("task", id), ("win", id) …, or None for the plan."""

    user_id: UUID
    kind: Kind
    thing: tuple[str, UUID] | None = None


@dataclass(frozen=True)
class Scene:
    """Who and what is on the plan. `vendor` and `customer` are those who may see it; nobody else is ever told."""

    vendor: frozenset[UUID]
    customer: frozenset[UUID]
    csm_id: UUID | None
    champions: Sequence[UUID]
    sponsors: Sequence[UUID]
    tasks: Mapping[UUID, TaskNow] = field(default_factory=dict)
    successors: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)
    # Tasks by the act that moved them; and by the id of the row: who proposed, who claimed, who is to sign.
    moves: Mapping[str, Sequence[UUID]] = field(default_factory=dict)
    proposers: Mapping[str, UUID] = field(default_factory=dict)
    claimants: Mapping[str, UUID] = field(default_factory=dict)
    signers: Mapping[str, Sequence[UUID]] = field(default_factory=dict)
    comments: Mapping[str, CommentNow] = field(default_factory=dict)

    @property
    def csm(self) -> Sequence[UUID]:
        return [self.csm_id] if self.csm_id else []

    def leads(self, side: str) -> Sequence[UUID]:
        """Who answers for a side: the account's CSM; the champion, or the sponsor where there is none."""
        return self.csm if side == VENDOR else self.champions or self.sponsors


def concerned(event: Happened, scene: Scene) -> list[Told]:
    """Whom to tell, each once a kind: never who did it, never who may not see it."""
    rule = RULES.get(event.verb)
    seen = scene.vendor | scene.customer
    found: dict[tuple[UUID, str], Told] = {}
    for told in rule(event, scene) if rule else ():
        if told.user_id in seen and told.user_id != event.actor_id:
            found.setdefault((told.user_id, told.kind), told)
    return list(found.values())


def _to(people: Sequence[UUID], kind: Kind, thing: tuple[str, UUID] | None) -> Iterator[Told]:
    return (Told(person, kind, thing) for person in people)


def _about(event: Happened) -> tuple[str, UUID] | None:
    """The thing that the event names, the task first."""
    if event.task_id:
        return "task", event.task_id
    for name in ("win", "meeting", "signoff", "renewal", "objective", "milestone", "stage"):
        if found := _id(event.new.get(name)):
            return name, found
    return None


def _id(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _task(event: Happened, scene: Scene) -> TaskNow | None:
    return scene.tasks.get(event.task_id) if event.task_id else None


def _turn_of_owner(event: Happened, scene: Scene) -> Iterator[Told]:
    task = _task(event, scene)
    if task and task.ready and task.owner_id:
        yield Told(task.owner_id, Kind.YOUR_TURN, _about(event))


def _given(event: Happened, scene: Scene) -> Iterator[Told]:
    """A task that changed hands is told to its new owner even while it waits for another."""
    task = _task(event, scene)
    if task and task.owner_id:
        yield Told(task.owner_id, Kind.YOUR_TURN, _about(event))


def _freed(event: Happened, scene: Scene) -> Iterator[Told]:
    """What waited for the task, and now waits for nothing."""
    for task_id in scene.successors.get(event.task_id, ()) if event.task_id else ():
        task = scene.tasks[task_id]
        if task.ready and task.owner_id:
            yield Told(task.owner_id, Kind.YOUR_TURN, ("task", task_id))


def _claimed(event: Happened, scene: Scene) -> Iterator[Told]:
    other = CUSTOMER if event.actor_side == VENDOR else VENDOR
    return _to(scene.leads(other), Kind.REVIEW_WANTED, _about(event))


def _returned(event: Happened, scene: Scene) -> Iterator[Told]:
    claim = event.new.get("evidence") or event.new.get("measurement")
    claimant = scene.claimants.get(str(claim))
    if claimant:
        yield Told(claimant, Kind.RETURNED, _about(event))


def _moved(event: Happened, scene: Scene) -> Iterator[Told]:
    """The owners of what moved, where the other side moved it; the portal itself counts as the other side."""
    moved = scene.moves.get(str(event.new.get("act"))) or ([event.task_id] if event.task_id else [])
    for task_id in moved:
        task = scene.tasks.get(task_id)
        if task and task.owner_id and task.side != event.actor_side:
            yield Told(task.owner_id, Kind.DATE_MOVED, ("task", task_id))


def _asked_for_a_day(event: Happened, scene: Scene) -> Iterator[Told]:
    other = CUSTOMER if event.actor_side == VENDOR else VENDOR
    return _to(scene.leads(other), Kind.ANSWER_WANTED, _about(event))


def _answered(kind: Kind) -> "Rule":
    def rule(event: Happened, scene: Scene) -> Iterator[Told]:
        proposer = scene.proposers.get(str(event.new.get("proposal")))
        if proposer:
            yield Told(proposer, kind, _about(event))
        if kind is Kind.DATE_MOVED:
            yield from _moved(event, scene)

    return rule


def _blocked(event: Happened, scene: Scene) -> Iterator[Told]:
    """The champion where the customer has to clear the way, else the CSM; whoever said so is not told again."""
    task = _task(event, scene)
    on_customer = task is not None and task.blocked_on == CUSTOMER
    people = [one for one in scene.leads(CUSTOMER) if one != event.actor_id] if on_customer else []
    return _to(people or scene.csm, Kind.BLOCKED, _about(event))


def _commented(event: Happened, scene: Scene) -> Iterator[Told]:
    """Who is named is told so; then the task's owner and who wrote there before. Notes of the vendor stay there."""
    comment = scene.comments.get(str(event.new.get("comment")))
    if comment is None:
        return
    thing = _thing_of(comment)
    task = scene.tasks.get(comment.task_id) if comment.task_id else None
    listening = [*([task.owner_id] if task and task.owner_id else []), *comment.writers]
    silent = comment.vendor_only or bool(event.new.get("vendor_only"))
    told = [
        *_to(comment.mentioned, Kind.MENTION, thing),
        *_to([one for one in listening if one not in comment.mentioned], Kind.COMMENT, thing),
    ]
    yield from (one for one in told if not silent or one.user_id in scene.vendor)


def _thing_of(comment: CommentNow) -> tuple[str, UUID] | None:
    things = {"task": comment.task_id, "milestone": comment.milestone_id, "objective": comment.objective_id}
    return next(((name, found) for name, found in things.items() if found), None)


def _named_again(event: Happened, scene: Scene) -> Iterator[Told]:
    """An edited comment may name somebody anew; who was told before is not told twice (notifying.py)."""
    return (told for told in _commented(event, scene) if told.kind is Kind.MENTION)


def _to_sign(event: Happened, scene: Scene) -> Iterator[Told]:
    return _to(scene.signers.get(str(event.new.get("signoff")), ()), Kind.SIGN, _about(event))


def _won(event: Happened, scene: Scene) -> Iterator[Told]:
    return _to([*scene.csm, *scene.champions], Kind.WIN, _about(event))


def _met(event: Happened, scene: Scene) -> Iterator[Told]:
    everybody = [*scene.csm, *sorted(scene.customer, key=str)]
    return _to(everybody, Kind.MEETING, _about(event))


def _escalated(event: Happened, scene: Scene) -> Iterator[Told]:
    if told := _id(event.new.get("told")):
        yield Told(told, Kind.ESCALATED, _about(event))


def _issued(event: Happened, scene: Scene) -> Iterator[Told]:
    """Those for whom documents are made; the CSM where the portal made it by itself."""
    edition = _id(event.new.get("edition"))
    thing = ("edition", edition) if edition else None
    return _to([*scene.sponsors, *scene.champions, *scene.csm], Kind.DOCUMENT, thing)


def _renewal(to_customer: bool) -> "Rule":
    """What the vendor prepares is its own CSM's; what is shown is for those who sign and lead at the customer."""

    def rule(event: Happened, scene: Scene) -> Iterator[Told]:
        people = [*scene.sponsors, *scene.champions] if to_customer else scene.csm
        return _to(people, Kind.RENEWAL, _about(event))

    return rule


def _values_asked(event: Happened, scene: Scene) -> Iterator[Told]:
    return _to([*scene.champions, *scene.sponsors], Kind.REVIEW_WANTED, ("values", VALUES))


def _bounced(event: Happened, scene: Scene) -> Iterator[Told]:
    return _to(scene.csm, Kind.BOUNCED, None)


Rule = Callable[[Happened, Scene], Iterator[Told]]

RULES: dict[str, Rule] = {
    "task.completed": _freed,
    "dependency.removed": _turn_of_owner,
    "task.unblocked": _turn_of_owner,
    "task.reopened": _turn_of_owner,
    "task.added": _given,
    "task.passed": _given,
    "task.reassigned": _given,
    "task.blocked": _blocked,
    "task.moved": _moved,
    "plan.kickoff_moved": _moved,
    "plan.end_moved": _moved,
    "dependency.added": _moved,
    "task.date_proposed": _asked_for_a_day,
    "task.date_accepted": _answered(Kind.DATE_MOVED),
    "task.date_declined": _answered(Kind.RETURNED),
    "task.escalated": _escalated,
    "evidence.added": _claimed,
    "evidence.returned": _returned,
    "measurement.added": _claimed,
    "measurement.returned": _returned,
    "comment.added": _commented,
    "comment.edited": _named_again,
    "signoff.requested": _to_sign,
    "win.found": _won,
    "win.confirmed": _won,
    "meeting.planned": _met,
    "meeting.moved": _met,
    "meeting.cancelled": _met,
    "mail.bounced": _bounced,
    "edition.issued": _issued,
    "renewal.opened": _renewal(to_customer=False),
    "renewal.window": _renewal(to_customer=False),
    "renewal.offered": _renewal(to_customer=True),
    "renewal.preferred": _renewal(to_customer=False),
    "renewal.unready": _renewal(to_customer=False),
    "values.asked": _values_asked,
}
