"""Events become notifications: read from the log after the act, so that no act waits for it and none can lose it.

All acts on a plan hold its row, so that within a plan the ids of events commit in order: what stands after
`notified_event` has not been told yet. Twice is harmless, and a run that dies leaves the plan due.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.urls import NoReverseMatch, reverse

from accounts.choices import StakeholderRole, Verb
from accounts.models import Event, Stakeholder, User
from plans.choices import NotificationKind
from plans.concerns import CommentNow, Happened, Scene, TaskNow, Told, concerned
from plans.models import (
    Comment,
    DateMove,
    DateProposal,
    Dependency,
    Evidence,
    Measurement,
    Mention,
    Notification,
    Plan,
    Signature,
    Task,
)
from plans.services.asking_at_once import ask_at_once
from portal.lib import clock

BATCH = 200
EVENTS = 500
# What happened longer ago is history: it concerns nobody this morning.
FRESH = timedelta(days=14)
KEPT = timedelta(days=90)


def plans_to_notify() -> list[str]:
    due = Plan.objects.filter(revision__gt=F("notified_revision")).order_by("changed_at")
    return [str(pk) for pk in due.values_list("pk", flat=True)[:BATCH]]


@transaction.atomic
def notify_plan(plan_id: UUID | str) -> int:
    """Tell people what has happened since the last time; answers how many notifications that made.

    0 as well while somebody acts on the plan: the sweep comes back.
    """
    plan = (
        Plan.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("account")
        .filter(pk=plan_id, revision__gt=F("notified_revision"))
        .first()
    )
    if plan is None:
        return 0
    unread = Event.objects.filter(plan_id=plan.pk, pk__gt=plan.notified_event).order_by("pk")
    events = list(unread[:EVENTS])
    since = clock.now() - FRESH
    fresh = [event for event in events if event.at >= since]
    made = _tell(plan, fresh) if plan.live_at and fresh else 0
    if events:
        plan.notified_event = events[-1].pk
    if len(events) < EVENTS:
        plan.notified_revision = plan.revision
    plan.save(update_fields=["notified_event", "notified_revision"])
    return made


def forget_old() -> None:
    """Nobody's tray keeps what is older than ninety days."""
    Notification.objects.filter(created_at__lt=clock.now() - KEPT).delete()


def _tell(plan: Plan, events: Sequence[Event]) -> int:
    surroundings = _Surroundings(plan, events)
    scene = surroundings.scene()
    already = surroundings.mentions_told()
    made = []
    for event in events:
        for told in concerned(_happened(event), scene):
            comment = str(event.new.get("comment"))
            if told.kind == NotificationKind.MENTION:
                # An edit must not mention anew whom the comment named before.
                if (told.user_id, comment) in already:
                    continue
                already.add((told.user_id, comment))
            made.append(_notification(plan, event, told, scene))
    Notification.objects.bulk_create(made, ignore_conflicts=True)
    _settle(events)
    ask_at_once(plan, made)
    return len(made)


def _notification(plan: Plan, event: Event, told: Told, scene: Scene) -> Notification:
    task = scene.tasks.get(told.thing[1]) if told.thing and told.thing[0] == "task" else None
    return Notification(
        account_id=plan.account_id,
        plan=plan,
        user_id=told.user_id,
        task_id=told.thing[1] if told.thing and task else None,
        kind=told.kind,
        event_id=event.pk,
        subject=task.title if task else event.subject,
        by_name=event.actor_name or str(event.new.get("waited_for", "")),
        path=_path(plan, told),
        created_at=event.at,
    )


def _path(plan: Plan, told: Told) -> str:
    if told.kind == NotificationKind.BOUNCED:
        return reverse("account_page", args=[plan.account_id])
    return path_of(plan.pk, told.thing)


def path_of(plan_id: UUID, thing: tuple[str, UUID] | None) -> str:
    """The page of the thing; the plan's where it has none of its own."""
    if thing:
        try:
            if thing[0] == "edition":
                return reverse("edition_detail", args=[thing[1]])
            if thing[0] == "values":
                return reverse("value_list", args=[plan_id])
            return reverse(f"{thing[0]}_detail", args=[plan_id, thing[1]])
        except NoReverseMatch:
            pass
    return reverse("plan_detail", args=[plan_id])


def _settle(events: Iterable[Event]) -> None:
    """Who acts on a task has seen what was said of it until then."""
    latest: dict[tuple[UUID, UUID], Any] = {}
    for event in events:
        if event.actor_id and event.task_id:
            latest[event.actor_id, event.task_id] = event.at
    for (actor_id, task_id), at in latest.items():
        Notification.objects.unread().filter(user=actor_id, task=task_id, created_at__lt=at).update(
            read_at=clock.now()
        )


def _happened(event: Event) -> Happened:
    return Happened(event.verb, event.actor_id, event.actor_side, event.task_id, event.new)


