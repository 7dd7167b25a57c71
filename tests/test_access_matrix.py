"""Every address × every kind of person × GET and POST, against a written table. An address without a row fails.

A line of the table (tests/access_table.py) is `METHOD name` and a status for each kind, in the order of `KINDS`. The
right to do a thing is what is asked, so a POST is sent empty: 422 (the form is incomplete) means "may", and so does
302 to a page. 302 for nobody and for the deactivated is the way to the sign-in. What may not be seen is 404, what may
not be done 403, and the wrong method 405, whoever asks.

`name:case` is the same address with another thing in it (`CASES`): a draft, a task of the vendor's side, a token that
nobody has.
"""

import hashlib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.choices import StakeholderRole
from accounts.models import (
    Account,
    AccountCost,
    CohortMember,
    Contract,
    Fact,
    Invitation,
    RiskCohort,
    SecurityConfirmation,
    Stakeholder,
    User,
)
from accounts.services.invitations import invite_colleague
from accounts.services.own_settings import make_calendar_key
from accounts.services.unsubscribing import unsubscribe_url
from plans.models import (
    Comment,
    Connection,
    Criterion,
    Decision,
    Delivery,
    Evidence,
    Notification,
    Plan,
    Renewal,
    RenewalItem,
    RenewalOption,
    RenewalWindow,
    SignOff,
    Stage,
    UsageFeed,
    UsageImport,
)
from plans.services.answer_links import answer_url
from plans.services.commenting import add_comment, edit_comment
from plans.services.signing import request_signoff
from portal.lib.files import keep_file
from reports.models import Edition
from tests.access_table import TABLE
from tests.factories import (
    AccountFactory,
    EvidenceFactory,
    MeasurementFactory,
    StakeholderFactory,
    UserFactory,
    WinFactory,
    actor,
    make_draft_plan,
    make_live_plan,
    objective_of,
    task_of,
)

KINDS = (
    "anonymous", "admin", "csm", "executive", "sponsor", "champion", "contributor", "viewer", "stranger",
    "deactivated", "invited",
)  # fmt: skip

