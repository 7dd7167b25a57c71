"""Fixtures: one account with everybody on it, one with a stranger, and a way in for each of them.

Loaded for every test by tests/conftest.py. `enter(champion)` is a browser that has signed in.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.choices import StakeholderRole, VendorRole
from accounts.models import Account, User
from plans.models import Plan
from tests.factories import AccountFactory, StakeholderFactory, UserFactory, make_live_plan

Enter = Callable[[User | None], Client]


@pytest.fixture
def admin(db) -> User:
    return UserFactory(name="Ada Admin", vendor_role=VendorRole.ADMIN)


@pytest.fixture
def csm(db) -> User:
    """Owns `account`."""
    return UserFactory(name="Carla Csm", vendor_role=VendorRole.CSM)


@pytest.fixture
def executive(db) -> User:
    return UserFactory(name="Eve Executive", vendor_role=VendorRole.EXECUTIVE)


@pytest.fixture
def account(csm) -> Account:
    return AccountFactory(name="Acme", owner=csm)


@pytest.fixture
def sponsor(account) -> User:
    return _stakeholder(account, "Sam Sponsor", StakeholderRole.SPONSOR)


@pytest.fixture
def champion(account) -> User:
    return _stakeholder(account, "Chloe Champion", StakeholderRole.CHAMPION)


@pytest.fixture
def contributor(account) -> User:
    return _stakeholder(account, "Colin Contributor", StakeholderRole.CONTRIBUTOR)


@pytest.fixture
def viewer(account) -> User:
    return _stakeholder(account, "Vera Viewer", StakeholderRole.VIEWER)


@pytest.fixture
def other_account(db) -> Account:
    return AccountFactory(name="Umbrella")


@pytest.fixture
def stranger(other_account) -> User:
    """The champion of another account."""
    return _stakeholder(other_account, "Stella Stranger", StakeholderRole.CHAMPION)


@pytest.fixture
def everybody(
    admin, csm, executive, sponsor, champion, contributor, viewer, stranger
) -> dict[str, User | None]:
    """Every kind of person by name; "anonymous" is nobody."""
    return {
        "admin": admin,
        "csm": csm,
        "executive": executive,
        "sponsor": sponsor,
        "champion": champion,
        "contributor": contributor,
        "viewer": viewer,
        "stranger": stranger,
        "anonymous": None,
    }


@pytest.fixture
def owners(csm, champion, contributor) -> dict[str, User]:
    """Who plays the roles of the small playbook."""
    return {"csm": csm, "champion": champion, "contributor": contributor}


@pytest.fixture
def plan(account, owners) -> Plan:
    """A live plan of four tasks on `account`: 1 and 3 are the champion's, 2 and 4 the CSM's."""
    return make_live_plan(account=account, owners=owners)


@pytest.fixture
def chain(account, owners) -> Plan:
    """A live plan in which task 2 (the vendor's) waits for 1 (the customer's), and 3 for 2; 4 stands alone.

    It began this morning.
    """
    return make_live_plan(
        account=account,
        owners=owners,
        kickoff_on=account.today(),
        waits={"task-2": ["task-1"], "task-3": ["task-2"]},
    )


@pytest.fixture
def enter() -> Enter:
    """Signs a person in and returns their browser; None stays outside."""

    def sign_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return sign_in


def _stakeholder(account: Account, name: str, role: str) -> User:
    return StakeholderFactory(account=account, user__name=name, role=role).user