class _Surroundings:
    """Reads what the rules need to know of these events: a query a kind of thing, and none for what is not named."""

    def __init__(self, plan: Plan, events: Sequence[Event]) -> None:
        self.plan, self.events = plan, events

    def scene(self) -> Scene:
        people = list(
            Stakeholder.objects.joined()
            .filter(account_id=self.plan.account_id, user__is_active=True)
            .values_list("user_id", "role")
        )
        return Scene(
            vendor=frozenset(User.objects.vendor().values_list("pk", flat=True)),
            customer=frozenset(user_id for user_id, _role in people),
            csm_id=self.plan.account.owner_id,
            champions=[user_id for user_id, role in people if role == StakeholderRole.CHAMPION],
            sponsors=[user_id for user_id, role in people if role == StakeholderRole.SPONSOR],
            tasks=self._tasks(),
            successors=self._successors(),
            moves=self._moves(),
            proposers=self._by_id("proposal", DateProposal, "proposed_by"),
            claimants=self._by_id("evidence", Evidence, "claimed_by")
            | self._by_id("measurement", Measurement, "claimed_by"),
            signers=self._signers(),
            comments=self._comments(),
        )

    def mentions_told(self) -> set[tuple[UUID, str]]:
        """Who was told before that a comment names them; asked only where one was edited."""
        if not any(event.verb == Verb.COMMENT_EDITED for event in self.events):
            return set()
        earlier = Event.objects.filter(
            plan_id=self.plan.pk, verb__in=[Verb.COMMENT_ADDED, Verb.COMMENT_EDITED],
            new__comment__in=[str(one) for one in self._named("comment")], pk__lte=self.plan.notified_event,
        )  # fmt: skip
        comments = {pk: str(new.get("comment")) for pk, new in earlier.values_list("pk", "new")}
        told = Notification.objects.filter(event_id__in=comments, kind=NotificationKind.MENTION)
        pairs = told.values_list("user_id", "event_id")
        return {(user, comments[event]) for user, event in pairs if event in comments}

    def _named(self, name: str) -> list[UUID]:
        """The ids that the events give under this name."""
        return [found for event in self.events if (found := _id(event.new.get(name)))]

    def _tasks(self) -> dict[UUID, TaskNow]:
        waits = Dependency.objects.filter(task=OuterRef("pk"), waits_for__completed_at__isnull=True)
        tasks = Task.objects.filter(plan=self.plan).annotate(waits=Exists(waits)).order_by()
        rows = tasks.values_list(
            "pk", "title", "owner_id", "side", "completed_at", "blocked_at", "waits", "blocked_on"
        )
        return {
            pk: TaskNow(title, owner, side, not (done or blocked or waits), blocked_on)
            for pk, title, owner, side, done, blocked, waits, blocked_on in rows
        }

    def _successors(self) -> dict[UUID, list[UUID]]:
        done = [event.task_id for event in self.events if event.verb == Verb.TASK_COMPLETED]
        found: dict[UUID, list[UUID]] = defaultdict(list)
        if done:
            rows = Dependency.objects.filter(plan=self.plan, waits_for__in=done)
            for before, after in rows.values_list("waits_for_id", "task_id"):
                found[before].append(after)
        return found

    def _moves(self) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = defaultdict(list)
        if acts := self._named("act"):
            rows = DateMove.objects.filter(plan=self.plan, act__in=acts, task__isnull=False).order_by(
                "at", "id"
            )
            for act, task_id in rows.values_list("act", "task_id"):
                found[str(act)].append(task_id)
        return found

    def _by_id(self, name: str, model: Any, person: str) -> dict[str, UUID]:
        ids = self._named(name)
        if not ids:
            return {}
        rows = model.objects.filter(plan=self.plan, pk__in=ids).order_by()
        return {str(pk): user_id for pk, user_id in rows.values_list("pk", f"{person}_id")}

    def _signers(self) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = defaultdict(list)
        if ids := self._named("signoff"):
            rows = Signature.objects.filter(plan=self.plan, signoff__in=ids, signed_at=None).order_by()
            for signoff_id, person_id in rows.values_list("signoff_id", "person_id"):
                found[str(signoff_id)].append(person_id)
        return found

    def _comments(self) -> dict[str, CommentNow]:
        ids = self._named("comment")
        if not ids:
            return {}
        mentioned: dict[UUID, list[UUID]] = defaultdict(list)
        rows = Mention.objects.filter(plan=self.plan, comment__in=ids).order_by()
        for comment_id, person_id in rows.values_list("comment_id", "person_id"):
            mentioned[comment_id].append(person_id)
        here = list(Comment.objects.filter(plan=self.plan, pk__in=ids, deleted_at=None))
        return {
            str(one.pk): CommentNow(
                one.task_id,
                one.milestone_id,
                one.objective_id,
                one.vendor_only,
                [writer for at, writer in self._talk.get(_place(one), ()) if at < one.created_at],
                mentioned[one.pk],
            )
            for one in here
        }

    @cached_property
    def _talk(self) -> dict[tuple[Any, Any, Any], list[tuple[Any, UUID]]]:
        """Who wrote what both sides read, and when, by the thing; only a comment's own thing is looked up in it."""
        found: dict[tuple[Any, Any, Any], list[tuple[Any, UUID]]] = defaultdict(list)
        rows = Comment.objects.shared().filter(plan=self.plan, deleted_at=None).order_by("created_at")
        for *place, at, author in rows.values_list(
            "task_id", "milestone_id", "objective_id", "created_at", "author_id"
        ):
            found[tuple(place)].append((at, author))  # type: ignore[index]
        return found


def _place(comment: Comment) -> tuple[Any, Any, Any]:
    return comment.task_id, comment.milestone_id, comment.objective_id


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
