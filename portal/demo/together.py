"""What both sides of the demo's plans did together: they met, talked, signed, asked for days and moved them.

Each deed has its moment; `Meanwhile` tells them between the tasks of `history`, so that the log is in order of time.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Actor, actor_on
from plans.choices import MeetingKind
from plans.models import Meeting, Milestone, Plan, Task, Win
from plans.services.adding import add_task
from plans.services.commenting import add_comment
from plans.services.meetings import add_decision, hold_meeting, plan_meeting
from plans.services.moving import move_task
from plans.services.proposing import accept_move, propose_date
from plans.services.signing import request_signoff, sign
from plans.services.winning import confirm_win, word_win
from plans.services.working import block_task, complete_task
from portal.demo.deals import Story
from portal.demo.scripts import SCRIPTS, Block, Held, Item, Script
from portal.lib import clock

TEN, NOON, THREE = 10, 12, 15


@dataclass(frozen=True)
class Deed:
    at: datetime
    do: Callable[[], object]


class Meanwhile:
    """The deeds of one story that are still to be told. `keeps` are tasks that wait for them, or stay open."""

    def __init__(self, plan: Plan, story: Story, csm: User) -> None:
        script = SCRIPTS.get(story.key)
        self.keeps: Collection[str] = script.keeps if script else ()
        self._ahead = sorted(_Telling(plan, csm, script).deeds(), key=lambda deed: deed.at) if script else []

    def until(self, at: datetime) -> None:
        while self._ahead and self._ahead[0].at <= at:
            deed = self._ahead.pop(0)
            with clock.as_of(deed.at):
                deed.do()


class _Telling:
    """A script on its plan."""

    def __init__(self, plan: Plan, csm: User, script: Script) -> None:
        self.plan, self.csm, self.script = plan, csm, script
        self.by = actor_on(csm, plan.account_id)
        self.today = plan.account.today()

    def deeds(self) -> list[Deed]:
        script = self.script
        kickoff = weekday(self.plan.kickoff_on + timedelta(days=script.kickoff_late))
        review = weekday(self.today - timedelta(days=4))
        return [
            self._deed(kickoff, THREE, lambda: self._meet(self._kickoff(), script.kickoff)),
            self._deed(weekday(kickoff + timedelta(days=3)), THREE, self._finish_action_items),
            self._deed(weekday(review - timedelta(days=8)), NOON, lambda: self._plan_review(review)),
            self._deed(review, TEN, lambda: self._meet(self._review(review), script.review)),
            self._deed(weekday(self.today - timedelta(days=6)), NOON, self._talk),
            self._deed(weekday(self.today - timedelta(days=5)), NOON, self._slip),
            self._deed(weekday(self.today - timedelta(days=4)), NOON, self._accept),
            self._deed(weekday(self.today - timedelta(days=3)), TEN, self._ask_for_day),
            self._deed(weekday(self.today - timedelta(days=script.win_days_ago)), NOON, self._tell_win),
            self._deed(weekday(self.today - timedelta(days=4)), THREE, self._sign_first_value),
            *(
                self._deed(
                    weekday(self.today - timedelta(days=one.days_ago)), NOON, partial(self._block, one)
                )
                for one in script.blocks
            ),
        ]

    def _deed(self, day: date, hour: int, do: Callable[[], object]) -> Deed:
        return Deed(datetime.combine(day, time(hour), self.plan.account.zone), do)

    def _meet(self, meeting: Meeting, held: Held) -> None:
        writer = self._person(held.writer)
        for text, decided in held.decisions:
            add_decision(by=writer, meeting=meeting, text=text, decided=decided)
        for item in held.items:
            self._add_item(meeting, item)
        weekly = meeting.kind == MeetingKind.WEEKLY
        hold_meeting(by=self.by, meeting=meeting, version=meeting.version, notes=held.notes, plan_next=weekly)

    def _add_item(self, meeting: Meeting, item: Item) -> None:
        owner = self._person(item.owner)
        milestone = Milestone.objects.filter(plan=self.plan, reached_at__isnull=True).order_by("position")[0]
        day = weekday(self.plan.account.today() + timedelta(days=7))
        add_task(
            by=self.by, plan=self.plan, milestone=milestone, title=item.title, side=owner.side,
            owner=owner.user, due_on=day, what=item.what, meeting=meeting,
        )  # fmt: skip

    def _finish_action_items(self) -> None:
        for task in Task.objects.open().filter(meeting=self._kickoff()).select_related("owner"):
            assert task.owner  # noqa: S101 - each item of a script has one
            complete_task(
                by=actor_on(task.owner, self.plan.account_id), task=self._task(task.key), version=task.version
            )

    def _plan_review(self, day: date) -> None:
        plan_meeting(by=self.by, plan=self.plan, kind=MeetingKind.WEEKLY, day=day, at=time(10))

    def _talk(self) -> None:
        for number, said in enumerate(self.script.talk):
            by, task = self._person(said.by), self._task(said.on)
            with clock.as_of(clock.now() + timedelta(minutes=25 * number)):
                add_comment(by=by, thing=task, body=said.text, vendor_only=said.vendor_only)

    def _slip(self) -> None:
        slip = self.script.slip
        task = self._task(slip.task)
        day = weekday(max(task.due_on, self.today) + timedelta(days=slip.days))
        move_task(by=self.by, task=task, version=task.version, due_on=day, reason=slip.reason)

    def _accept(self) -> None:
        """Whoever has the task that slipped says that the new day is good."""
        task = self._task(self.script.slip.task)
        if task.moved_by_side and task.owner:
            accept_move(by=actor_on(task.owner, self.plan.account_id), task=task, version=task.version)

    def _ask_for_day(self) -> None:
        asked = self.script.asked
        task = self._task(asked.task)
        day = weekday(max(task.due_on, self.today) + timedelta(days=asked.days))
        propose_date(
            by=self._owner(task), task=task, version=task.version, proposed_on=day, reason=asked.reason
        )

    def _block(self, block: Block) -> None:
        task = self._task(block.task)
        block_task(by=self._owner(task), task=task, version=task.version, reason=block.reason, on=block.on)

    def _tell_win(self) -> None:
        """The first value, in words that one can forward; confirmed, where the story has somebody who did so."""
        words = self.script.win
        win = (
            Win.objects.to_confirm()
            .filter(plan=self.plan, milestone__isnull=False)
            .select_related("plan")
            .get()
        )
        win = word_win(
            by=self.by, win=win, version=win.version, title=words.title, before=words.before, after=words.after,
            story=words.story, next_step=words.next_step, credited=list(win.credited.all()),
        )  # fmt: skip
        if words.confirmed_by:
            confirm_win(by=self._person(words.confirmed_by), win=win, version=win.version, may_share=True)

    def _sign_first_value(self) -> None:
        """Asked of the sponsor and the CSM; she has signed, he has not yet."""
        if not self.script.sponsor_to_sign:
            return
        milestone = Milestone.objects.get(plan=self.plan, first_value=True)
        signers = [self._person(self.script.sponsor_to_sign).user, self.csm]
        signoff = request_signoff(by=self.by, plan=self.plan, milestone=milestone, signers=signers)
        sign(by=self.by, signoff=signoff, note="Approved in the product, as we agreed at the kickoff.")

    def _person(self, email: str) -> Actor:
        return actor_on(User.objects.get(email=email), self.plan.account_id) if email else self.by

    def _owner(self, task: Task) -> Actor:
        assert task.owner  # noqa: S101 - the scripts name tasks of people who are there
        return actor_on(task.owner, self.plan.account_id)

    def _task(self, key: str) -> Task:
        return Task.objects.select_related("owner", "plan__account").get(plan=self.plan, key=key)

    def _kickoff(self) -> Meeting:
        return self._meetings().get(kind=MeetingKind.KICKOFF)

    def _review(self, day: date) -> Meeting:
        return self._meetings().get(kind=MeetingKind.WEEKLY, planned_on=day)

    def _meetings(self) -> "QuerySet[Meeting]":
        return Meeting.objects.filter(plan=self.plan).select_related("plan__account")


def weekday(day: date) -> date:
    """The day itself, or the Friday before."""
    return day - timedelta(days=max(0, day.weekday() - 4))
