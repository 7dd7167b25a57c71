"""Every kind of fault is reported, on its line, and all of them at once."""

import json
from itertools import pairwise

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.playbook.cycles import find_cycles
from plans.playbook.reading import PlaybookFaults, read_playbook
from plans.playbook.schema import Playbook

GOOD = """\
key: small
name: Small start
version: 1
summary: Two people, two tasks.
match: {segments: [smb], min_arr: 1000, max_arr: 9000.50}
go_live: at_once
meeting_cadence: Monthly.
kickoff:
  lead_days: 1
  due: {anchor: kickoff, offset: 0}
  agenda:
    - {title: Goals, minutes: 10, lead: both}
roles:
  - {key: csm, name: CSM, side: vendor, portal_role: csm}
  - {key: champion, name: Project lead, side: customer, portal_role: champion}
stages:
  - {key: start, name: Start, purpose: Begin., owner: csm}
milestones:
  - {key: ready, stage: start, title: Ready, goal: All is ready., due: {anchor: "task:send-users", offset: 2}}
tasks:
  - key: prepare
    milestone: ready
    title: Prepare the workspace
    side: vendor
    role: csm
    why: It is needed.
    what: Create it.
    desired_result: It is there.
    estimate_minutes: 10
    due: {anchor: kickoff, offset: -1}
  - key: send-users
    milestone: ready
    title: Send the users
    side: customer
    role: champion
    why: They need accounts.
    what: Upload a list.
    desired_result: A list.
    estimate_minutes: 5
    due: {anchor: "task:prepare", offset: 3}
    evidence: {kind: file, shows: The list.}
    waits_for: [prepare]
objectives:
  - {key: faster, title: F, metric: M, unit: h, direction: down, target: 2, due: {anchor: end}, stage: start}
"""


def faults_of(text):
    with pytest.raises(PlaybookFaults) as caught:
        read_playbook(text, name="small.yaml")
    return [(fault.line, fault.path, fault.message) for fault in caught.value.faults]


def with_change(old, new):
    """GOOD with one change, and the line on which it was made."""
    assert GOOD.count(old) == 1, f"{old!r} must be there exactly once"
    return GOOD.replace(old, new), GOOD[: GOOD.index(old)].count("\n") + 1


