"""The renewal section of a playbook: left out, written, and wrong."""

import pytest

from plans.playbook.reading import PlaybookFaults, read_playbook
from plans.playbook.renewal import USUAL, first_window, renewal_rules
from tests.factories import playbook_text
from tests.plans.test_playbook_reading import GOOD

SECTION = """
renewal:
  windows:
    - days: 150
      needs:
        - {key: usage, kind: usage, text: Bring in the usage, side: vendor, role: csm}
    - days: 45
      needs:
        - {key: order, text: Check the order form, side: customer}
"""


def test_left_out_it_is_the_usual_one_and_not_stored():
    text = playbook_text()
    assert renewal_rules(text) is USUAL
    assert "renewal" not in text.model_dump(mode="json")
    assert [window.days for window in USUAL.windows] == [180, 120, 90, 60, 30]


def test_a_playbook_may_have_its_own():
    text = read_playbook(GOOD + SECTION, name="p.yaml")
    assert first_window(text) == 150
    assert renewal_rules(text).windows[1].needs[0].kind == "confirm"
    assert type(text).model_validate(text.model_dump(mode="json")) == text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("days: 45", "days: 150", "renewal.windows[1].days: The window of 150 days is already on line"),
        ("key: order", "key: usage", "renewal.windows[1].needs[0].key: The key “usage” is already used on line"),
        ("role: csm", "role: nobody", "renewal.windows[0].needs[0].role: There is no role “nobody”."),
        ("kind: usage", "kind: weather", "renewal.windows[0].needs[0].kind: Must be one of:"),
        ("days: 45", "days: 0", "renewal.windows[1].days:"),
        ("side: vendor", "side: customer", "The role “csm” is on the vendor side, but this is on the customer side."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(old, new, message):
    with pytest.raises(PlaybookFaults) as faults:
        read_playbook(GOOD + SECTION.replace(old, new), name="p.yaml")
    assert message in str(faults.value)
