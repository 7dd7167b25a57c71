"""The renewal packet as HTML. A template version that was issued is never changed: a better one is a new version."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from portal.lib.money import amount_text
from reports.base_words import base_context, long_day
from reports.packet import offer_words, open_words, presenting
from reports.packet.letter import chosen, paragraphs, salutation
from reports.packet.next_words import next_context
from reports.packet.snapshot import PacketSnapshot
from reports.packet.use_words import allowance_texts

SNAPSHOT = PacketSnapshot
VERSIONS = ("v1",)
# A register of so many is not torn apart by the end of a page.
FEW_EVIDENCE = 12
_WIDTHS = {1: "w-80", 2: "w-40", 3: "w-25"}


def render(snapshot: PacketSnapshot, version: str = VERSIONS[-1]) -> str:
    """Return the packet as HTML in the snapshot's language. Raises ValueError for an unknown version."""
    if version not in VERSIONS:
        raise ValueError(f"there is no packet template {version!r}")
    with translation.override(snapshot.language):
        return render_to_string(f"reports/pdf/packet/{version}.html", _context(snapshot))


def title(snapshot: PacketSnapshot) -> str:
    """Return the document's title, as a reader's window shows it."""
    with translation.override(snapshot.language):
        facts = {"account": snapshot.account, "day": long_day(snapshot.terms.ends_on)}
        return _("Renewal packet for %(account)s, contract to %(day)s") % facts


def papers(snapshot: PacketSnapshot) -> list[tuple[str, str, str]]:
    """The files that travel in the packet: name, digest, and what each is."""
    attached = {one.attached: one for one in reversed(snapshot.confirmations) if one.attached}
    with translation.override(snapshot.language):
        return [
            (
                name,
                attached[name].digest,
                _("Security confirmation: %(name)s") % {"name": attached[name].name},
            )
            for name in sorted(attached)
        ]


def _context(snapshot: PacketSnapshot) -> dict[str, Any]:
    allowances = allowance_texts(snapshot)
    return {
        **base_context(snapshot, name=_("Renewal packet"), title=title(snapshot)),
        "contract_line": presenting.contract_line(snapshot),
        "state_line": presenting.state_line(snapshot),
        "about_facts": _about(snapshot),
        "salutation": salutation(snapshot),
        "letter": paragraphs(snapshot),
        **presenting.recap_context(snapshot),
        "allowances": allowances,
        "bars": any(one.bar for one in allowances),
        **_offer(snapshot),
        "confirmations": open_words.confirmation_texts(snapshot),
        "papers": any(one.file_name for one in snapshot.confirmations),
        "confirmations_sentence": open_words.confirmations_sentence(snapshot),
        "tasks": open_words.task_rows(snapshot),
        "missing": open_words.missing_rows(snapshot),
        "unconfirmed": open_words.unconfirmed_rows(snapshot),
        **next_context(snapshot),
        "evidence": open_words.evidence_texts(snapshot),
        "few_evidence": len(snapshot.evidence) <= FEW_EVIDENCE,
        "evidence_intro": presenting.evidence_intro(snapshot),
    }


def _offer(snapshot: PacketSnapshot) -> dict[str, Any]:
    """Terms, options, and the order form and invoices of one of them."""
    groups = offer_words.option_groups(snapshot)
    option, order, currency = chosen(snapshot), snapshot.order, snapshot.terms.currency
    context: dict[str, Any] = {
        "terms": offer_words.terms_rows(snapshot),
        "option_groups": groups,
        "option_width": _WIDTHS[max([len(group) for group in groups], default=1)],
        "has_notes": any(one.note for one in snapshot.options),
        "order": order,
        "no_order": presenting.no_order(snapshot),
    }
    if option is None or order is None or option.total is None or option.yearly is None:
        return context
    return context | {
        "currency": currency,
        "order_intro": presenting.order_intro(snapshot),
        "lines": offer_words.line_texts(option, currency),
        "order_yearly": amount_text(option.yearly, currency),
        "order_total": amount_text(option.total, currency),
        "years": offer_words.year_texts(option, currency),
        "tax_sentence": presenting.tax_sentence(snapshot),
        "signatures": offer_words.signature_texts(snapshot),
        "invoices": offer_words.invoice_texts(order.invoices, currency),
        "invoices_intro": presenting.invoices_intro(snapshot),
    }


def _about(snapshot: PacketSnapshot) -> list[str]:
    return [
        _(
            "Objectives, milestones, tasks and evidence were read from the success plan that both companies share, on "
            "the day the document was made."
        ),
        _(
            "Use is what the feeds and files of the contract’s term say. Amounts follow from the lines of each option: "
            "each line is rounded once, and the invoices sum to the total to the smallest unit of the currency."
        ),
    ]
