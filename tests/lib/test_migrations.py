"""Migrations in few steps: neighbours of one kind go together, everything else stays as it is."""

from django.db import models
from django.db.migrations import AddField, CreateModel, RunSQL
from django.db.migrations.state import ProjectState

from portal.lib.migrations import together

KEY = [("id", models.IntegerField(primary_key=True))]


def test_neighbours_of_one_kind_are_one_step_and_what_may_build_on_another_is_not() -> None:
    first, second = CreateModel("First", KEY), CreateModel("Second", KEY)
    name, size = (
        AddField("first", "name", models.TextField()),
        AddField("second", "size", models.IntegerField()),
    )
    one, two = RunSQL("SELECT 1"), RunSQL("SELECT 2")
    steps = together([first, second, name, one, two, size])
    assert [getattr(step, "operations", step) for step in steps] == [[first, second], name, one, two, size]


def test_the_state_is_that_of_the_single_steps() -> None:
    steps = [CreateModel("First", KEY), CreateModel("Second", KEY), AddField("first", "a", models.TextField()),
             AddField("first", "other", models.ForeignKey("x.Second", models.CASCADE))]  # fmt: skip
    single, few = ProjectState(), ProjectState()
    for step in steps:
        step.state_forwards("x", single)
    assert few.apps
    for step in together(steps):
        step.state_forwards("x", few)
    assert few == single
    assert few.apps.get_model("x", "first")._meta.get_field("other").related_model.__name__ == "Second"