def test_a_good_file_is_read_and_survives_json():
    playbook = read_playbook(GOOD, name="small.yaml")
    assert playbook.tasks[1].waits_for == ("prepare",)
    assert playbook.tasks[1].due.target == ("task", "prepare")
    assert str(playbook.match.max_arr) == "9000.5"
    assert playbook.tasks[0].evidence.kind == "none"
    stored = json.loads(json.dumps(playbook.model_dump(mode="json")))
    assert Playbook.model_validate(stored) == playbook


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("    why: They need", "    wy: x\n    why: They need", "tasks[1].wy", "Unknown field “wy”."),
        ("version: 1", "version: one", "version", "Must be a whole number."),
        ("version: 1", "version: '1'", "version", "Must be a whole number."),
        ("name: Small start", "name: 12", "name", "Must be text."),
        ("waits_for: [prepare]", "waits_for: prepare", "tasks[1].waits_for", "Must be a list."),
        ("target: 2,", "target: soon,", "objectives[0].target", "Must be a number."),
        ("target: 2,", "target: .nan,", "objectives[0].target", "Must be a number."),
        ("target: 2,", "target: yes,", "objectives[0].target", "Must be a number."),
        (
            "go_live: at_once",
            "go_live: later",
            "go_live",
            "Must be one of: 'review' or 'at_once'.",
        ),
        ("    role: champion", "    role: boss", "tasks[1].role", "There is no role “boss”."),
        ("owner: csm}", "owner: boss}", "stages[0].owner", "There is no role “boss”."),
        (
            "    role: champion",
            "    role: csm",
            "tasks[1].role",
            "The role “csm” is on the vendor side, but the task is on the customer side.",
        ),
        (
            "portal_role: champion}",
            "portal_role: csm}",
            "roles[1].portal_role",
            "The portal role “csm” is not one of the customer side.",
        ),
        (
            "ready, stage: start",
            "ready, stage: later",
            "milestones[0].stage",
            "There is no stage “later”.",
        ),
        ("stage: start}\n", "stage: later}\n", "objectives[0].stage", "There is no stage “later”."),
        ("waits_for: [prepare]", "waits_for: [x]", "tasks[1].waits_for[0]", "There is no task “x”."),
        (
            'due: {anchor: "task:prepare", offset: 3}',
            "due: {anchor: milestone:x}",
            "tasks[1].due.anchor",
            "There is no milestone “x”.",
        ),
        (
            'due: {anchor: "task:send-users", offset: 2}',
            "due: {anchor: task:x}",
            "milestones[0].due.anchor",
            "There is no task “x”.",
        ),
        ("due: {anchor: end}", "due: {anchor: task:x}", "objectives[0].due.anchor", "There is no task “x”."),
        (
            "due: {anchor: kickoff, offset: -1}",
            "due: {offset: -1}",
            "tasks[0].due.anchor",
            "An offset without an anchor: say what the working days are counted from.",
        ),
        (
            "due: {anchor: kickoff, offset: -1}",
            "due: {anchor: someday}",
            "tasks[0].due.anchor",
            "“someday” is no anchor: use kickoff, end, task:<key> or milestone:<key>.",
        ),
        (
            "due: {anchor: kickoff, offset: 0}",
            "due: {anchor: end, offset: 0}",
            "kickoff.due.anchor",
            "The kickoff meeting can only be counted from the anchor kickoff.",
        ),
        (
            "key: small",
            "key: Small Start",
            "key",
            "“Small Start” is no key: use small letters, digits and single hyphens.",
        ),
        (
            "shows: The list.}",
            "shows: ''}",
            "tasks[1].evidence",
            "Say in “shows” what the evidence must show.",
        ),
        (
            "min_arr: 1000",
            "min_arr: 10000",
            "match.min_arr",
            "“min_arr” is larger than “max_arr”.",
        ),
        (
            "title: Prepare the workspace",
            "title: " + "Prepare the workspace " * 3,
            "tasks[0].title",
            "Too long: at most 60 characters.",
        ),
        ("summary: Two people, two tasks.", "summary: !!python/name:os.system x", "summary", None),
        ("version: 1", "version: !!int x", "version", "“x” cannot be read."),
    ],
)
def test_one_fault_is_said_on_its_line(old, new, path, message):
    text, line = with_change(old, new)
    found = faults_of(text)
    assert (line, path) in [(row, where) for row, where, _said in found]
    if message:
        assert (line, path, message) in found
    assert {row for row, _where, _said in found} == {line}


@pytest.mark.parametrize(
    ("criterion", "path", "message"),
    [
        ("{kind: task, text: Done.}", "", "Say in “of” which task it is."),
        ("{kind: task, of: x, text: Done.}", ".of", "There is no task “x”."),
        ("{kind: evidence, of: prepare, text: Seen.}", ".of", "The task “prepare” asks for no evidence."),
        ("{kind: form, of: prepare, text: Told.}", ".of", "The task “prepare” is no form."),
        ("{kind: milestone, of: prepare, text: Ready.}", ".of", "There is no milestone “prepare”."),
        ("{kind: milestone, text: Ready.}", "", "Say in “of” which milestone it is."),
        (
            "{kind: tasks, of: prepare, text: All.}",
            ".of",
            "A criterion of this kind hangs on nothing else: leave out “of”.",
        ),
        ("{kind: oath, text: Sworn.}", ".kind", None),
        ("{kind: task, of: Prepare It, text: Done.}", ".of", None),
        ("{kind: signoff}", ".text", "The field “text” is missing."),
        ("{text: Done., when: later}", ".when", "Unknown field “when”."),
        ("7", "", "Must be a group of fields."),
        ("''", ".text", "Must not be empty."),
    ],
)
@pytest.mark.parametrize("gate", ["entry_criteria", "exit_criteria"])
def test_a_criterion_that_hangs_on_nothing_is_said_on_its_line(gate, criterion, path, message):
    gates = f"owner: csm,\n     {gate}: [Fine.,\n       {criterion}]}}"
    text, line = with_change("owner: csm}", gates)
    found = faults_of(text)
    where = f"stages[0].{gate}[1]{path}"
    assert (line + 2, where) in [(row, at) for row, at, _said in found]
    if message:
        assert (line + 2, where, message) in found


