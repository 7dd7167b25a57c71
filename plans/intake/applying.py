"""What a deal's facts do to the database: account, people, deal, contract, and the one plan.

One transaction, and one deal at a time: an advisory lock makes simultaneous deliveries queue up, because accounts
are also found by domain, which no constraint could hold once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import Q

from accounts.choices import Segment, Touch, Verb
from accounts.models import Account, Contract, Deal, Stakeholder, User
from accounts.services.crm_contracts import follow_crm
from accounts.services.owners import csm_for
from accounts.services.people import get_or_create_person, put_on_account
from accounts.services.recording import record
from plans.casting import Candidate, cast_customer_roles, portal_role_of
from plans.choices import Gap
from plans.intake.facts import DealFacts, end_of_term, segment_for
from plans.models import Plan, PlaybookVersion
from plans.playbook.choosing import DealShape, choose_playbook
from plans.playbook.schema import Playbook
from plans.services.framing import follow_contract
from plans.services.going_live import call_in_newcomers, make_live
from plans.services.making import PlanOrder, kickoff_day, make_plan
from plans.services.recasting import recast_plan
from portal.lib.mail_providers import FREE_MAIL

INTAKE_LOCK = 7_316_001
# Whoever lacks one of these looks at the draft first, even where the playbook says "at once".
NEEDS_A_HUMAN = frozenset({Gap.COMPANY, Gap.CONTACTS, Gap.OWNER})


@dataclass(frozen=True)
class Applied:
    account: Account
    deal: Deal
    plan: Plan
    made: bool


@transaction.atomic
def apply_facts(facts: DealFacts, *, source: str, by: User | None = None) -> Applied | None:
    """Bring the portal in line with a won deal; None when the facts are older than what is known already.

    Raises NoPlaybook when no playbook fits.
    """
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [INTAKE_LOCK])
    known = (
        Deal.objects.filter(source=source, external_id=facts.external_id).select_related("account").first()
    )
    if known and known.occurred_at and facts.occurred_at and facts.occurred_at < known.occurred_at:
        return None
    account = _put_account(facts, source, known)
    deal = _put_deal(facts, source, account)
    people = _put_people(facts, account)
    plan = Plan.objects.filter(deal=deal).select_related("playbook_version").first()
    if plan:
        contract = _put_contract(facts, deal, plan.kickoff_on)
        if contract:
            follow_contract(plan=plan, ends_on=_plan_end(contract, plan.kickoff_on))
        _update_plan(plan, facts, people)
        plan.refresh_from_db()
        return Applied(account, deal, plan, made=False)
    return Applied(account, deal, _make_plan(facts, deal, people, by), made=True)


def _put_account(facts: DealFacts, source: str, known: Deal | None) -> Account:
    said = facts.account
    account = known.account if known else _find_account(facts, source)
    owner = csm_for(facts.owner.email if facts.owner else "")
    if account is None:
        segment = segment_for(facts).segment
        account = Account(
            source=source,
            external_id=said.external_id if said else "",
            segment=segment,
            touch=Touch.TECH if segment == Segment.SMB else Touch.HIGH,
        )
    if said:
        account.name = said.name or account.name
        account.domain = said.domain or account.domain
        account.industry = said.industry or account.industry
        account.country = said.country or account.country
        account.time_zone = said.time_zone or account.time_zone
        # A company that the first delivery did not name, or a domain that it did not: filled in once.
        if not account.external_id and _find_account(facts, source) is None:
            account.external_id = said.external_id if account.source == source else ""
    if account.allowed_domains == [] and not account.stakeholders.exists():
        # Not once people are there: somebody may have emptied the list on purpose.
        account.allowed_domains = _domains(facts)
    account.name = account.name or facts.name or facts.external_id
    account.owner = account.owner or owner
    account.save()
    return account


def _find_account(facts: DealFacts, source: str) -> Account | None:
    said = facts.account
    if said is None:
        return None
    by_id = Account.objects.filter(source=source, external_id=said.external_id)
    found = by_id.first() if said.external_id else None
    if found is None and said.domain and said.domain not in FREE_MAIL:
        same_domain = Account.objects.filter(domain=said.domain).order_by("created_at")
        if said.external_id:
            # The same CRM knows it under another id: a sister company, which must not see this one's plan.
            same_domain = same_domain.exclude(Q(source=source) & ~Q(external_id=""))
        found = same_domain.first()
    return found


def _domains(facts: DealFacts) -> list[str]:
    """The company's own domain and those of its contacts, without the mail providers that anybody can join."""
    names = {facts.account.domain if facts.account else ""}
    names |= {person.email.rpartition("@")[2] for person in facts.contacts}
    return sorted(names - FREE_MAIL - {""})


def _put_deal(facts: DealFacts, source: str, account: Account) -> Deal:
    """The deal as it is now. What this delivery leaves out (another shape says less) stays as it was known."""
    said = {
        "name": facts.name,
        "amount": facts.amount,
        "currency": facts.currency,
        "closed_on": facts.closed_on,
        "kind": facts.kind,
        "products": list(facts.products),
        "owner_email": facts.owner.email if facts.owner else "",
        "occurred_at": facts.occurred_at,
    }
    told = {name: value for name, value in said.items() if value not in (None, "", [])}
    deal, _made = Deal.objects.update_or_create(
        source=source,
        external_id=facts.external_id,
        defaults={"account": account, **told},
        create_defaults={"account": account, "name": account.name, **told},
    )
    return deal


