"""The facts of a renewal packet: those of a recap of the term so far, the contract, the offer, and what is open.

Fewer than 30 queries whatever the size, and no write. Nothing that only the vendor sees is read: a packet that is not
ready is kept from the customer because it is a draft, not because of what is in it.
"""

from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.services.branding import read_vendor
from plans.models import Renewal
from reports.base import common_facts
from reports.kinds import Asked, Refused
from reports.models import Audience
from reports.packet.allowances import allowances_of, read_use
from reports.packet.assurances import read_confirmations
from reports.packet.confirming import MOST_UNCONFIRMED, unconfirmed, without_unconfirmed, without_values
from reports.packet.offers import order_of, read_options, terms_of
from reports.packet.open_items import read_evidence, read_tasks
from reports.packet.people import read_people
from reports.packet.readiness import read_missing
from reports.packet.recap_part import read_recap
from reports.packet.snapshot import More, PacketSnapshot


def gather(asked: Asked) -> PacketSnapshot:
    """Read what the packet of a renewal says.

    Run it in one transaction of its own (repeatable read), so that all numbers are of one moment. Raises Refused
    where it was asked for both companies, and the renewal has stopped being ready since.
    """
    if asked.subject_id is None:
        raise ValueError("a packet is about a renewal")
    renewal = Renewal.objects.select_related("plan__account__owner", "contract").get(
        pk=asked.subject_id, plan=asked.plan
    )
    with translation.override(asked.language):
        if asked.audience == Audience.SHARED and renewal.ready_at is None:
            raise Refused(_("The renewal is not ready yet. Until then its packet is a draft, only for us."))
        return _snapshot(renewal, asked)


def _snapshot(renewal: Renewal, asked: Asked) -> PacketSnapshot:
    plan, contract = renewal.plan, renewal.contract
    account = plan.account
    today, zone = account.today(), account.zone

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    vendor = read_vendor()
    common = common_facts(asked, vendor)
    adoption, limits = read_use(contract, today)
    recap = read_recap(asked, contract.starts_on, common, adoption)
    waiting = unconfirmed(recap)
    only_confirmed = vendor.only_confirmed
    # The customer sees the options once they are offered, and not before, in a document either.
    shown = renewal.offered_at or asked.audience == Audience.INTERNAL
    read = read_options(renewal, day) if shown else []
    options = [one.option for one in read]
    people = read_people(asked)
    order = order_of(read, contract, customer=people.sponsor, vendor=people.executive or people.csm)
    ends = max([one.ends_on for one in options], default=contract.ends_on)
    tasks, tasks_more = read_tasks(plan, today)
    evidence, counted = read_evidence(plan, day)
    return PacketSnapshot(
        **common | {"watermark": "" if renewal.ready_at else _("Draft")},
        ready_on=day(renewal.ready_at) if renewal.ready_at else None,
        csm=people.csm,
        sponsor=people.sponsor,
        recap=without_unconfirmed(recap) if only_confirmed else recap,
        terms=terms_of(contract),
        allowances=tuple(allowances_of(limits, adoption)),
        options=tuple(options),
        order=order,
        confirmations=tuple(
            read_confirmations(
                account,
                today=today,
                term_ends=options[order.option].ends_on if order else ends,
                portal_address=common["portal_address"],
                box=asked.pictures,
            )
        ),
        tasks=tuple(tasks),
        missing=tuple(read_missing(renewal)),
        unconfirmed=tuple((without_values(waiting) if only_confirmed else waiting)[:MOST_UNCONFIRMED]),
        only_confirmed=only_confirmed,
        evidence=tuple(evidence),
        evidence_count=counted,
        more=More(
            tasks=tasks_more,
            unconfirmed=max(0, len(waiting) - MOST_UNCONFIRMED),
            left_out=len(waiting) if only_confirmed else 0,
            evidence=counted.total - len(evidence),
        ),
    )