CASES = {
    "draft": lambda things: (
        things | {"plan_id": things["draft"].pk, "task_id": task_of(things["draft"], 1).pk}
    ),
    "vendor-task": lambda things: things | {"task_id": task_of(things["plan"], 2).pk},
    "other": lambda things: things | {"fact_id": things["other_fact"].pk},
    "own": lambda things: things | {"task_id": task_of(things["plan"], 3).pk},
    "note": lambda things: things | {"comment_id": things["note_id"]},
    "champions": lambda things: things | {"stage_id": things["plan"].stages.get(key="use").pk},
    "everybodys": lambda things: things | {"confirmation_id": things["everybodys"]},
    "unknown": lambda things: things | {"token": "nothing", "signed": "nothing", "link": "nothing"},
}


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """One transaction for all of this file: whatever is asked leaves nothing behind, so the world is made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def everybody(db) -> dict[str, User | None]:
    """As for other tests (tests/people.py)."""
    csm = UserFactory(name="Carla Csm", vendor_role="csm")
    account = AccountFactory(name="Acme", owner=csm)
    return {
        "admin": UserFactory(name="Ada Admin", vendor_role="admin"),
        "csm": csm,
        "executive": UserFactory(name="Eve Executive", vendor_role="executive"),
        **{str(role): StakeholderFactory(account=account, role=role).user for role in StakeholderRole},
        "stranger": StakeholderFactory(account__name="Umbrella", role="champion").user,
        "anonymous": None,
    }


@pytest.fixture(scope="module")
def account(everybody) -> Account:
    return Account.objects.get(name="Acme")


@pytest.fixture(scope="module")
def plan(everybody, account) -> Plan:
    return make_live_plan(
        account=account, owners={role: everybody[role] for role in ("csm", "champion", "contributor")}
    )


@pytest.fixture(scope="module")
def things(account, plan, everybody) -> dict[str, Any]:
    """One of everything on `account`, named as the addresses name it."""
    champion, csm, contributor = (everybody[kind] for kind in ("champion", "csm", "contributor"))
    evidence = _file_evidence(plan, champion)
    plan.tasks.filter(key="task-3").update(
        owner=contributor, form=[{"key": "diagram", "kind": "file", "label": "D"}]
    )
    connection = Connection.objects.create(name="webhook", kind="webhook", secret="s" * 32)
    delivery = Delivery.objects.create(
        connection=connection, endpoint="deals", body=b"{}", failed_at=timezone.now()
    )
    return {
        "account_id": account.pk,
        **_money(_contract(account)),
        "renewal_id": (renewal := _renewal(plan)).pk,
        "option_id": renewal.options.get().pk,
        "item_id": renewal.items.get().pk,
        "stakeholder_id": Stakeholder.objects.get(user=_somebody(account)).pk,
        "invitation_id": _invitation(account, csm).pk,
        "person_id": User.objects.create_user("other@vendor.example", vendor_role="csm").pk,
        "delivery_id": delivery.pk,
        "plan": plan,
        "draft": make_draft_plan(account=account),
        "plan_id": plan.pk,
        "task_id": task_of(plan, 1).pk,
        "meeting_id": plan.meetings.get().pk,
        "decision_id": _decision(plan).pk,
        "evidence_id": evidence.pk,
        "objective_id": objective_of(plan).pk,
        "measurement_id": MeasurementFactory(objective=objective_of(plan), claimed_by=champion).pk,
        "kind": "task",
        "thing_id": task_of(plan, 1).pk,
        "comment_id": _comment(plan, contributor).pk,
        "note_id": _comment(plan, csm, vendor_only=True).pk,
        "stage_id": (start := plan.stages.get(key="start")).pk,
        "criterion_id": _criterion(start).pk,
        "milestone_id": plan.milestones.get(key="kickoff-held").pk,
        "signoff_id": _signoff(plan, csm, champion).pk,
        "edition_id": _edition(plan).pk,
        "win_id": WinFactory(objective=objective_of(plan)).pk,
        "fact_id": _file_fact(account, "diagram").pk,
        "other_fact": _file_fact(account, "contract"),
        "link": answer_url(task_of(plan, 1), champion).rsplit("/", 2)[1],
        "connection": "webhook",
        "endpoint": "deals",
        "secret": "nothing",
        "notification_id": _notification(plan, champion).pk,
        "signed": unsubscribe_url(champion.pk, "digest").rstrip("/").rpartition("/")[2],
        "token": make_calendar_key(by=champion).token,
        "import_id": UsageImport.objects.create(file_name="usage.csv", step="checked").pk,
        "feed_id": UsageFeed.objects.create(name="product", token_sha256="0" * 64).pk,
        "confirmation_id": _confirmation(account).pk,
        "everybodys": _confirmation(None).pk,
        "brand": "1f4fa3",
        "accent": "b4552d",
        "digest": "nothing",
        "name": "20260302-090000-1",
        "number": 0,
    }


@pytest.fixture(scope="module")
def kinds(everybody, account, things) -> Iterator[dict[str, Client]]:
    """A browser for each kind. Everybody else of the table is on `account`, the stranger on another one.

    Their sessions are in their cookies: five thousand requests look up no row for them.
    """
    gone = StakeholderFactory(account=account, user__name="Dan Deactivated").user
    invited = StakeholderFactory(account=account, user__name="Ines Invited", joined_at=None).user
    User.objects.filter(pk=gone.pk).update(is_active=False)
    # Nothing is committed here, which would have told.
    connection.check_constraints()
    browsers = {}
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
        for kind, person in (everybody | {"deactivated": gone, "invited": invited}).items():
            browsers[kind] = Client()
            if person:
                browsers[kind].force_login(person)
        yield browsers


def _rows() -> dict[tuple[str, str], tuple[int, ...]]:
    rows = {}
    for line in TABLE.strip().splitlines():
        if line and not line.startswith("#"):
            method, name, *statuses = line.split()
            rows[method, name] = tuple(int(status) for status in statuses)
    return rows


def _patterns(resolver: URLResolver) -> Iterator[tuple[str, list[str]]]:
    """Every address of the portal: its name and its arguments."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern} has no name"
            yield pattern.name, list(pattern.pattern.converters)


