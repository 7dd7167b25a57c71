"""What becomes of a delivery: split into notices, each applied once, failures kept with their reason."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.permissions import Actor
from plans.choices import ConnectionKind
from plans.intake.applying import Applied, apply_facts
from plans.intake.facts import DealFacts, is_won
from plans.intake.hubspot_client import CrmRefused, CrmUnavailable, HubSpotClient
from plans.intake.notices import Malformed, NoticeKind
from plans.intake.notices import Notice as Said
from plans.intake.parsing import facts_in, parse
from plans.intake.receiving import check_organisation
from plans.intake.signatures import SignatureRefused
from plans.models import Connection, Delivery, Notice, Plan
from plans.playbook.choosing import NoPlaybook
from portal.lib import clock
from portal.lib.queue import enqueue

logger = logging.getLogger(__name__)

# A worker that takes a delivery has it for this long; when it dies, the sweep gives it to another.
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
REFUSED_FOR = timedelta(days=30)
BATCH = 100


def process_delivery(delivery_id: UUID | str) -> None:
    """Do what a delivery asks for. Running it twice, or in two processes at once, is harmless."""
    delivery = _take(delivery_id)
    if delivery is None:
        return
    if delivery.attempts > MAX_ATTEMPTS:
        # Taken that often and never given back: each time the worker died over it.
        _fail(delivery, _("The work on this delivery was cut off %(n)d times.") % {"n": MAX_ATTEMPTS})
        return
    try:
        for notice in _split(delivery):
            _settle(delivery, notice)
    except CrmUnavailable as error:
        _try_later(delivery, error.reason, error.retry_after)
    except (Malformed, SignatureRefused) as error:
        _fail(delivery, str(error))
    except Exception as error:
        # A fault of ours must not lose the delivery: it is kept, tried again, and shown to an admin.
        logger.exception("Delivery %s", delivery.pk)
        _try_later(delivery, f"{type(error).__name__}: {error}", None)
    else:
        _finish(delivery)


def replay_delivery(*, by: Actor, delivery: Delivery) -> None:
    """Have a delivery worked on again, as if it had just come. One that was refused at the door stays refused."""
    by.require("delivery.replay")
    put_back(delivery)


@transaction.atomic
def put_back(delivery: Delivery) -> None:
    """The same for an operator at the command line."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.refused_at:
        raise ValidationError(_("This delivery was refused: nobody knows who sent it."))
    delivery.processed_at = delivery.failed_at = None
    delivery.reason, delivery.attempts, delivery.due_at = "", 0, clock.now()
    delivery.save(update_fields=["processed_at", "failed_at", "reason", "attempts", "due_at"])
    delivery.notices.update(applied_at=None, ignored_at=None, failed_at=None, reason="")
    enqueue("plans.process_delivery", str(delivery.pk))


def enter_deal(*, by: Actor, facts: DealFacts) -> Plan:
    """A deal entered by hand goes the same way as a delivered one. Raises NoPlaybook."""
    by.require("deal.enter")
    applied = apply_facts(facts, source="manual", by=by.user)
    if applied is None:  # unreachable for a fresh id; a repeated form post finds the plan of the first
        raise ValidationError(_("This deal is known already, from a later day."))
    return applied.plan


def due_delivery_ids() -> list[str]:
    due = Delivery.objects.due().order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return [str(pk) for pk in due]


def forget_refused() -> int:
    """Delete what was refused more than `REFUSED_FOR` ago: nobody can have it worked on. Answers how many."""
    old = Delivery.objects.filter(refused_at__lt=clock.now() - REFUSED_FOR)
    return old.delete()[0]


def _take(delivery_id: UUID | str) -> Delivery | None:
    """Lease the delivery; None when it is finished, not due, or with another worker."""
    now = clock.now()
    taken = (
        Delivery.objects.due().filter(pk=delivery_id).update(due_at=now + LEASE, attempts=F("attempts") + 1)
    )
    return Delivery.objects.select_related("connection").get(pk=delivery_id) if taken else None