@pytest.mark.parametrize("kind", ["signoff", "tasks"])
def test_what_only_an_end_can_ask_for(kind):
    gates = f"owner: csm,\n     entry_criteria: [{{kind: {kind}, text: All.}}]}}"
    text, line = with_change("owner: csm}", gates)
    message = "This can only be asked for before a stage closes."
    assert faults_of(text) == [(line + 1, "stages[0].entry_criteria[0].kind", message)]


def test_plain_sentences_are_stored_as_they_always_were():
    """A version that was published before gates had kinds reads the same, and is not taken for another text."""
    text, _line = with_change(
        "owner: csm}", "owner: csm, exit_criteria: [It works., {kind: tasks, text: All.}]}"
    )
    playbook = read_playbook(text, name="x")
    assert [(one.kind, one.text) for one in playbook.stages[0].exit_criteria] == [
        ("confirm", "It works."),
        ("tasks", "All."),
    ]
    stored = playbook.model_dump(mode="json")
    assert stored["stages"][0]["exit_criteria"] == ["It works.", {"text": "All.", "kind": "tasks"}]
    assert Playbook.model_validate(json.loads(json.dumps(stored))) == playbook


def test_an_unsafe_tag_is_named_and_nothing_is_built():
    text, line = with_change("summary: Two people, two tasks.", "summary: !!python/object/apply:os.getcwd []")
    refused = (line, "summary", "The tag “tag:yaml.org,2002:python/object/apply:os.getcwd” is not allowed.")
    assert refused in faults_of(text)


def test_a_missing_field_is_said_where_its_group_begins():
    text, line = with_change("    desired_result: A list.\n", "")
    message = "The field “desired_result” is missing."
    assert faults_of(text) == [(line - 7, "tasks[1].desired_result", message)]


def test_a_key_used_twice_names_the_first_line():
    text, line = with_change("  - key: send-users", "  - key: prepare")
    first = GOOD[: GOOD.index("  - key: prepare")].count("\n") + 1
    message = f"The key “prepare” is already used on line {first}."
    assert (line, "tasks[1].key", message) in faults_of(text)


def test_a_field_given_twice_names_the_first_line():
    text, line = with_change("go_live: at_once\n", "go_live: at_once\ngo_live: review\n")
    message = f"The field “go_live” is given twice; first on line {line}."
    assert faults_of(text) == [(line + 1, "go_live", message)]


def test_a_milestone_without_tasks():
    text, line = with_change(
        "tasks:\n",
        "  - {key: idle, stage: start, title: Idle, goal: None., due: {anchor: kickoff}}\ntasks:\n",
    )
    assert faults_of(text) == [(line, "milestones[1]", "The milestone “idle” has no task.")]


def test_tasks_that_wait_for_each_other():
    old = "due: {anchor: kickoff, offset: -1}"
    text, _line = with_change(old, "due: {anchor: kickoff}\n    waits_for: [send-users]")
    [(row, path, message)] = faults_of(text)
    assert message == "These tasks wait for each other in a circle: prepare → send-users → prepare."
    assert (row, path) == (GOOD[: GOOD.index("waits_for")].count("\n") + 2, "tasks[1].waits_for[0]")


def test_a_task_that_waits_for_itself():
    text, line = with_change("waits_for: [prepare]", "waits_for: [send-users]")
    message = "These tasks wait for each other in a circle: send-users → send-users."
    assert faults_of(text) == [(line, "tasks[1].waits_for[0]", message)]


def test_due_days_counted_in_a_circle_through_a_milestone():
    text, _line = with_change("due: {anchor: kickoff, offset: -1}", "due: {anchor: milestone:ready}")
    [(_row, path, message)] = faults_of(text)
    assert path.endswith("due.anchor")
    assert message == (
        "These due days are counted from each other in a circle: "
        "task:prepare → milestone:ready → task:send-users → task:prepare."
    )


