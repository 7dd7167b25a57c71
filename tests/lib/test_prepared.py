"""A prepared query says what the plain one says, each time about other ids."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from accounts.models import Event
from plans.models import Plan, Task
from portal.lib.prepared import PreparedObjects, PreparedRows
from tests.factories import make_live_plan


@pytest.mark.django_db
def test_rows_about_one_plan_and_then_another(plan, other_account, django_assert_num_queries):
    other = make_live_plan(account=other_account, tasks=2)
    titles = PreparedRows(lambda plan_id: Task.objects.filter(plan=plan_id).values_list("title", "due_on"))
    for asked in (plan, other, plan):
        with django_assert_num_queries(1):
            found = titles(asked.pk)
        assert found == list(Task.objects.filter(plan=asked).values_list("title", "due_on"))
    assert titles(uuid4()) == []


@pytest.mark.django_db
def test_objects_with_what_they_join_and_columns_that_are_converted(plan, django_assert_num_queries):
    tasks = PreparedObjects(
        lambda plan_id: Task.objects.filter(plan=plan_id).select_related(
            "plan__account", "owner", "completed_by"
        )
    )
    with django_assert_num_queries(1):
        found = tasks(plan.pk)
        assert [task.plan.account.name for task in found] == ["Acme"] * 4
        assert {str(task.owner) for task in found} == {"Chloe Champion", "Carla Csm"}
        assert {task.completed_by for task in found} == {None}
    columns = [field.attname for field in Task._meta.concrete_fields]
    plain = Task.objects.filter(plan=plan).values(*columns)
    assert [{name: getattr(task, name) for name in columns} for task in found] == list(plain)
    (event,) = PreparedObjects(lambda plan_id: Event.objects.filter(plan_id=plan_id))(plan.pk)
    assert event.new["held_back"] == 0


@pytest.mark.django_db
def test_a_found_object_can_be_saved(plan):
    (found,) = PreparedObjects(lambda plan_id: Plan.objects.filter(pk=plan_id))(plan.pk)
    found.name = "Renamed"
    found.save(update_fields=["name"])
    assert Plan.objects.get(pk=plan.pk).name == "Renamed"


@pytest.mark.django_db
def test_several_ids_keep_their_places(plan):
    one = PreparedRows(
        lambda plan_id, task_id: Task.objects.filter(plan=plan_id, pk=task_id).values_list("key")
    )
    task = Task.objects.get(plan=plan, key="task-3")
    assert one(plan.pk, task.pk) == [("task-3",)]
    assert one(task.pk, plan.pk) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only(plan):
    locked = PreparedObjects(lambda plan_id: Plan.objects.select_for_update().filter(pk=plan_id))
    with transaction.atomic():
        assert locked(plan.pk) == [plan]
    with pytest.raises(TransactionManagementError):
        locked(plan.pk)