ADDRESSES = dict(_patterns(get_resolver()))


def _ask(browser: Client, method: str, url: str) -> int:
    """The status, with nothing left of what the request did: no row, no cookie, no count of a rate limit."""
    cache.clear()
    cookies = deepcopy(browser.cookies)
    with transaction.atomic():
        answer = browser.get(url) if method == "GET" else browser.post(url)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer.status_code


@pytest.mark.parametrize("name", sorted({name for _, name in _rows()} | set(ADDRESSES)))
def test_who_gets_in_where(things, kinds, name):
    rows = _rows()
    address, _colon, case = name.partition(":")
    named = CASES[case](things) if case else things
    url = reverse(address, kwargs={argument: named[argument] for argument in ADDRESSES[address]})
    for method in ("GET", "POST"):
        assert (method, name) in rows, f"{method} {name} stands in no row of the table"
        statuses = tuple(_ask(kinds[kind], method, url) for kind in KINDS)
        wanted = dict(zip(KINDS, rows[method, name], strict=True))
        assert dict(zip(KINDS, statuses, strict=True)) == wanted, f"{method} {url}"


def test_the_table_names_no_address_that_is_gone():
    assert {name.partition(":")[0] for _, name in _rows()} == set(ADDRESSES)


@pytest.fixture
def other_plan(kinds) -> Iterator[Plan]:
    with transaction.atomic():
        yield make_live_plan(account=Account.objects.get(name="Umbrella"))
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "name", [name for name, arguments in ADDRESSES.items() if "plan_id" in arguments and len(arguments) > 1]
)
def test_no_part_of_a_plan_is_reached_through_another_plan(things, kinds, other_plan, name):
    """Not even by somebody who sees both: the address has to be true."""
    named = things | {"plan_id": other_plan.pk}
    url = reverse(name, kwargs={argument: named[argument] for argument in ADDRESSES[name]})
    for kind in ("admin", "csm", "champion", "stranger"):
        assert {_ask(kinds[kind], method, url) for method in ("GET", "POST")} <= {404, 405}


def test_what_is_not_there_is_404_for_everybody(kinds, things):
    for name, arguments in ADDRESSES.items():
        ids = [argument for argument in arguments if isinstance(things[argument], UUID)]
        if ids:
            named = things | dict.fromkeys(ids, uuid4())
            url = reverse(name, kwargs={argument: named[argument] for argument in arguments})
            for kind in ("admin", "champion"):
                found = {_ask(kinds[kind], method, url) for method in ("GET", "POST")}
                assert found <= {403, 404, 405}, name


def _notification(plan: Plan, user: User) -> Notification:
    return Notification.objects.create(
        account_id=plan.account_id, plan=plan, user=user, kind="your_turn", subject="Task", path="/"
    )


def _somebody(account: Account) -> User:
    return StakeholderFactory(account=account, user__name="Somebody").user


def _comment(plan: Plan, author: User, *, vendor_only: bool = False) -> Comment:
    """One that was changed once."""
    by = actor(author, plan)
    comment = add_comment(by=by, thing=task_of(plan, 1), body="First.", vendor_only=vendor_only)
    return edit_comment(by=by, comment=comment, version=1, body="Second.")