def test_a_task_counted_from_one_that_waits_for_it():
    text, line = with_change("due: {anchor: kickoff, offset: -1}", "due: {anchor: task:send-users}")
    text = text.replace('due: {anchor: "task:prepare", offset: 3}', "due: {anchor: kickoff}")
    message = (
        "What is waited for and what days are counted from make a circle: "
        "task:prepare → task:send-users → task:prepare."
    )
    assert faults_of(text) == [(line + 12, "tasks[1].waits_for[0]", message)]


def test_all_faults_are_told_in_the_order_of_their_lines():
    text = GOOD.replace("version: 1", "version: one").replace("    role: champion", "    role: boss")
    text = text.replace("waits_for: [prepare]", "waits_for: [x]").replace("owner: csm}", "owner: boss}")
    found = faults_of(text)
    assert [path for _line, path, _message in found] == [
        "version",
        "stages[0].owner",
        "tasks[1].role",
        "tasks[1].waits_for[0]",
    ]
    assert [line for line, _path, _message in found] == sorted(line for line, _path, _message in found)


def test_the_message_of_the_exception_can_be_clicked():
    with pytest.raises(PlaybookFaults, match=r"^small\.yaml:3:10: version: Must be a whole number\.$"):
        read_playbook(GOOD.replace("version: 1", "version: one"), name="small.yaml")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("key: a\nname: [b\n", 3, "This is not valid YAML"),
        ("key: a\nname: b: c\n", 2, "This is not valid YAML: mapping values are not allowed here."),
        ("key: a\nname: \x00\n", 2, "This character is not allowed in YAML."),
        ("", 1, "The file is empty."),
        ("- a\n- b\n", 1, "A playbook file is a group of fields."),
        ("just text", 1, "A playbook file is a group of fields."),
        ("key: a\n---\nkey: b\n", 2, "A file holds one playbook; a second document begins here."),
        ("a: &x [1]\nb: *x\n", 2, "Aliases (*name) are not allowed."),
        ("a: 1\nb: " + "[" * 5000, 2, "Nested deeper than 20 levels."),
        ("a: " + "x" * 1_000_000, 1, "The file is larger than 1000000 bytes."),
        ("? [a]\n: 1\n", 1, "A field name must be text."),
    ],
)
def test_what_is_no_tree_is_said_with_its_line(text, line, message):
    assert any(row == line and message in said for row, _path, said in faults_of(text))


@st.composite
def acyclic_waits(draw):
    """`waits[n]`: the earlier tasks that task n waits for. Task 1 always waits for task 0."""
    size = draw(st.integers(2, 12))
    waits = [sorted(draw(st.sets(st.integers(0, n - 1), max_size=3))) if n else [] for n in range(size)]
    waits[1] = [0]
    return waits


def playbook_text(waits):
    """GOOD with one task for each entry, in block style, so that each reference has a line of its own."""
    data = yaml.safe_load(GOOD)
    task = data["tasks"][0]
    data["tasks"] = [
        {**task, "key": f"t{n}", "due": {"anchor": "kickoff"}, "waits_for": [f"t{m}" for m in before]}
        for n, before in enumerate(waits)
    ]
    data["milestones"][0]["due"] = {"anchor": "task:t0"}
    return yaml.safe_dump(data, sort_keys=False)


@settings(max_examples=40, deadline=None)
@given(acyclic_waits(), st.data())
def test_any_acyclic_graph_passes_and_a_back_edge_is_named(waits, data):
    assert len(read_playbook(playbook_text(waits), name="p").tasks) == len(waits)
    late = data.draw(st.sampled_from([n for n, before in enumerate(waits) if before]))
    early = data.draw(st.sampled_from(sorted(reached_from(late, waits))))
    waits[early] = [*waits[early], late]
    found = faults_of(playbook_text(waits))
    assert found
    for _line, path, message in found:
        assert path.startswith("tasks[")
        circle = [int(key[1:]) for key in message.rstrip(".").split(": ")[1].split(" → ")]
        assert circle[0] == circle[-1]
        assert all(after in waits[before] for before, after in pairwise(circle))
        assert (early, late) in set(pairwise(circle))


