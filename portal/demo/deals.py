"""The deals of the demo: invented companies, one for each state that a plan can be in."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from plans.intake.facts import AccountFacts, ContractFacts, DealFacts, PersonFacts, end_of_term
from portal.demo.people import CSM, SECOND_CSM


@dataclass(frozen=True)
class Story:
    """A deal, how many days ago it closed, and how its plan went.

    `pace`: days by which each side is late (vendor, customer). What else happens is in `scripts`, by the key.
    """

    key: str
    days_ago: int
    account: AccountFacts
    deal: str
    arr: Decimal
    currency: str
    csm: str
    contacts: tuple[PersonFacts, ...]
    products: tuple[str, ...]
    pace: tuple[int, int] = (0, 0)
    live: bool = True

    def facts(self, closed_on: date) -> DealFacts:
        return DealFacts(
            source="manual",
            external_id=self.key,
            name=self.deal,
            amount=self.arr,
            currency=self.currency,
            closed_on=closed_on,
            kind="newbusiness",
            is_won=True,
            owner=PersonFacts(email=self.csm),
            account=self.account,
            contacts=self.contacts,
            products=self.products,
            contract=ContractFacts(
                start=closed_on, end=end_of_term(closed_on, 12), term_months=12, arr=self.arr, notice_days=90
            ),
        )


def _person(name: str, domain: str, title: str, buying_role: str = "") -> PersonFacts:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ı", "i")).encode("ascii", "ignore").decode()
    first, _space, last = plain.partition(" ")
    return PersonFacts(name=name, email=f"{first}.{last}@{domain}", title=title, buying_role=buying_role)


STORIES = (
    Story(
        key="demo-aldergate",
        days_ago=104,
        account=AccountFacts(
            external_id="demo-aldergate", name="Aldergate Insurance", domain="aldergate.example",
            industry="Insurance", segment="enterprise", country="GB", time_zone="Europe/London",
        ),
        deal="Aldergate Insurance – Workflow Platform",
        arr=Decimal("186000.00"),
        currency="GBP",
        csm=CSM,
        contacts=(
            _person("Helen Marsh", "aldergate.example", "Chief Operating Officer", "EXECUTIVE_SPONSOR"),
            _person("Imran Qureshi", "aldergate.example", "Revenue Operations Lead", "CHAMPION"),
            _person("Tessa Boyle", "aldergate.example", "IT Administrator", "TECHNICAL_EVALUATOR"),
            _person("Owen Pryce", "aldergate.example", "Head of Information Security", "LEGAL_AND_COMPLIANCE"),
            _person("Lucy Farrow", "aldergate.example", "Sales Enablement Manager", "END_USER"),
        ),
        products=("Workflow Platform", "CRM Connector"),
        pace=(0, 1),
    ),
    Story(
        key="demo-halden",
        days_ago=47,
        account=AccountFacts(
            external_id="demo-halden", name="Halden Components", domain="halden.example",
            industry="Manufacturing", segment="mid-market", country="DE", time_zone="Europe/Berlin",
        ),
        deal="Halden Components – Quote Automation",
        arr=Decimal("52000.00"),
        currency="EUR",
        csm=CSM,
        contacts=(
            _person("Jürgen Thaler", "halden.example", "Geschäftsführer", "EXECUTIVE_SPONSOR"),
            _person("Nadine Krüger", "halden.example", "Sales Operations Manager", "CHAMPION"),
            _person("Emre Yıldız", "halden.example", "IT Administrator", "TECHNICAL_EVALUATOR"),
        ),
        products=("Quote Automation",),
        pace=(0, 9),
    ),
    Story(
        key="demo-pico",
        days_ago=19,
        account=AccountFacts(
            external_id="demo-pico", name="Pico Bakery Supply", domain="picobakery.example",
            industry="Wholesale", segment="smb", country="US", time_zone="America/Chicago",
        ),
        deal="Pico Bakery Supply – Starter",
        arr=Decimal("8400.00"),
        currency="USD",
        csm=SECOND_CSM,
        contacts=(_person("Rosa Delgado", "picobakery.example", "Owner", "CHAMPION"),),
        products=("Starter Plan",),
    ),
    Story(
        key="demo-marlow",
        days_ago=248,
        account=AccountFacts(
            external_id="demo-marlow", name="Marlow Print Works", domain="marlow.example",
            industry="Printing", segment="smb", country="GB", time_zone="Europe/London",
        ),
        deal="Marlow Print Works – Starter",
        arr=Decimal("11760.00"),
        currency="GBP",
        csm=SECOND_CSM,
        contacts=(
            _person("Grace Linfield", "marlow.example", "Production Manager", "CHAMPION"),
            _person("Arthur Penn", "marlow.example", "Managing Director", "EXECUTIVE_SPONSOR"),
        ),
        products=("Starter Plan",),
    ),
    Story(
        key="demo-kestrel",
        days_ago=326,
        account=AccountFacts(
            external_id="demo-kestrel", name="Kestrel Freight", domain="kestrel.example",
            industry="Logistics", segment="smb", country="NL", time_zone="Europe/Amsterdam",
        ),
        deal="Kestrel Freight – Starter",
        arr=Decimal("16800.00"),
        currency="EUR",
        csm=SECOND_CSM,
        contacts=(
            _person("Sanne Bakker", "kestrel.example", "Head of Customer Service", "CHAMPION"),
            _person("Ruben Vos", "kestrel.example", "Finance Director", "EXECUTIVE_SPONSOR"),
        ),
        products=("Starter Plan",),
    ),
    Story(
        key="demo-orrin",
        days_ago=1,
        account=AccountFacts(
            external_id="demo-orrin", name="Orrin Robotics", domain="orrin.example",
            industry="Robotics", segment="enterprise", country="FR", time_zone="Europe/Paris",
        ),
        deal="Orrin Robotics – Workflow Platform",
        arr=Decimal("240000.00"),
        currency="EUR",
        csm=CSM,
        contacts=(_person("Camille Roussel", "orrin.example", "VP Operations", "CHAMPION"),),
        products=("Workflow Platform",),
        live=False,
    ),
)  # fmt: skip
