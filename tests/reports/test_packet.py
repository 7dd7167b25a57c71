"""What a renewal packet says: read in few queries, added up to the cent, and honest where there is nothing."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from accounts import billing
from accounts.models import Entitlement, SecurityConfirmation, User, Vendor
from plans.models import Evidence, Objective, Renewal, Task, UsageFigure, UsageImport
from portal.lib import clock
from portal.lib.canonical import digest
from portal.lib.files import keep_file, path_of
from portal.lib.money import amount_text
from reports.documents import make_pdf
from reports.models import Edition
from reports.packet.document import render
from reports.packet.open_items import MOST_EVIDENCE
from reports.services import (
    RebuildDiffers,
    Verdict,
    bytes_of,
    cancel_edition,
    check_file,
    make_edition,
    rebuild,
    request_edition,
    retry_edition,
)  # fmt: skip
from tests.factories import MeasurementFactory, WinFactory, actor, make_live_plan, objective_of, task_of
from tests.reports.editions import finished
from tests.reports.packets import ENDS, gathered, option_of, renewal_of
from tests.reports.recaps import page_texts

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 6, 30)
NOON = datetime(2026, 6, 30, 12, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def _midsummer():
    with clock.as_of(NOON):
        yield


@pytest.fixture
def renewal(account, owners) -> Renewal:
    return renewal_of(make_live_plan(account=account, owners=owners, kickoff_on=date(2026, 4, 1)))


def used(renewal: Renewal, active: int, *, ends: date = TODAY, seats: int = 250, team: str = "") -> None:
    UsageFigure.objects.create(
        account=renewal.account, source=UsageImport.objects.get_or_create(account=renewal.account)[0],
        period_from=ends - timedelta(days=6), period_to=ends, team=team, active_users=active, seats=seats,
    )  # fmt: skip


def limited(renewal: Renewal, **changes) -> None:
    facts = {
        "measure": "active_users", "label": "Active users", "limit": Decimal(250), "unit": "users",
        "fair_use_percent": 110, "beyond": "We talk about it.",
    }  # fmt: skip
    Entitlement.objects.create(account=renewal.account, contract=renewal.contract, **facts | changes)


def confirmed_until(renewal: Renewal, name: str, until: date | None) -> None:
    SecurityConfirmation.objects.create(name=name, issuer="TÜV", valid_until=until)


def proved(renewal: Renewal, by: User, count: int) -> None:
    task = task_of(renewal.plan, 1)
    Evidence.objects.bulk_create(
        Evidence(plan=renewal.plan, account=renewal.account, task=task, kind="note", note=f"Proof {number}",
                 claimed_by=by, claimed_side="customer", claimed_at=NOON - timedelta(minutes=count - number))
        for number in range(count)
    )  # fmt: skip


def words(renewal: Renewal, **changes) -> str:
    return " ".join(render(gathered(renewal, **changes)).replace("\xa0", " ").split())


def test_a_renewal_with_nothing_in_it_says_so_in_sentences(renewal) -> None:
    Objective.objects.filter(plan=renewal.plan).delete()
    Task.objects.filter(plan=renewal.plan).update(due_on=date(2027, 1, 1))
    pages = page_texts(make_pdf(gathered(renewal)))
    text = " ".join(pages)
    for sentence in (
        "We have not agreed on objectives that can be measured",
        "No win has been recorded in these days.",
        "We have no figures on who uses it in this term.",
        "The contract sets no limits on use",
        "The options for going on have not been worked out yet.",
        "No security confirmation has been put down here yet.",
        "Once an option with prices is recommended or preferred, its invoices stand here.",
        "Nothing is late or blocked on either side.",
        "No number and no win waits for your confirmation.",
        "No evidence has been handed in on this plan yet.",
    ):
        assert sentence in text, sentence
    assert "Total" not in text


def test_it_is_read_in_its_order_and_a_draft_says_so_on_each_page(renewal, sponsor, executive, csm) -> None:
    option_of(renewal, recommended=True)
    edition = finished(renewal.plan, csm, kind="packet", subject_id=renewal.pk)
    assert (edition.audience, edition.period_from, edition.period_to) == ("internal", TODAY, TODAY)
    assert not Edition.objects.visible_to(sponsor).exists()
    pages = page_texts(bytes_of(edition))
    text = " ".join(pages[1:])
    heads = ["Dear Sam Sponsor,", "What was reached", "Use and limits", "Terms and options", "Ways to go on",
             "Order form (draft)", "Security confirmations", "Invoices", "What is open", "The next 90 days",
             "Evidence", "How to check this document"]  # fmt: skip
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    assert "For Acme Sam Sponsor Sponsor" in text
    assert "Eve Executive Executive" in text
    assert all("Draft" in page for page in pages)
    Renewal.objects.filter(pk=renewal.pk).update(ready_at=NOON)
    assert gathered(renewal).watermark == ""
    # What has not been offered is not shown to the customer, in a document either.
    assert gathered(renewal, audience="shared").options == ()
    assert "nothing in it is an offer yet" not in words(renewal)


def test_one_that_was_called_off_is_not_made_for_the_customer_once_the_renewal_is_no_longer_ready(
    renewal, csm
) -> None:
    by = actor(csm, renewal.plan)
    Renewal.objects.filter(pk=renewal.pk).update(ready_at=NOON)
    days = {"period_from": TODAY, "period_to": TODAY}
    edition = request_edition(by=by, kind="packet", subject_id=renewal.pk, audience="shared", **days)
    cancel_edition(by=by, edition=edition)
    Renewal.objects.filter(pk=renewal.pk).update(ready_at=None)
    with pytest.raises(ValidationError, match="a draft, only for us"):
        retry_edition(by=by, edition=edition)
    Renewal.objects.filter(pk=renewal.pk).update(ready_at=NOON)
    assert retry_edition(by=by, edition=edition).state == "working"


def test_one_for_both_is_refused_where_the_renewal_stops_being_ready_before_its_facts_are_read(
    renewal, csm
) -> None:
    Renewal.objects.filter(pk=renewal.pk).update(ready_at=NOON)
    edition = request_edition(
        by=actor(csm, renewal.plan), kind="packet", subject_id=renewal.pk, audience="shared",
        period_from=TODAY, period_to=TODAY,
    )  # fmt: skip
    Renewal.objects.filter(pk=renewal.pk).update(ready_at=None)
    make_edition(edition.pk)
    edition.refresh_from_db()
    assert (edition.state, edition.snapshot, edition.attempts) == ("failed", None, 1)
    assert edition.reason == "The renewal is not ready yet. Until then its packet is a draft, only for us."


@pytest.mark.parametrize("frequency", ["upfront", "quarterly", "monthly"])
def test_order_form_and_invoices_sum_to_the_same_cent(renewal, champion, frequency) -> None:
    option_of(renewal, recommended=True)
    longer = option_of(renewal, "longer", years=3, preferred_at=NOON, preferred_by=champion)
    longer.billing = frequency
    longer.save()
    snapshot = gathered(renewal)
    order, option = snapshot.order, snapshot.options[1]
    assert order.option == 1
    lines = [
        billing.Line(one.name, one.quantity, one.unit, one.unit_price, one.price_per, one.discount_percent,
                     longer.starts_on, longer.ends_on)
        for one in longer.lines.all()
    ]  # fmt: skip
    made = billing.schedule(lines, frequency, longer.starts_on, longer.ends_on, "EUR", 30)
    assert [one.amount for one in order.invoices] == [one.amount for one in made]
    assert (
        sum(one.amount for one in order.invoices) == sum(one.amount for one in option.years) == option.total
    )
    assert option.total == billing.contract_total(lines, "EUR") == Decimal("333916.76")
    text = words(renewal)
    assert "For “Option longer”, which you prefer" in text
    assert "Our own recommendation is “Option same”." in text
    assert text.count(amount_text(option.total, "EUR")) >= 4


def test_use_is_within_in_fair_use_or_beyond_and_the_word_says_which(renewal) -> None:
    limited(renewal)
    unknown = words(renewal)
    assert "The limit is 250 users. No figure of its use has arrived in this term." in unknown
    assert "up to 275 users is fair use" in unknown
    assert "allowance-bar" not in unknown
    used(renewal, 240, ends=TODAY - timedelta(days=7))
    for active, word, letter in (
        (250, "within the limit", "within all limits"), (275, "fair use", "within fair use"),
        (276, "beyond", "beyond fair use of 1"),
    ):  # fmt: skip
        UsageFigure.objects.filter(period_to=TODAY).delete()
        used(renewal, active)
        text = words(renewal)
        assert f'"allowance-word">{word}<' in text
        assert letter in text
    assert gathered(renewal).allowances[0].most == Decimal(276)


def test_a_confirmation_that_has_expired_is_named_as_such(renewal) -> None:
    option_of(renewal, recommended=True)
    confirmed_until(renewal, "ISO 27001", TODAY - timedelta(days=1))
    confirmed_until(renewal, "SOC 2", ENDS + timedelta(days=30))
    confirmed_until(renewal, "Penetration test", None)
    states = {one.name: one.state for one in gathered(renewal).confirmations}
    assert states == {"ISO 27001": "expired", "SOC 2": "ends_early", "Penetration test": "valid"}
    text = words(renewal)
    assert "1 confirmation has expired and has to be renewed." in text
    assert "expired on 29 June 2026" in text
    assert "valid, but ends before the new term does" in text


def filed(content: bytes, name: str, **changes) -> SecurityConfirmation:
    extension = "." + name.rpartition(".")[2]
    kinds = {".pdf": "application/pdf", ".csv": "text/csv"}
    facts = {"name": name, "issuer": "TÜV", "file": keep_file(content, extension), "file_name": name}
    facts |= {"content_type": kinds[extension], "size": len(content), "sha256": digest(content)}
    return SecurityConfirmation.objects.create(**facts | changes)


def test_small_files_of_confirmations_travel_in_the_packet(renewal, csm) -> None:
    paper = b"%PDF-1.7 ISO %%EOF"
    kept = filed(paper, "ISO 27001.pdf", account=renewal.account)
    filed(paper, "SOC 2.pdf")
    filed(b"other", "Other account.pdf", account=make_live_plan().account)
    filed(b"old", "Old.pdf", valid_until=TODAY - timedelta(days=1))
    filed(b"1,2", "Table.csv")
    for number in range(4):
        filed(bytes([number]) * 900_000, f"Large {number}.pdf")
    filed(b"x" * 1_000_001, "Too large.pdf")
    edition = finished(
        renewal.plan, csm, kind="packet", subject_id=renewal.pk, period_from=TODAY, period_to=TODAY
    )
    content = bytes_of(edition)
    carried = PdfReader(io.BytesIO(content)).attachments
    names = {name for name in carried if name != "packet-snapshot.json"}
    assert names == {"1-iso-27001.pdf", "2-large-0.pdf", "3-large-1.pdf", "4-large-2.pdf"}
    assert carried["1-iso-27001.pdf"] == [paper]
    text = words(renewal)
    assert text.count("attached to this document") == 5
    assert f"/accounts/{renewal.account_id}/security/" in text
    assert check_file(content) is Verdict.GENUINE
    assert check_file(content + b" ") is Verdict.ALTERED
    # Whatever becomes of the confirmation, the document is made again; without its file it cannot be.
    SecurityConfirmation.objects.filter(pk=kept.pk).update(removed_at=NOON)
    assert rebuild(edition) == content
    path_of(kept.file).unlink()
    assert bytes_of(edition) == content
    with pytest.raises(RebuildDiffers, match=r"“1-iso-27001\.pdf”, which this document carries, is lost"):
        rebuild(edition)
    assert "4-soc-2.pdf" in {one.attached for one in gathered(renewal).confirmations}


def test_unconfirmed_numbers_can_be_kept_out_and_are_counted(renewal, csm, champion) -> None:
    goal = objective_of(renewal.plan)
    for day, value, by in ((10, "40", champion), (15, "7.5", champion), (20, "7.25", None)):
        MeasurementFactory(
            objective=goal, claimed_by=csm, measured_on=date(2026, 6, day), value=Decimal(value),
            accepted_by=by, accepted_at=NOON if by else None,
        )  # fmt: skip
    assert "7.25 hours" in words(renewal)
    Vendor.objects.create(only_confirmed=True)
    text = words(renewal)
    assert "7.25" not in text
    assert b"7.25" not in gathered(renewal).to_bytes()
    assert "keeps 1 number or win out of this packet, because you have not confirmed it." in text
    assert "48 hours to <strong>7.5 hours</strong>" in text


def test_what_people_wrote_is_printed_as_text(renewal, champion) -> None:
    bad = '<img src="file:///etc/passwd"><script>alert(1)</script>'
    Task.objects.filter(pk=task_of(renewal.plan, 1).pk).update(
        title=bad, due_on=TODAY - timedelta(days=1), blocked_at=NOON, blocked_by=champion, blocked_reason=bad
    )
    option_of(renewal, recommended=True, note=bad)
    limited(renewal, beyond=bad)
    html = render(gathered(renewal))
    assert bad not in html
    assert html.count("&lt;img src=") >= 4


def test_a_fixed_number_of_queries_and_four_hundred_pieces_of_evidence(renewal, csm, champion) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            gathered(renewal)
        assert all(one["sql"].startswith("SELECT") for one in queries)
        return len(queries)

    option_of(renewal, recommended=True)
    limited(renewal)
    used(renewal, 10)
    proved(renewal, champion, 1)
    first = renewal.plan.milestones.get(key="first-value")
    first.reached_at = NOON
    first.save()
    WinFactory(milestone=first)
    Task.objects.filter(milestone=first).update(completed_at=NOON, completed_by=champion)
    small = counted()
    for kind in ("expand", "longer"):
        option_of(renewal, kind)
    limited(renewal, measure="seats", label="Seats")
    for number in range(8):
        used(renewal, number, team=f"Team {number}")
        confirmed_until(renewal, f"Paper {number}", TODAY)
        MeasurementFactory(
            objective=objective_of(renewal.plan), claimed_by=csm, measured_on=TODAY, value=number
        )
    proved(renewal, champion, 3000)
    assert counted() == small == 29
    snapshot = gathered(renewal)
    assert len(snapshot.evidence) == MOST_EVIDENCE
    assert snapshot.evidence_count.total == 3001
    assert {"Proof 2999", "Proof 0"} == {one.title for one in snapshot.evidence[-2:]}
    assert f"{3001 - MOST_EVIDENCE} earlier pieces of evidence" in words(renewal).replace(",", "")
