"""People of a deal and the roles of a playbook."""

from uuid import UUID, uuid4

import pytest

from plans.casting import Candidate, cast_customer_roles, portal_role_of
from plans.intake.hubspot import person_facts
from plans.playbook.schema import Role

SPONSOR = Role(
    key="sponsor", name="Sponsor", side="customer", portal_role="sponsor",
    buying_roles=("executive_sponsor", "budget_holder", "economic_buyer"), title_words=("coo",),
)  # fmt: skip
CHAMPION = Role(
    key="champion", name="Champion", side="customer", portal_role="champion",
    buying_roles=("champion",), title_words=("revops", "manager"),
)  # fmt: skip
IT = Role(key="it", name="IT", side="customer", portal_role="contributor", title_words=("it",))
CSM = Role(key="csm", name="CSM", side="vendor", portal_role="csm", title_words=("manager",))
ROLES = [CSM, SPONSOR, CHAMPION, IT]


def person(title: str = "", buying_role: str = "") -> Candidate:
    return Candidate(uuid4(), title, buying_role)


def test_everybody_in_their_role_and_nobody_in_the_vendors() -> None:
    ada, ben, cy = (
        person("RevOps Lead", "CHAMPION"),
        person("COO", "BUDGET_HOLDER"),
        person("IT Administrator"),
    )
    expected = {"sponsor": ben.user_id, "champion": ada.user_id, "it": cy.user_id}
    for people in ([ada, ben, cy], [cy, ben, ada], [ben, cy, ada]):
        assert cast_customer_roles(ROLES, people) == expected


@pytest.mark.parametrize(
    "buying_role",
    ["EXECUTIVE_SPONSOR;BUDGET_HOLDER", "Economic Buyer", "economic-buyer", "Executive sponsor, Budget holder",
     person_facts("1", {"hs_buying_role": "END_USER;BUDGET_HOLDER"}).buying_role],
)  # fmt: skip
def test_buying_roles_in_each_crms_spelling(buying_role) -> None:
    other, sponsor = person("Clerk"), person("Clerk", buying_role)
    assert cast_customer_roles([SPONSOR], [other, sponsor]) == {"sponsor": sponsor.user_id}


def test_a_buying_role_counts_more_than_a_title() -> None:
    titled, named = person("RevOps manager"), person("Clerk", "Champion")
    assert cast_customer_roles([CHAMPION], [titled, named]) == {"champion": named.user_id}


def test_words_of_a_title_are_whole_words() -> None:
    assert cast_customer_roles([IT], [person("Auditor"), person("Recruiter")]) == {}


def test_a_role_that_nobody_fits_is_left_out_but_somebody_is_champion() -> None:
    clerk = person("Clerk")
    assert cast_customer_roles(ROLES, [clerk]) == {"champion": clerk.user_id}
    assert cast_customer_roles(ROLES, []) == {}
    assert cast_customer_roles([SPONSOR, IT], [clerk]) == {}


def test_work_is_spread_where_two_fit() -> None:
    both, one = person("COO", "champion"), person("manager")
    assert cast_customer_roles(ROLES, [both, one]) == {"sponsor": both.user_id, "champion": one.user_id}
    alone = person("COO", "champion")
    assert cast_customer_roles(ROLES, [alone]) == {"sponsor": alone.user_id, "champion": alone.user_id}


def test_equals_are_cast_in_the_order_of_the_crm() -> None:
    people = [person("manager") for _ in range(5)]
    assert cast_customer_roles([CHAMPION], people) == {"champion": people[0].user_id}


@pytest.mark.parametrize(
    ("cast", "role"),
    [
        (("sponsor",), "sponsor"),
        (("champion",), "champion"),
        (("sponsor", "champion"), "champion"),
        (("it",), "contributor"),
        ((), "contributor"),
    ],
)
def test_what_the_role_lets_them_do(cast, role) -> None:
    me, other = uuid4(), uuid4()
    told: dict[str, UUID] = dict.fromkeys(("sponsor", "champion", "it"), other) | dict.fromkeys(cast, me)
    assert portal_role_of(me, ROLES, told) == role