def _split(delivery: Delivery) -> list[Notice]:
    """The notices of this delivery that are not settled; what an earlier delivery said already is not repeated."""
    connection = delivery.connection
    parsed = parse(
        connection.kind,
        delivery.endpoint,
        bytes(delivery.body),
        delivery.content_type,
        deal_object_type=connection.deal_type_id,
    )
    # Again, because an admin may have put back what could not be read at the door.
    check_organisation(connection, parsed.org_id)
    Notice.objects.bulk_create(
        (
            Notice(
                connection=connection,
                delivery=delivery,
                dedupe_key=said.dedupe_key,
                external_id=said.external_id,
                occurred_at=said.occurred_at,
                kind=said.kind,
                payload=said.payload,
            )
            for said in parsed.notices
        ),
        ignore_conflicts=True,
    )
    open_notices = delivery.notices.filter(applied_at=None, ignored_at=None, failed_at=None)
    return list(open_notices.order_by(F("occurred_at").asc(nulls_first=True), "id"))


def _settle(delivery: Delivery, notice: Notice) -> None:
    """Apply one notice, or say why not. CrmUnavailable passes through: the delivery is tried again."""
    now = clock.now()
    try:
        applied, reason = _apply(delivery, notice)
    except (CrmRefused, Malformed, NoPlaybook) as error:
        notice.failed_at, notice.reason = now, str(error)
    else:
        notice.reason = reason
        if applied:
            notice.applied_at = now
            notice.account, notice.deal, notice.plan = applied.account, applied.deal, applied.plan
        else:
            notice.ignored_at = now
    notice.save(update_fields=["applied_at", "ignored_at", "failed_at", "reason", "account", "deal", "plan"])


def _apply(delivery: Delivery, notice: Notice) -> tuple[Applied | None, str]:
    if notice.kind == NoticeKind.DELETED:
        return None, _("The deal was deleted in the CRM; nothing is deleted here.")
    if notice.kind != NoticeKind.CHANGED:
        return None, _("Not about a deal.")
    connection = delivery.connection
    facts = _facts(connection, delivery.endpoint, notice)
    if not is_won(facts, set(connection.winning_stages)):
        stage = facts.stage_id or _("unnamed")
        return None, _("Stage “%(stage)s” is not a winning stage of this connection.") % {"stage": stage}
    applied = apply_facts(facts, source=connection.name)
    if applied is None:
        return None, _("Older than what is known of this deal.")
    return applied, _("A plan was made.") if applied.made else _("The plan was there; it was updated.")


def _facts(connection: Connection, endpoint: str, notice: Notice) -> DealFacts:
    said = Said(
        notice.dedupe_key, notice.external_id, notice.occurred_at, NoticeKind(notice.kind), notice.payload
    )
    facts = facts_in(connection.kind, endpoint, said)
    if connection.kind != ConnectionKind.HUBSPOT or not connection.api_base:
        if facts is None:
            raise Malformed(_("The connection has no address to read the deal from."))
        return facts
    with HubSpotClient(connection.api_base, connection.token) as client:
        return client.deal(notice.external_id)


def _finish(delivery: Delivery) -> None:
    """Processed; or failed, when one of its notices was."""
    failed = delivery.notices.filter(failed_at__isnull=False).first()
    if failed:
        _fail(delivery, failed.reason)
        return
    _put(delivery, processed_at=clock.now(), reason="")


def _fail(delivery: Delivery, reason: str) -> None:
    _put(delivery, failed_at=clock.now(), reason=reason)


def _try_later(delivery: Delivery, reason: str, retry_after: float | None) -> None:
    """30 s, 1 min, 2 min … or what the CRM asked for; after eight tries it has failed, and can be replayed."""
    if delivery.attempts >= MAX_ATTEMPTS:
        _fail(delivery, reason)
        return
    wait = max(30 * 2 ** (delivery.attempts - 1), retry_after or 0)
    _put(delivery, due_at=clock.now() + timedelta(seconds=wait), reason=reason)
    enqueue("plans.process_delivery", str(delivery.pk), countdown=wait)


def _put(delivery: Delivery, **facts: Any) -> None:
    """Write the outcome, unless the lease ran out meanwhile and another worker has the delivery now."""
    Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts).update(**facts)
