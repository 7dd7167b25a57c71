"""What the executives of both companies did in a week, from the event log.

Executives are the customer's sponsors who have joined the account, and those executives of the vendor who own a task
of the account, are asked to sign for one of its plans, or did something on it in these two weeks.

An act is an event that the person themselves caused on the account: on tasks, dates, evidence, measurements, gates,
meetings, wins, people, contracts. Comments and signatures are counted apart. What follows by itself (a milestone
that is reached, a win that is found) and looking at pages is no act. Meetings are those whose holding was recorded
in the week: who took part in one is not recorded.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.choices import Side, StakeholderRole, VendorRole, Verb
from accounts.models import Account, Event, Stakeholder, User
from plans.models import Signature, Task
from reports.scoreboard.snapshot import Executive, ExecutivePart
from reports.snapshots import Side as DocumentSide

MOST_PEOPLE = 3
NO_ACT = frozenset(
    {
        Verb.MILESTONE_REACHED,
        Verb.MILESTONE_REOPENED,
        Verb.WIN_FOUND,
        Verb.COMMENT_EDITED,
        Verb.COMMENT_DELETED,
        Verb.SIGNOFF_ENDED,
        Verb.PERSON_VIEWED_AS,
        Verb.MAIL_BOUNCED,
        Verb.MAIL_RESUMED,
        Verb.TASK_ESCALATED,
        Verb.EDITION_ISSUED,
    }
)
_KINDS: dict[str, str] = {Verb.COMMENT_ADDED: "comments", Verb.SIGNOFF_SIGNED: "signatures"}


def read_executives(account: Account, begins: datetime, monday: datetime, ends: datetime) -> ExecutivePart:
    """The week from `monday` to before `ends`, and the one from `begins` to before `monday`: three queries."""
    events = Event.objects.filter(account=account, at__gte=begins, at__lt=ends)
    people = [*_sponsors(account), *_executives(account, events)]
    done: Counter[tuple[UUID, bool, str]] = Counter()
    meetings = Counter[bool]()
    ours = events.filter(Q(actor__in=[one.pk for one in people]) | Q(verb=Verb.MEETING_HELD))
    for actor, verb, at in ours.order_by().values_list("actor", "verb", "at"):
        this_week = at >= monday
        meetings[this_week] += verb == Verb.MEETING_HELD
        if actor and verb not in NO_ACT:
            done[actor, this_week, _KINDS.get(verb, "acts")] += 1
    rows = sorted(
        (_executive(one, done) for one in people), key=lambda row: (-row.done, -row.before, row.name)
    )
    return ExecutivePart(
        people=tuple(rows[:MOST_PEOPLE]),
        total=len(rows),
        now=sum(row.done > 0 for row in rows),
        before=sum(row.before > 0 for row in rows),
        meetings_now=meetings[True],
        meetings_before=meetings[False],
    )


def _executive(person: User, done: Counter[tuple[UUID, bool, str]]) -> Executive:
    return Executive(
        name=str(person),
        side=DocumentSide(person.side.value),
        **{kind: done[person.pk, True, kind] for kind in ("acts", "comments", "signatures")},
        before=sum(done[person.pk, False, kind] for kind in ("acts", "comments", "signatures")),
    )


def _sponsors(account: Account) -> Iterable[User]:
    here = Stakeholder.objects.joined().filter(
        account=account, user=OuterRef("pk"), role=StakeholderRole.SPONSOR
    )
    return User.objects.filter(Exists(here), is_active=True).order_by("name", "pk")


def _executives(account: Account, events: "QuerySet[Event]") -> Iterable[User]:
    tasks = Task.objects.filter(account=account, plan__live_at__isnull=False, owner=OuterRef("pk"))
    signatures = Signature.objects.filter(
        account=account, signoff__ended_at__isnull=True, person=OuterRef("pk"), side=Side.VENDOR
    )
    acted = events.filter(actor=OuterRef("pk")).exclude(verb__in=NO_ACT)
    here = Q(Exists(tasks)) | Q(Exists(signatures)) | Q(Exists(acted))
    return User.objects.vendor().filter(here, vendor_role=VendorRole.EXECUTIVE).order_by("name", "pk")
