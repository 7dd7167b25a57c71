"""Named people of both sides sign a frozen snapshot; a later change is seen against it, and said in words."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Event, Stakeholder, User
from plans.differences import differences
from plans.models import Evidence, Measurement, Plan, Signature, SignOff, Task
from plans.pages.signing import changes_of
from plans.services.evidence import accept_evidence, add_evidence, return_evidence
from plans.services.measuring import accept_measurement
from plans.services.signing import end_signoff, proposed_signers, request_signoff, sign
from plans.services.snapshots import digest_of, is_changed, snapshot_now
from plans.services.working import block_task, complete_task, reassign_task, reopen_task, unblock_task
from portal.lib.canonical import canonical_json, digest
from tests.factories import (
    EvidenceFactory,
    MeasurementFactory,
    actor,
    make_draft_plan,
    make_live_plan,
    objective_of,
    task_of,
)
from tests.plans.test_concurrency import at_once

pytestmark = pytest.mark.django_db


def asked(plan, *signers, **thing) -> SignOff:
    """Asked for by the first vendor person among them."""
    by = next(person for person in signers if person.vendor_role)
    signoff = request_signoff(by=actor(by, plan), plan=plan, signers=list(signers), **thing)
    return fresh(signoff)


def fresh(signoff) -> SignOff:
    return SignOff.objects.select_related("plan__account", "milestone", "stage").get(pk=signoff.pk)


def signed(plan, *signers, **thing) -> SignOff:
    signoff = asked(plan, *signers, **thing)
    for person in signers:
        sign(by=actor(person, plan), signoff=signoff)
    return fresh(signoff)


def path(signoff, act="") -> str:
    return f"/plans/{signoff.plan_id}/signoffs/{signoff.pk}/{act}"


class TestAsking:
    def test_what_stands_is_frozen_with_its_digest(self, plan, csm, champion) -> None:
        proof = EvidenceFactory(task=task_of(plan, 1), claimed_by=champion, note="Seen by all.")
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        milestone = plan.milestones.get(key="kickoff-held")
        signoff = asked(plan, csm, champion, milestone=milestone)
        assert signoff.digest == digest(canonical_json(signoff.snapshot)) == digest_of(signoff.snapshot)
        (frozen,) = signoff.snapshot["milestones"]
        assert (frozen["title"], frozen["due_on"]) == ("Kickoff held", milestone.due_on.isoformat())
        first, second = frozen["tasks"]
        assert (first["side"], first["owner_id"], first["completed_by_id"]) == (
            "customer",
            str(champion.pk),
            str(champion.pk),
        )
        assert second["completed_at"] is None
        assert (first["evidence"][0]["id"], first["evidence"][0]["note"]) == (str(proof.pk), "Seen by all.")
        assert signoff.snapshot["people"][str(champion.pk)] == "Chloe Champion"
        assert signoff.snapshot["objectives"] == []

    def test_a_plan_brings_its_objectives(self, plan, csm, champion) -> None:
        MeasurementFactory(objective=objective_of(plan), claimed_by=champion)
        snapshot = asked(plan, csm, champion).snapshot
        assert [(one["title"], one["target"]) for one in snapshot["objectives"]] == [
            ("Quotes are faster", "8.0000")
        ]
        assert snapshot["objectives"][0]["measurements"][0]["value"] == "40.0000"
        assert len(snapshot["milestones"]) == 2

    def test_both_sides_and_only_who_may_see_the_plan(self, plan, csm, champion, stranger, account) -> None:
        by = actor(csm, plan)
        invited = Stakeholder.objects.create(
            account=account, user=User.objects.create_user("n@example.com"), role="sponsor"
        )
        for signers in (
            [csm],
            [champion],
            [csm, stranger],
            [csm, invited.user],
            [csm, champion, champion],
            [],
        ):
            with pytest.raises(ValidationError):
                request_signoff(by=by, plan=plan, signers=signers)
        assert not SignOff.objects.exists()

    def test_sponsor_or_champion_and_the_csm_are_proposed(self, plan, csm, champion, account) -> None:
        assert proposed_signers(plan) == [champion.pk, csm.pk]
        sponsor = Stakeholder.objects.create(
            account=account,
            user=User.objects.create_user("s@example.com"),
            role="sponsor",
            joined_at=timezone.now(),
        )
        assert proposed_signers(plan) == [sponsor.user_id, csm.pk]

    def test_the_form_asks_and_leads_to_the_letter(self, enter, plan, csm, champion, viewer) -> None:
        stage = plan.stages.get(key="start")
        ask = f"/plans/{plan.pk}/signoffs/new/?stage={stage.pk}"
        text = enter(champion).get(ask).content.decode()
        assert "Ask people to sign “Start”" in text
        assert text.count(" checked") == 2
        answer = enter(champion).post(ask, {"signers": [csm.pk]})
        assert answer.status_code == 422
        assert "Name at least one person of each side." in answer.content.decode()
        answer = enter(champion).post(ask, {"signers": [csm.pk, viewer.pk]})
        signoff = SignOff.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, path(signoff))
        assert (signoff.stage, signoff.title, signoff.requested_by) == (stage, "Start", champion)
        event = Event.objects.get(verb="signoff.requested")
        assert event.new == {
            "signoff": str(signoff.pk),
            "signers": [str(person.pk) for person in (viewer, csm)],
        }

    @pytest.mark.parametrize(
        "asked_for", ["?stage=x", "?milestone={other}", "?stage={stage}&milestone={other}"]
    )
    def test_an_address_that_names_nothing_is_404(self, asked_for, enter, plan, csm) -> None:
        words = {"stage": plan.stages.first().pk, "other": plan.pk}
        assert enter(csm).get(f"/plans/{plan.pk}/signoffs/new/{asked_for.format(**words)}").status_code == 404

    def test_a_draft_is_signed_by_nobody(self, account, csm, champion) -> None:
        with pytest.raises(ValidationError, match="draft"):
            request_signoff(
                by=actor(csm, account), plan=make_draft_plan(account=account), signers=[csm, champion]
            )

    def test_asking_anew_ends_the_old_one_which_stays_readable(self, enter, plan, csm, champion) -> None:
        old = signed(plan, csm, champion)
        new = asked(plan, csm, champion)
        old.refresh_from_db()
        assert (old.ended_by, old.completed_at is not None) == (csm, True)
        text = enter(champion).get(path(new)).content.decode()
        assert path(old) in text
        assert "Signed, and does not stand any more" in enter(champion).get(path(old)).content.decode()
        assert SignOff.objects.standing().get() == new


class TestSigning:
    def test_a_named_viewer_signs_once_with_name_and_role(self, enter, plan, csm, viewer) -> None:
        signoff = asked(plan, csm, viewer)
        browser = enter(viewer)
        assert "Your signature is wanted" in browser.get(path(signoff)).content.decode()
        assert browser.post(path(signoff, "sign/"), {"note": "With pleasure"}).status_code == 302
        mine = Signature.objects.get(person=viewer)
        assert (mine.signed_name, mine.signed_role, mine.note) == ("Vera Viewer", "Viewer", "With pleasure")
        text = browser.get(path(signoff)).content.decode()
        assert "With pleasure" in text
        assert "1 of 2 have signed" in text
        assert "Your signature is wanted" not in text
        again = browser.post(path(signoff, "sign/"))
        assert again.status_code == 422
        assert "You have signed this already." in again.content.decode()

    def test_who_is_not_named_does_not_sign(self, enter, plan, csm, champion, sponsor, admin) -> None:
        signoff = asked(plan, csm, champion)
        for person in (sponsor, admin):
            assert enter(person).post(path(signoff, "sign/")).status_code == 403
            with pytest.raises(PermissionDenied):
                sign(by=actor(person, plan), signoff=signoff)
        assert not Signature.objects.filter(signed_at__isnull=False).exists()

    def test_the_last_signature_completes_it(self, plan, csm, champion) -> None:
        signoff = asked(plan, csm, champion)
        sign(by=actor(champion, plan), signoff=signoff)
        assert fresh(signoff).completed_at is None
        sign(by=actor(csm, plan), signoff=signoff)
        assert fresh(signoff).completed_at is not None
        done = Event.objects.filter(verb="signoff.signed").order_by("id")
        assert [event.new["complete"] for event in done] == [False, True]

    def test_what_was_withdrawn_is_not_signed(self, plan, csm, champion) -> None:
        signoff = asked(plan, csm, champion)
        end_signoff(by=actor(csm, plan), signoff=signoff)
        with pytest.raises(ValidationError, match="withdrawn"):
            sign(by=actor(champion, plan), signoff=signoff)
        with pytest.raises(ValidationError, match="withdrawn already"):
            end_signoff(by=actor(csm, plan), signoff=signoff)

    def test_a_change_since_it_was_asked_for_is_shown_and_refused(self, enter, plan, csm, champion) -> None:
        signoff = asked(plan, csm, champion)
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        answer = enter(champion).post(path(signoff, "sign/"), {"note": "All is well"})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "The plan has changed since this was asked for." in text
        assert "Changed since it was asked for" in text
        assert "“Task 1” was completed." in text
        assert "All is well" in text
        assert not Signature.objects.filter(signed_at__isnull=False).exists()

    def test_a_completed_plan_is_signed_and_one_given_up_is_not(self, plan, csm, champion) -> None:
        Plan.objects.filter(pk=plan.pk).update(completed_at=timezone.now())
        assert signed(plan, csm, champion).completed_at
        Plan.objects.filter(pk=plan.pk).update(completed_at=None, closed_at=timezone.now())
        with pytest.raises(ValidationError, match="finished"):
            asked(plan, csm, champion)

    def test_who_left_the_account_does_not_reach_it(self, enter, plan, csm, champion, account) -> None:
        signoff = asked(plan, csm, champion)
        Stakeholder.objects.filter(user=champion).update(removed_at=timezone.now())
        assert enter(champion).post(path(signoff, "sign/")).status_code == 404

    @pytest.mark.parametrize("note", ["x" * 2001, "a\x00b"])
    def test_a_note_that_cannot_be_kept_is_refused(self, note, enter, plan, csm, champion) -> None:
        signoff = asked(plan, csm, champion)
        assert enter(champion).post(path(signoff, "sign/"), {"note": note}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_the_same_moment_complete_it_once(plan, csm, champion) -> None:
    signoff = asked(plan, csm, champion)
    ends = at_once(
        *(lambda person=person: sign(by=actor(person, plan), signoff=signoff) for person in (csm, champion))
    )
    assert ends == [None, None]
    assert fresh(signoff).completed_at is not None
    assert sorted(event.new["complete"] for event in Event.objects.filter(verb="signoff.signed")) == [
        False,
        True,
    ]


@pytest.mark.parametrize("change", [{"snapshot": {}}, {"digest": "0" * 64}])
def test_the_database_refuses_to_change_what_is_signed(change, plan, csm, champion) -> None:
    signoff = asked(plan, csm, champion)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        SignOff.objects.filter(pk=signoff.pk).update(**change)
    assert fresh(signoff).snapshot == signoff.snapshot


class TestChanges:
    def test_a_new_name_changes_nothing(self, plan, csm, champion, account) -> None:
        signoff = signed(plan, csm, champion)
        User.objects.filter(pk=champion.pk).update(name="Chloe Married")
        account.name = "Acme International"
        account.save()
        assert not is_changed(fresh(signoff), fresh(signoff).plan)

    def test_a_blocked_task_is_no_change_of_what_was_signed(self, plan, csm, champion) -> None:
        signoff = signed(plan, csm, champion)
        block_task(by=actor(champion, plan), task=task_of(plan, 1), version=1, reason="VPN")
        assert changes_of(fresh(signoff)) == []

    def test_evidence_that_came_and_went_is_still_a_change(self, plan, csm, champion) -> None:
        signoff = signed(plan, csm, champion)
        proof = add_evidence(by=actor(champion, plan), task=task_of(plan, 1), kind="note", note="New")
        return_evidence(by=actor(csm, plan), evidence=proof, reason="Not this one")
        assert changes_of(fresh(signoff)) == [
            "Evidence was added to “Task 1”: New",
            "Evidence for “Task 1” was returned: New",
        ]

    def test_a_task_done_opened_and_done_again_is_a_change(self, plan, csm, champion) -> None:
        by = actor(champion, plan)
        complete_task(by=by, task=task_of(plan, 1), version=1)
        signoff = signed(plan, csm, champion, milestone=plan.milestones.get(key="kickoff-held"))
        reopen_task(by=by, task=task_of(plan, 1), version=2)
        assert changes_of(fresh(signoff)) == ["“Task 1” is open again."]
        complete_task(by=by, task=task_of(plan, 1), version=3)
        assert changes_of(fresh(signoff)) == ["“Task 1” was opened again and completed anew."]

    def test_each_thing_is_said_in_words(self, plan, csm, champion, sponsor) -> None:
        day = task_of(plan, 3).due_on
        claim = MeasurementFactory(objective=objective_of(plan), claimed_by=champion)
        signoff = signed(plan, csm, champion)
        Task.objects.filter(plan=plan, key="task-3").update(due_on=day + timedelta(days=1), title="Third")
        Task.objects.filter(plan=plan, key="task-4").update(side="customer")
        reassign_task(by=actor(csm, plan), task=task_of(plan, 1), version=1, owner=sponsor)
        reassign_task(by=actor(csm, plan), task=task_of(plan, 2), version=1, owner=None)
        accept_measurement(by=actor(csm, plan), measurement=Measurement.objects.get(pk=claim.pk))
        plan.objectives.update(target=9)
        said = changes_of(fresh(signoff))
        assert said[:2] == ["“Task 1” was given to Sam Sponsor.", "“Task 2” has no owner now."]
        assert said[2] == "“Task 3” is called “Third” now."
        assert said[3].startswith("“Third” moved from ")
        assert said[4:] == [
            "“Task 4” went over to the other side.",
            "The objective “Quotes are faster” reads differently now.",
            "A measurement of “Quotes are faster” was confirmed: 40\xa0hours",
        ]

    def test_the_page_offers_a_new_one(self, enter, plan, csm, champion, viewer) -> None:
        milestone = plan.milestones.get(key="kickoff-held")
        signoff = signed(plan, csm, champion, milestone=milestone)
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        text = enter(csm).get(path(signoff)).content.decode()
        assert "Changed since it was signed" in text
        assert f'href="/plans/{plan.pk}/signoffs/new/?milestone={milestone.pk}"' in text
        assert "Ask for a new sign-off" not in enter(viewer).get(path(signoff)).content.decode()
        page = enter(viewer).get(f"/plans/{plan.pk}/milestones/{milestone.pk}/").content.decode()
        assert "Changed since it was signed" in page


ACTS = {
    "complete": lambda by, task: complete_task(by=by["side"], task=task, version=task.version),
    "reopen": lambda by, task: reopen_task(by=by["side"], task=task, version=task.version),
    "reassign": lambda by, task: reassign_task(by=by["csm"], task=task, version=task.version, owner=None),
    "block": lambda by, task: block_task(by=by["side"], task=task, version=task.version, reason="x"),
    "unblock": lambda by, task: unblock_task(by=by["side"], task=task, version=task.version),
    "prove": lambda by, task: add_evidence(by=by["side"], task=task, kind="note", note="Proof"),
    "accept": lambda by, task: accept_evidence(by=by["other"], evidence=_claim(task)),
    "return": lambda by, task: return_evidence(by=by["other"], evidence=_claim(task), reason="No"),
}  # fmt: skip
# What is no part of what was signed.
SILENT = {"block", "unblock"}


def _claim(task: Task) -> Evidence:
    claim = Evidence.objects.waiting().filter(task=task).first()
    if claim is None:
        raise ValidationError("nothing to judge")
    return claim


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from([1, 2])), min_size=1, max_size=6)
)
def test_any_act_that_changes_what_was_signed_is_seen_and_nothing_else_is(acts, plan, csm, champion) -> None:
    """ "Changed" holds exactly when a completion, an owner or evidence is not what it was; each change has words."""
    with transaction.atomic():
        signoff = signed(plan, csm, champion)
        proved = False
        for name, number in acts:
            task = task_of(plan, number)
            sides = {"customer": actor(champion, plan), "vendor": actor(csm, plan)}
            by = {
                "csm": sides["vendor"],
                "side": sides[task.side],
                "other": sides["vendor" if task.side == "customer" else "customer"],
            }
            before = snapshot_now(fresh(signoff), plan)
            try:
                with transaction.atomic():
                    ACTS[name](by, task)
            except ValidationError:
                continue
            after = snapshot_now(fresh(signoff), plan)
            same = name in SILENT or (name == "reassign" and task.owner_id is None)
            assert (before == after) == same, name
            proved = proved or name in ("prove", "accept", "return")
        now = snapshot_now(fresh(signoff), plan)
        changed = is_changed(fresh(signoff), plan)
        assert changed == (now != signoff.snapshot) == bool(differences(signoff.snapshot, now))
        assert changed or not proved
        transaction.set_rollback(True)


class TestPages:
    def test_the_letter_reads_what_was_signed_not_what_is(self, enter, plan, csm, champion, viewer) -> None:
        EvidenceFactory(
            task=task_of(plan, 1),
            claimed_by=champion,
            kind="file",
            file_name="list.csv",
            sha256="ab" * 32,
            size=2048,
        )
        complete_task(by=actor(champion, plan), task=task_of(plan, 1), version=1)
        signoff = signed(plan, csm, champion)
        Task.objects.filter(plan=plan, key="task-1").update(title="Renamed")
        text = enter(viewer).get(path(signoff)).content.decode()
        assert "<strong>Task 1</strong>" in text
        assert "Done by Chloe Champion" in text
        assert "list.csv" in text
        assert "ab" * 32 in text
        assert signoff.digest in text
        assert "Customer success manager" in text

    @pytest.mark.parametrize("count", [1, 3])
    def test_queries(
        self, count, enter, account, owners, csm, champion, sponsor, viewer, django_assert_num_queries
    ) -> None:
        plan = make_live_plan(account=account, owners=owners, tasks=4 * count)
        for task in plan.tasks.all():
            EvidenceFactory(task=task, claimed_by=champion)
        for _n in range(count + 1):
            signoff = signed(plan, csm, *[champion, sponsor, viewer][:count])
        browser = enter(viewer)
        browser.get(path(signoff))
        with django_assert_num_queries(13):
            browser.get(path(signoff))
        with django_assert_num_queries(6):
            text = browser.get(f"/plans/{plan.pk}/signoffs/").content.decode()
        assert text.count("Signed by both sides") == 1
        assert text.count("Sign-off of the plan") == count + 1