def reached_from(start, waits):
    reached, todo = set(), [start]
    while todo:
        for before in waits[todo.pop()]:
            if before not in reached:
                reached.add(before)
                todo.append(before)
    return reached


def test_a_chain_of_two_thousand_tasks_is_no_trouble():
    chain = [[]] + [[n] for n in range(1999)]
    edges = {f"t{n}": [f"t{m}" for m in before] for n, before in enumerate(chain)}
    assert list(find_cycles(edges)) == []
    edges["t0"] = ["t1999"]
    [circle] = find_cycles(edges)
    assert len(circle) == 2001


FORM = """\
    waits_for: [prepare]
    form:
      - {key: seats, label: How many seats, kind: number, unit: seats, min: 1, max: 9}
      - {key: region, label: Where, kind: choice, options: [Here, There]}
"""


def with_form(old="", new=""):
    """The good file with a form, one change in it, and the line of that change."""
    text = GOOD.replace("    waits_for: [prepare]\n", FORM)
    assert text.count(old) >= 1
    return text.replace(old, new, 1) if old else text, text[: text.index(old)].count("\n") + 1


def test_a_form_is_read_and_survives_json():
    playbook = read_playbook(with_form()[0], name="small.yaml")
    seats, region = playbook.tasks[1].form
    assert (seats.kind, str(seats.max), seats.required) == ("number", "9", True)
    assert region.options == ("Here", "There")
    assert Playbook.model_validate(json.loads(playbook.model_dump_json())) == playbook


def test_a_task_without_questions_is_stored_as_before_there_were_forms():
    assert "form" not in read_playbook(GOOD, name="small.yaml").model_dump(mode="json")["tasks"][0]


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("kind: number", "kind: figure", "tasks[1].form[0].kind", "Must be one of: text, long_text, choice"),
        ("kind: number, ", "", "tasks[1].form[0].kind", "The field “kind” is missing."),
        ("key: region", "key: Region", "tasks[1].form[1].key", "is no key"),
        ("key: region", "key: seats", "tasks[1].form[1].key", "This form asks for “seats” already, on line"),
        (", options: [Here, There]", "", "tasks[1].form[1].options", "The field “options” is missing."),
        ("[Here, There]", "[]", "tasks[1].form[1].options", "Must not be empty."),
        ("[Here, There]", "[Here, Here]", "tasks[1].form[1].options[1]", "“Here” is offered twice."),
        ("unit: seats, ", "options: [A, B], ", "tasks[1].form[0].options", "Unknown field “options”."),
        ("min: 1", "min: 10", "tasks[1].form[0].min", "“min” is larger than “max”."),
        ("label: Where, ", "label: Where, required: maybe, ", "tasks[1].form[1].required", "true or false"),
        ("label: How many seats", "label: " + "x" * 201, "tasks[1].form[0].label", "Too long"),
    ],
)
def test_faults_of_a_form_name_the_question(old, new, path, message):
    text, line = with_form(old, new)
    assert any(fault[:2] == (line, path) and message in fault[2] for fault in faults_of(text)), faults_of(
        text
    )


@pytest.mark.parametrize(
    ("question", "path", "message"),
    [
        ("{key: seats, label: Seats, kind: text}", "kind", "“seats” is of another kind on line"),
        (
            "{key: seats, label: Seats, kind: number, unit: chairs}",
            "unit",
            "“seats” has another unit on line",
        ),
    ],
)
def test_the_same_key_is_the_same_question_in_every_form(question, path, message):
    text, _line = with_form()
    text = text.replace(
        "    due: {anchor: kickoff, offset: -1}\n",
        f"    due: {{anchor: kickoff, offset: -1}}\n    form: [{question}]\n",
    )
    ((_at, where, said),) = faults_of(text)
    assert where.startswith("tasks[1].form[0]")
    assert message in said