def _renewal(plan: Plan) -> Renewal:
    """With one option, not shown yet, and one thing that the customer has to say."""
    end = plan.ends_on
    contract = Contract.objects.create(account=plan.account, starts_on=plan.kickoff_on, ends_on=end)
    of = {"account": plan.account, "plan": plan}
    renewal = Renewal.objects.create(**of, contract=contract)
    window = RenewalWindow.objects.create(**of, renewal=renewal, days_before=30, opens_on=end)
    RenewalItem.objects.create(
        **of, renewal=renewal, window=window, key="k", kind="confirm", position=0, text="T", side="customer"
    )
    RenewalOption.objects.create(
        **of, renewal=renewal, kind="same", position=0, name="S", starts_on=end, ends_on=end, billing="yearly"
    )
    return renewal


def _money(contract: Contract) -> dict[str, UUID]:
    """A contract that is exposed in a cohort, and a cost of its account."""
    day, account = contract.starts_on, contract.account
    cost = AccountCost.objects.create(account=account, spent_on=day, kind="travel", amount=1, currency="EUR")
    cohort = RiskCohort.objects.create(
        name="C", starts_on=day, ends_on=day, baseline_low=1, baseline=2, baseline_high=3, source="S"
    )
    member = CohortMember.objects.create(account=account, cohort=cohort, contract=contract)
    return {
        "contract_id": contract.pk, "cost_id": cost.pk, "cohort_id": cohort.pk, "member_id": member.pk,
    }  # fmt: skip


def _contract(account: Account) -> Contract:
    return Contract.objects.create(
        account=account, starts_on=account.today(), ends_on=account.today(), currency="EUR"
    )


def _invitation(account: Account, csm: User) -> Invitation:
    return invite_colleague(
        by=actor(csm, account), account=account, email="nora@example.com", name="Nora", role="viewer"
    )


def _criterion(stage: Stage) -> Criterion:
    """One that a person confirms."""
    return Criterion.objects.create(
        account_id=stage.account_id,
        plan_id=stage.plan_id,
        stage=stage,
        gate="exit",
        position=0,
        text="Ready.",
    )


def _signoff(plan: Plan, csm: User, champion: User) -> SignOff:
    return request_signoff(by=actor(csm, plan), plan=plan, signers=[csm, champion])


def _decision(plan: Plan) -> Decision:
    return Decision.objects.create(account=plan.account, plan=plan, meeting=plan.meetings.get(), text="Yes.")


def _file_evidence(plan: Plan, claimed_by: User) -> Evidence:
    return EvidenceFactory(
        task=task_of(plan, 1), claimed_by=claimed_by, kind="file", file=keep_file(b"proof", ".txt"),
        file_name="proof.txt", content_type="text/plain", size=5, sha256=hashlib.sha256(b"proof").hexdigest(),
    )  # fmt: skip


def _confirmation(account: Account | None) -> SecurityConfirmation:
    return SecurityConfirmation.objects.create(
        account=account, name="ISO 27001", issuer="TÜV", file=keep_file(b"a certificate", ".txt"),
        file_name="iso.txt", content_type="text/plain", size=13, sha256="0" * 64,
    )  # fmt: skip


def _file_fact(account: Account, key: str) -> Fact:
    value = {
        "file": keep_file(b"a,b", ".csv"),
        "name": "a.csv",
        "content_type": "text/csv",
        "size": 3,
        "sha256": "0",
    }
    return Fact.objects.create(account=account, key=key, label=key, kind="file", value=value)


def _edition(plan: Plan) -> Edition:
    content = b"%PDF-1.7 a document\n%%EOF"
    return Edition.objects.create(
        account=plan.account, plan=plan, period_from=plan.kickoff_on, period_to=plan.ends_on, step="done",
        finished_at=timezone.now(), file=keep_file(content, ".pdf"), size=len(content),
        file_sha256=hashlib.sha256(content).hexdigest(), snapshot=b"{}",
        snapshot_sha256=hashlib.sha256(b"{}").hexdigest(), template_version="v1",
    )  # fmt: skip
