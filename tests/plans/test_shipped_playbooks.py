"""What we ship is valid, complete and possible: the days of each plan can be kept."""

import re
from decimal import Decimal
from functools import cache

import pytest

from plans.playbook.choosing import DealShape, choose_playbook
from plans.playbook.reading import SHIPPED, read_playbook

SIZES = {"enterprise-high-touch": (50, 64), "mid-market": (33, 40), "smb-tech-touch": (15, 18)}
YEAR = 250  # Working days from kickoff to the end of a contract of one year.


@cache
def shipped(key):
    path = SHIPPED / f"{key}.yaml"
    return read_playbook(path.read_text(encoding="utf-8"), name=path.name)


@pytest.fixture(params=sorted(SIZES))
def playbook(request):
    return shipped(request.param)


def due_days(playbook):
    """Working day, counted from kickoff, of every task and milestone in a contract of one year."""
    rules = {("task", task.key): task.due for task in playbook.tasks}
    rules |= {("milestone", milestone.key): milestone.due for milestone in playbook.milestones}

    def day(rule):
        kind, _key = rule.target
        base = {"kickoff": 0, "end": YEAR}[kind] if kind in ("kickoff", "end") else day(rules[rule.target])
        return base + rule.offset

    return {target: day(rule) for target, rule in rules.items()}


def test_exactly_these_are_shipped():
    assert {path.stem for path in SHIPPED.iterdir()} == set(SIZES)


def test_file_name_is_key_and_the_size_is_right(playbook):
    low, high = SIZES[playbook.key]
    assert low <= len(playbook.tasks) <= high
    assert {task.side for task in playbook.tasks} == {"vendor", "customer"}


def test_no_task_is_due_before_what_it_waits_for(playbook):
    days = due_days(playbook)
    for task in playbook.tasks:
        for before in task.waits_for:
            assert days["task", before] <= days["task", task.key], f"{task.key} waits for {before}"


def test_no_milestone_is_due_before_its_tasks(playbook):
    days = due_days(playbook)
    for task in playbook.tasks:
        assert days["task", task.key] <= days["milestone", task.milestone], task.key


def test_milestones_follow_each_other_in_the_order_of_the_stages(playbook):
    days = due_days(playbook)
    order = [stage.key for stage in playbook.stages]
    spine = [
        (order.index(milestone.stage), days["milestone", milestone.key]) for milestone in playbook.milestones
    ]
    assert spine == sorted(spine)
    assert {milestone.stage for milestone in playbook.milestones} == set(order)


def test_nothing_is_due_before_the_deal_is_closed_or_after_the_contract(playbook):
    assert all(-playbook.kickoff.lead_days <= day <= YEAR for day in due_days(playbook).values())


def test_first_value_comes_within_a_month(playbook):
    days = due_days(playbook)
    [first] = [milestone for milestone in playbook.milestones if milestone.first_value]
    assert 7 <= days["milestone", first.key] * 7 / 5 <= 30


def test_the_champion_starts_with_a_file_from_the_phone(playbook):
    days = due_days(playbook)
    early = [
        t for t in playbook.tasks if t.role == "champion" and days["task", t.key] <= 1 and not t.waits_for
    ]
    assert any(task.evidence.kind == "file" and task.estimate_minutes <= 15 for task in early)


def test_every_task_says_what_comes_next_and_what_the_proof_is(playbook):
    for task in playbook.tasks:
        for text in (task.why, task.what, task.desired_result, task.next_step):
            assert text.strip().endswith((".", "!")), f"{task.key}: {text}"
        assert task.evidence.kind == "none" or task.evidence.shows.endswith("."), task.key
    customers = [task for task in playbook.tasks if task.side == "customer"]
    assert sum(task.evidence.kind != "none" for task in customers) >= len(customers) / 2


def test_stages_say_when_they_begin_and_end(playbook):
    for stage in playbook.stages:
        assert stage.entry_criteria
        assert stage.exit_criteria
        assert all(one.text.endswith(".") for one in (*stage.entry_criteria, *stage.exit_criteria))


def test_texts_hold_no_placeholder_and_no_title_is_used_twice(playbook):
    text = playbook.model_dump_json()
    assert not re.search(r"\b(TODO|TBD|lorem|xxx|foo|example\.com)\b|\{\{|\[\w+ name\]", text, re.IGNORECASE)
    titles = [task.title for task in playbook.tasks]
    assert len(set(titles)) == len(titles)


def test_objectives_include_one_that_falls(playbook):
    assert 1 <= len(playbook.objectives) <= 3
    for objective in playbook.objectives:
        if objective.baseline is not None:
            assert (objective.target < objective.baseline) == (objective.direction == "down")
    [falling] = [objective for objective in playbook.objectives if objective.direction == "down"]
    assert (falling.baseline, falling.target) == (Decimal(16), Decimal(2))


def test_every_role_is_used(playbook):
    used = {task.role for task in playbook.tasks} | {stage.owner for stage in playbook.stages}
    assert used == {role.key for role in playbook.roles}


def test_only_the_small_one_goes_live_at_once():
    assert {key: shipped(key).go_live for key in SIZES} == {
        "enterprise-high-touch": "review",
        "mid-market": "review",
        "smb-tech-touch": "at_once",
    }


@pytest.mark.parametrize(
    ("segment", "touch", "key"),
    [
        ("enterprise", "high", "enterprise-high-touch"),
        ("enterprise", "tech", "enterprise-high-touch"),
        ("mid-market", "high", "mid-market"),
        ("mid-market", "tech", "mid-market"),
        ("smb", "high", "mid-market"),
        ("smb", "tech", "smb-tech-touch"),
    ],
)
def test_every_kind_of_account_gets_a_playbook(segment, touch, key):
    choice = choose_playbook([shipped(name) for name in SIZES], DealShape(segment, touch))
    assert choice.playbook.key == key


def test_the_example_of_the_documentation_is_valid():
    page = (SHIPPED.parent.parent / "docs" / "playbooks.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert read_playbook(example, name="playbooks.md").tasks[1].waits_for == ("upload-users",)
