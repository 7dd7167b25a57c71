"""A stage closes through its gate: what holds, what is missing, and who owes it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Event
from plans.models import Criterion, Plan, Stage
from plans.services.criteria import Debtor, gate_of
from plans.services.evidence import accept_evidence
from plans.services.making import PlanOrder, make_plan
from plans.services.signing import request_signoff, sign
from plans.services.working import complete_task, reopen_task
from tests.factories import EvidenceFactory, actor, make_live_plan, playbook_text, publish, task_of

pytestmark = pytest.mark.django_db

EXIT = [
    "The team is ready.",
    {"kind": "task", "of": "task-1", "text": "Task 1 is done."},
    {"kind": "evidence", "of": "task-1", "text": "Its proof is accepted."},
    {"kind": "milestone", "of": "kickoff-held", "text": "The kickoff was held."},
    {"kind": "tasks", "text": "All is done."},
    {"kind": "signoff", "text": "It is signed."},
]


def stages(exit_criteria, entry_criteria=()) -> list[dict]:
    """Stage "start" with these gates, the CSM's; "use" with none, the champion's."""
    start = {"key": "start", "name": "Start", "purpose": "To begin.", "owner": "csm"}
    gates = {"entry_criteria": list(entry_criteria), "exit_criteria": list(exit_criteria)}
    return [start | gates, {"key": "use", "name": "Use", "purpose": "To use it.", "owner": "champion"}]


def gated_plan(account, owners, exit_criteria=EXIT, entry_criteria=()) -> Plan:
    """Live and with its first stage running, as going live leaves it."""
    text = playbook_text(4, evidence={"task-1": "any"}, stages=stages(exit_criteria, entry_criteria))
    plan = make_live_plan(account=account, owners=owners, text=text)
    plan.stages.filter(key="start").update(opened_at=timezone.now())
    return plan


def stage_of(plan, key="start") -> Stage:
    return Stage.objects.select_related("owner", "plan__account__owner").get(plan=plan, key=key)


def gate(plan) -> dict[str, tuple[bool, str, tuple[Debtor, ...]]]:
    """The exit gate by kind."""
    standings = gate_of(stage_of(plan))
    return {one.criterion.kind: (one.holds, one.missing, one.owes) for one in standings}


def address(thing, act="") -> str:
    return f"/plans/{thing.plan_id}/stages/{thing.pk}/{act}"


@pytest.fixture
def gated(account, owners) -> Plan:
    return gated_plan(account, owners)


class TestCriteria:
    def test_at_first_all_is_missing_and_each_says_who_owes_it(self, gated) -> None:
        csm, champion = Debtor("vendor", "Carla Csm"), Debtor("customer", "Chloe Champion")
        assert gate(gated) == {
            "confirm": (False, "Nobody has said so yet.", (csm,)),
            "task": (False, "The task is not done: Task 1.", (champion,)),
            "evidence": (False, "There is no evidence yet: Task 1.", (champion,)),
            "milestone": (False, "The milestone is not reached: Kickoff held.", (champion, csm)),
            "tasks": (False, "2 tasks of the stage are open.", (champion, csm)),
            "signoff": (False, "Nobody has been asked to sign yet.", (csm,)),
        }

    def test_claimed_evidence_is_owed_by_the_other_side(self, gated, champion, csm) -> None:
        proof = EvidenceFactory(task=task_of(gated, 1), claimed_by=champion)
        assert gate(gated)["evidence"] == (
            False,
            "Evidence waits for a review: Task 1.",
            (Debtor("vendor", "Carla Csm"),),
        )
        accept_evidence(by=actor(csm, gated), evidence=proof)
        assert gate(gated)["evidence"] == (True, "", ())

    def test_the_vendors_evidence_is_judged_by_sponsor_and_champion(self, gated, sponsor, csm) -> None:
        EvidenceFactory(task=task_of(gated, 1), claimed_by=csm, claimed_side="vendor")
        owes = gate(gated)["evidence"][2]
        assert set(owes) == {Debtor("customer", "Chloe Champion"), Debtor("customer", "Sam Sponsor")}

    def test_done_tasks_reach_the_milestone_and_the_stage(self, gated, champion, csm) -> None:
        EvidenceFactory(task=task_of(gated, 1), claimed_by=champion)
        complete_task(by=actor(champion, gated), task=task_of(gated, 1), version=1)
        assert gate(gated)["task"][0]
        assert gate(gated)["tasks"] == (
            False,
            "1 task of the stage is open.",
            (Debtor("vendor", "Carla Csm"),),
        )
        complete_task(by=actor(csm, gated), task=task_of(gated, 2), version=1)
        assert [gate(gated)[kind][0] for kind in ("task", "milestone", "tasks")] == [True] * 3

    def test_signatures_are_owed_by_those_who_have_not_signed(self, gated, champion, csm) -> None:
        stage = stage_of(gated)
        signoff = request_signoff(by=actor(csm, gated), plan=gated, stage=stage, signers=[csm, champion])
        sign(by=actor(csm, gated), signoff=signoff)
        owes = (Debtor("customer", "Chloe Champion"),)
        assert gate(gated)["signoff"] == (False, "Signatures are missing.", owes)
        sign(by=actor(champion, gated), signoff=signoff)
        assert gate(gated)["signoff"] == (True, "", ())
        complete_task(by=actor(csm, gated), task=task_of(gated, 2), version=1)
        assert gate(gated)["signoff"][1] == "What was signed has changed since. It has to be signed anew."

    def test_without_people_the_company_owes_it(self, account) -> None:
        plan = gated_plan(account, {})
        assert gate(plan)["task"][2] == (Debtor("customer", ""),)
        account.owner = None
        account.save()
        assert gate(plan)["confirm"][2] == (Debtor("vendor", ""),)

    @pytest.mark.parametrize("times", [1, 4])
    def test_as_many_queries_for_many_as_for_one(
        self, times, account, owners, django_assert_num_queries
    ) -> None:
        stage = stage_of(gated_plan(account, owners, EXIT * times))
        with django_assert_num_queries(5):
            assert len(gate_of(stage)) == len(EXIT) * times


class TestMaking:
    def test_the_playbook_makes_criteria_and_owners(self, gated, csm) -> None:
        rows = Criterion.objects.filter(stage__key="start").order_by("position")
        assert [(row.gate, row.kind, row.text) for row in rows][:2] == [
            ("exit", "confirm", "The team is ready."),
            ("exit", "task", "Task 1 is done."),
        ]
        assert rows[1].task == task_of(gated, 1)
        assert rows[3].milestone.key == "kickoff-held"
        assert stage_of(gated).owner == csm
        assert [row.text for row in rows] == [
            rule if isinstance(rule, str) else rule["text"] for rule in EXIT
        ]

    def test_one_query_more_for_gates_whatever_their_size(self, account, django_assert_num_queries) -> None:
        for times in (1, 5):
            text = playbook_text(
                4, key=f"gates-{times}", evidence={"task-1": "any"}, stages=stages(EXIT * times)
            )
            today = timezone.now().date()
            order = PlanOrder(
                account=account,
                version=publish(text),
                kickoff_on=today,
                ends_on=today.replace(year=today.year + 1),
            )
            with django_assert_num_queries(11):
                make_plan(order)


class TestActs:
    def test_closing_is_refused_with_the_list(self, enter, gated, csm) -> None:
        stage = stage_of(gated)
        answer = enter(csm).post(address(stage, "close/"))
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "This stage cannot be closed yet. This is missing:" in text
        assert "It is up to Chloe Champion (Acme)." in text
        refused = text.partition('id="refused"')[2].partition("</ul>")[0]
        assert refused.count("<li>") == 6
        assert f'href="/plans/{gated.pk}/tasks/{task_of(gated, 1).pk}/"' in refused
        assert stage_of(gated).closed_at is None

    def test_a_gate_that_holds_closes(self, enter, account, owners, csm) -> None:
        plan = gated_plan(account, owners, ["The team is ready."])
        stage, browser = stage_of(plan), enter(csm)
        (criterion,) = Criterion.objects.all()
        assert browser.post(f"/plans/{plan.pk}/criteria/{criterion.pk}/meet/").status_code == 302
        answer = browser.post(address(stage, "close/"))
        assert (answer.status_code, answer["Location"]) == (302, address(stage))
        stage = stage_of(plan)
        assert (stage.closed_by, stage.closed_at is not None) == (csm, True)
        text = browser.get(address(stage)).content.decode()
        assert "Said by Carla Csm" in text
        assert "Closed by Carla Csm" in text
        assert "Carla Csm closed the stage “Start”" in browser.get(f"/plans/{plan.pk}/").content.decode()

    def test_a_closed_stage_says_what_does_not_hold_any_more(
        self, enter, account, owners, csm, champion
    ) -> None:
        criteria = [{"kind": "task", "of": "task-2", "text": "Task 2 is done."}]
        plan = gated_plan(account, owners, criteria)
        complete_task(by=actor(csm, plan), task=task_of(plan, 2), version=1)
        enter(csm).post(address(stage_of(plan), "close/"))
        assert "any more" not in enter(champion).get(address(stage_of(plan))).content.decode()
        reopen_task(by=actor(csm, plan), task=task_of(plan, 2), version=2)
        text = enter(champion).get(address(stage_of(plan))).content.decode()
        assert "Something that this stage was closed on does not hold any more." in text
        assert "<strong>Does not hold any more.</strong>" in text
        assert stage_of(plan).closed_at is not None

    def test_starting_asks_for_the_entry_gate_only(self, enter, account, owners, csm) -> None:
        plan = gated_plan(account, owners, EXIT, ["The order is signed."])
        plan.stages.update(opened_at=None)
        browser, stage = enter(csm), stage_of(plan)
        answer = browser.post(address(stage, "open/"))
        assert answer.status_code == 422
        assert "This stage cannot start yet." in answer.content.decode()
        criterion = Criterion.objects.get(gate="entry")
        browser.post(f"/plans/{plan.pk}/criteria/{criterion.pk}/meet/")
        assert browser.post(address(stage, "open/")).status_code == 302
        assert stage_of(plan).opened_by == csm
        answer = browser.post(address(stage, "open/"))
        assert "This stage was started already." in answer.content.decode()

    def test_opening_again_needs_a_reason_that_history_keeps(self, enter, account, owners, csm) -> None:
        plan = gated_plan(account, owners, [])
        stage, browser = stage_of(plan), enter(csm)
        browser.post(address(stage, "close/"))
        assert browser.post(address(stage, "reopen/"), {"reason": " "}).status_code == 422
        assert browser.post(address(stage, "reopen/"), {"reason": "One team is missing"}).status_code == 302
        assert stage_of(plan).closed_at is None
        assert Event.objects.get(verb="stage.reopened").new["reason"] == "One team is missing"

    def test_a_criterion_is_said_and_taken_back(self, enter, gated, sponsor) -> None:
        criterion = Criterion.objects.get(kind="confirm")
        path = f"/plans/{gated.pk}/criteria/{criterion.pk}/"
        browser = enter(sponsor)
        browser.post(f"{path}meet/")
        answer = browser.post(f"{path}meet/")
        assert answer.status_code == 422
        assert "Sam Sponsor has said so already." in answer.content.decode()
        browser.post(f"{path}unmeet/")
        criterion.refresh_from_db()
        assert (criterion.met_at, criterion.met_by) == (None, None)
        assert [event.verb for event in Event.objects.filter(verb__startswith="criterion")] == [
            "criterion.unmet",
            "criterion.met",
        ]

    def test_what_follows_from_the_plan_is_said_by_nobody(self, enter, gated, csm) -> None:
        criterion = Criterion.objects.get(kind="task")
        assert enter(csm).post(f"/plans/{gated.pk}/criteria/{criterion.pk}/meet/").status_code == 403

    def test_the_owner_acts_and_another_champion_does_not(self, enter, plan, champion, sponsor, csm) -> None:
        stage = stage_of(plan, "use")
        assert enter(sponsor).post(address(stage, "open/")).status_code == 403
        assert enter(champion).post(address(stage, "open/")).status_code == 302
        assert enter(csm).post(address(stage, "give/"), {"owner": sponsor.pk}).status_code == 302
        assert enter(champion).post(address(stage, "close/")).status_code == 403
        assert enter(sponsor).post(address(stage, "close/")).status_code == 302
        assert Event.objects.get(verb="stage.owned").new["owner"] == "Sam Sponsor"

    def test_it_is_given_only_to_who_may_act_on_it(
        self, enter, plan, csm, viewer, executive, stranger
    ) -> None:
        stage = stage_of(plan)
        for person in (viewer, executive, stranger):
            answer = enter(csm).post(address(stage, "give/"), {"owner": person.pk})
            assert answer.status_code == 422, person
        assert stage_of(plan).owner == csm

    @pytest.mark.parametrize("act", ["open/", "close/", "give/", "reopen/"])
    def test_a_finished_plan_and_a_draft_refuse(self, act, enter, plan, csm) -> None:
        for change in ({"closed_at": timezone.now()}, {"closed_at": None, "live_at": None}):
            Plan.objects.filter(pk=plan.pk).update(**change)
            answer = enter(csm).post(address(stage_of(plan), act), {"reason": "x"})
            assert answer.status_code == 422
            assert "This plan is" in answer.content.decode()


class TestPages:
    def test_a_viewer_reads_and_is_offered_nothing(self, enter, gated, viewer) -> None:
        text = enter(viewer).get(address(stage_of(gated))).content.decode()
        assert "<h1>Start</h1>" in text
        assert "Carla Csm" in text
        assert "Task 2" in text
        for words in ("Close this stage", "This holds", "Give it to somebody", "Ask people to sign"):
            assert words not in text

    @pytest.mark.parametrize("tasks", [4, 24])
    def test_queries_of_a_stage(
        self, tasks, account, owners, enter, viewer, django_assert_num_queries
    ) -> None:
        text = playbook_text(tasks, evidence={"task-1": "any"}, stages=stages(EXIT * tasks))
        stage = stage_of(make_live_plan(account=account, owners=owners, text=text))
        browser = enter(viewer)
        browser.get(address(stage))
        with django_assert_num_queries(12):
            assert browser.get(address(stage)).content.count(b'class="task"') == tasks // 2

    @pytest.mark.parametrize("tasks", [4, 24])
    def test_queries_of_a_milestone(
        self, tasks, account, owners, enter, viewer, champion, csm, django_assert_num_queries
    ) -> None:
        plan = make_live_plan(account=account, owners=owners, tasks=tasks)
        milestone = plan.milestones.get(key="kickoff-held")
        for task in milestone.tasks.all():
            EvidenceFactory(task=task, claimed_by=champion, accepted_by=csm, accepted_at=timezone.now())
        browser = enter(viewer)
        path = f"/plans/{plan.pk}/milestones/{milestone.pk}/"
        browser.get(path)
        with django_assert_num_queries(10):
            text = browser.get(path).content.decode()
        assert text.count("Accepted by Carla Csm") == tasks // 2
        assert "<h1>Kickoff held</h1>" in text

    def test_a_milestone_says_whom_its_days_waited_for(self, enter, plan, viewer, csm) -> None:
        milestone = plan.milestones.get(key="kickoff-held")
        path = f"/plans/{plan.pk}/milestones/{milestone.pk}/"
        assert "Who waited for whom" not in enter(viewer).get(path).content.decode()
        with time_machine.travel(timezone.now() + timedelta(days=14)):
            for person in (viewer, csm):
                text = enter(person).get(path).content.decode()
                assert f'<a href="/plans/{plan.pk}/turn/">Who waited for whom</a>' in text

    def test_the_plan_shows_how_its_stages_stand(self, enter, gated, champion) -> None:
        text = enter(champion).get(f"/plans/{gated.pk}/").content.decode()
        assert f'stages/{stage_of(gated).pk}/">Start</a></h3><span class="small soft">Running</span>' in text
        assert '">Use</a></h3><span class="small soft">Not started</span>' in text
        assert f"milestones/{gated.milestones.first().pk}/" in text

    def test_whoever_ends_a_plan_is_told_which_stages_are_open(self, enter, gated, csm) -> None:
        assert (
            "Stages that are not closed: Start, Use" in enter(csm).get(f"/plans/{gated.pk}/").content.decode()
        )
