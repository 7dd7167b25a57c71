"""Who leaves an account leaves no work behind that nobody sees."""

from accounts.models import Event
from accounts.services.people import remove_from_account
from plans.models import Plan
from plans.services.leaving import plans_with_leavers, release_tasks
from tests.factories import actor, make_live_plan, playbook_text


def _plan(account, champion, contributor, csm) -> Plan:
    text = playbook_text(4, roles={"task-1": "contributor", "task-3": "champion"})
    owners = {"champion": champion, "contributor": contributor, "csm": csm}
    return make_live_plan(account=account, owners=owners, text=text)


def test_their_open_tasks_need_an_owner(account, champion, contributor, csm, queued) -> None:
    plan = _plan(account, champion, contributor, csm)
    done = plan.tasks.filter(owner=contributor).first()
    plan.tasks.exclude(pk=done.pk).filter(key="task-3").update(owner=contributor)
    plan.tasks.filter(pk=done.pk).update(completed_at=plan.live_at, completed_by=contributor)

    remove_from_account(by=actor(csm, account), stakeholder=account.stakeholders.get(user=contributor))

    assert queued.named("plans.release_tasks")
    assert plans_with_leavers() == [plan.pk]
    assert release_tasks(plan.pk) == 1
    assert plan.tasks.get(key="task-3").owner is None
    assert plan.tasks.get(pk=done.pk).owner == contributor
    assert Event.objects.filter(plan_id=plan.pk, verb="task.reassigned").get().old == {
        "owner": str(contributor)
    }
    assert Plan.objects.get(pk=plan.pk).tasks_unowned == 1


def test_twice_and_for_those_who_stay_it_does_nothing(account, champion, contributor, csm) -> None:
    plan = _plan(account, champion, contributor, csm)
    assert plans_with_leavers() == []
    assert release_tasks(plan.pk) == 0
    assert plan.tasks.filter(owner__isnull=True).count() == 0
    assert not Event.objects.filter(plan_id=plan.pk, verb="task.reassigned").exists()


def test_a_stage_of_theirs_needs_an_owner_again(account, champion, csm) -> None:
    plan = _plan(account, champion, champion, csm)
    plan.tasks.update(owner=csm)
    assert plan.stages.get(key="use").owner == champion
    remove_from_account(by=actor(csm, account), stakeholder=account.stakeholders.get(user=champion))
    assert plans_with_leavers() == [plan.pk]
    release_tasks(plan.pk)
    assert plan.stages.get(key="use").owner is None
    assert plan.stages.get(key="start").owner == csm
    assert Event.objects.get(plan_id=plan.pk, verb="stage.owned").old == {"owner": str(champion)}
    assert plans_with_leavers() == []