def _put_contract(facts: DealFacts, deal: Deal, fallback_start: date) -> Contract | None:
    """The term as far as the deal names it: a start with an end or a length."""
    said = facts.contract
    if said is None or not (said.start or said.end or said.term_months):
        return None
    start = said.start or facts.closed_on or fallback_start
    end = said.end or end_of_term(start, said.term_months or 12)
    told = {"arr": said.arr, "currency": facts.currency, "notice_days": said.notice_days}
    return follow_crm(
        deal=deal,
        said={
            "starts_on": min(start, end),
            "ends_on": end,
            **{name: value for name, value in told.items() if value not in (None, "")},
        },
    )


def _put_people(facts: DealFacts, account: Account) -> list[Candidate]:
    """The contacts who can be written to, as stakeholders.

    Passed over are vendor people, and those whom somebody has put out: a delivery does not bring them back.
    """
    candidates = []
    for contact in facts.contacts:
        if not contact.email:
            continue
        person = get_or_create_person(email=contact.email, name=contact.name)
        if person.is_vendor or not person.is_active:
            continue
        stakeholder = put_on_account(
            account=account,
            user=person,
            role="contributor",
            title=contact.title,
            buying_role=contact.buying_role,
        )
        if stakeholder.removed_at is None:
            candidates.append(Candidate(person.pk, contact.title, contact.buying_role))
    return candidates


def _make_plan(facts: DealFacts, deal: Deal, people: list[Candidate], by: User | None) -> Plan:
    account = deal.account
    versions = {(v.playbook.key, v.number): v for v in PlaybookVersion.objects.newest()}
    shape = DealShape(account.segment, account.touch, segment_for(facts).measure, facts.products)
    choice = choose_playbook([version.text for version in versions.values()], shape)
    playbook = choice.playbook
    kickoff_on = kickoff_day(account, playbook, facts.closed_on)
    contract = _put_contract(facts, deal, kickoff_on)
    order = PlanOrder(
        account=account,
        deal=deal,
        version=versions[(playbook.key, playbook.version)],
        reason=choice.reason,
        kickoff_on=kickoff_on,
        ends_on=_plan_end(contract, kickoff_on),
        owners=_owners(account, playbook, people),
        gaps=_gaps(facts, account, contract, people),
    )
    plan = make_plan(order, by=by)
    if playbook.go_live == "at_once" and not NEEDS_A_HUMAN & set(order.gaps):
        plan = make_live(plan=plan, by=None)
    return plan


def _plan_end(contract: Contract | None, kickoff_on: date) -> date:
    """The contract's last day; a year from the kickoff where there is none, or where it has passed."""
    if contract and contract.ends_on > kickoff_on + timedelta(days=14):
        return contract.ends_on
    return end_of_term(kickoff_on, 12)


def _owners(account: Account, playbook: Playbook, people: list[Candidate]) -> dict[str, UUID]:
    """People by role: customer roles from the contacts; vendor roles fall to the CSM, who may hand them on."""
    cast = cast_customer_roles(playbook.roles, people)
    for person in people:
        Stakeholder.objects.filter(
            account=account, user_id=person.user_id, joined_at=None, invitations=None
        ).update(role=portal_role_of(person.user_id, playbook.roles, cast))
    if account.owner_id:
        cast |= {role.key: account.owner_id for role in playbook.roles if role.side == "vendor"}
    return cast


def _gaps(
    facts: DealFacts, account: Account, contract: Contract | None, people: list[Candidate]
) -> list[str]:
    # The CRM's owner may be unknown to us: what counts is whether the account has somebody here.
    gaps: set[str] = {gap for gap in facts.gaps if gap != Gap.OWNER}
    if facts.account is None:
        gaps.add(Gap.COMPANY)
    if not people:
        gaps.add(Gap.CONTACTS)
    if account.owner is None:
        gaps.add(Gap.OWNER)
    if contract is None:
        gaps.add(Gap.CONTRACT)
    return sorted(gaps)


def _open_gaps(plan: Plan, facts: DealFacts, people: list[Candidate]) -> list[str]:
    """Of what the deal lacked, that which it still lacks; a delivery that says less opens no new gap."""
    contract = Contract.objects.filter(deal__plan=plan).first()
    return sorted(set(plan.gaps) & set(_gaps(facts, plan.account, contract, people)))


def _update_plan(plan: Plan, facts: DealFacts, people: list[Candidate]) -> None:
    """A later delivery fills what is empty and leaves what a person set."""
    filled = recast_plan(
        plan=plan,
        owners=_owners(plan.account, plan.playbook_version.text, people),
        gaps=_open_gaps(plan, facts, people),
    )
    if filled:
        record(
            Verb.PLAN_UPDATED,
            account_id=plan.account_id,
            plan_id=plan.pk,
            by=None,
            subject=plan.name,
            new={"owners": filled},
        )
    if plan.state == "live":
        call_in_newcomers(plan)
