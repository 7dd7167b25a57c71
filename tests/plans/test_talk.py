"""The conversation: comments, mentions, changes and their trace, and what must never reach a customer."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Event, Stakeholder
from accounts.services.own_settings import make_calendar_key
from plans.models import Comment, CommentVersion, Mention, Notification, Plan, Task, Writing
from plans.pages.history import sentence
from plans.services.commenting import CommentConflict, add_comment, delete_comment, edit_comment
from tests.factories import UserFactory, actor, make_draft_plan, make_live_plan, objective_of, task_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def task(plan):
    return task_of(plan, 1)


def address(thing, kind="task", where="talk") -> str:
    return f"/plans/{thing.plan_id}/{where}/{kind}/{thing.pk}/"


def page(task) -> str:
    return f"/plans/{task.plan_id}/tasks/{task.pk}/"


def comment_address(comment, act="") -> str:
    return f"/plans/{comment.plan_id}/comments/{comment.pk}/{act}"


class TestWriting:
    @pytest.mark.parametrize(
        "who", ["admin", "csm", "executive", "sponsor", "champion", "contributor", "viewer"]
    )
    def test_everybody_who_sees_the_plan_writes(self, who, everybody, enter, task):
        answer = enter(everybody[who]).post(address(task), {"body": "Is **this** it?"})
        comment = Comment.objects.get()
        assert (comment.author, comment.side) == (everybody[who], everybody[who].side)
        assert answer["Location"] == f"{page(task)}#comment-{comment.pk}"
        text = enter(everybody[who]).get(page(task)).content.decode()
        assert "Is <strong>this</strong> it?" in text
        assert "a moment ago" in text
        assert "1 comment" in text

    def test_a_stranger_finds_nothing(self, enter, task, stranger):
        assert enter(stranger).post(address(task), {"body": "x"}).status_code == 404
        assert enter(stranger).get(address(task)).status_code == 404
        assert enter(None).post(address(task), {"body": "x"}).status_code == 302
        assert not Comment.objects.exists()

    def test_htmx_gets_the_stream_with_the_new_comment_in_focus(self, enter, task, champion):
        answer = enter(champion).post(address(task), {"body": "Hello."}, headers=HTMX)
        text = answer.content.decode()
        assert "<html" not in text
        assert f'id="talk-{task.pk}"' in text
        assert "data-announce" in text
        assert "data-focus" in text

    @pytest.mark.parametrize("body", ["", "   ", "x" * 10_001, "a\x00b"])
    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_what_is_refused_is_not_lost(self, body, headers, enter, task, champion):
        answer = enter(champion).post(address(task), {"body": body}, headers=headers)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
        assert "x" * 10_001 in answer.content.decode() or "x" not in body
        assert not Comment.objects.exists()

    @pytest.mark.parametrize(
        "body", ["😀" * 5000, "مرحبا بالعالم", "<script>alert(1)</script>", "n" * 10_000]
    )
    def test_any_text_is_shown_as_text(self, body, enter, task, champion):
        enter(champion).post(address(task), {"body": body})
        text = enter(champion).get(page(task)).content.decode()
        assert Comment.objects.get().body == body
        assert "<script>alert" not in text

    def test_also_on_objectives_and_milestones(self, enter, plan, champion):
        for kind, thing in (("objective", objective_of(plan)), ("milestone", plan.milestones.first())):
            enter(champion).post(address(thing, kind), {"body": f"About the {kind}."})
            assert f"About the {kind}." in enter(champion).get(address(thing, kind)).content.decode()
        objective = objective_of(plan)
        shown = enter(champion).get(f"/plans/{plan.pk}/objectives/{objective.pk}/").content.decode()
        assert "About the objective." in shown
        assert enter(champion).get(address(objective, "plan")).status_code == 404

    def test_history_and_count(self, plan, task, champion):
        revision = Plan.objects.get(pk=plan.pk).revision
        comment = add_comment(by=actor(champion, plan), thing=task, body="Hello.")
        event = Event.objects.get(verb="comment.added")
        assert sentence(event) == "Chloe Champion wrote about “Task 1”"
        assert (event.task_id, event.new) == (task.pk, {"comment": str(comment.pk), "on": "task"})
        assert Task.objects.get(pk=task.pk).talk_count == 1
        assert Plan.objects.get(pk=plan.pk).revision == revision + 1
        # A comment is no act on the task: nobody's open form is out of date by it.
        assert Task.objects.get(pk=task.pk).version == task.version

    def test_a_finished_plan_is_only_read(self, enter, plan, task, champion):
        add_comment(by=actor(champion, plan), thing=task, body="Hello.")
        Plan.objects.filter(pk=plan.pk).update(closed_at=timezone.now())
        text = enter(champion).get(page(task)).content.decode()
        assert "Hello." in text
        assert f'action="{address(task)}"' not in text
        assert enter(champion).post(address(task), {"body": "More."}).status_code == 422

    @pytest.mark.parametrize("count", [1, 30])
    def test_queries_do_not_grow(self, count, enter, plan, task, champion, csm, django_assert_num_queries):
        for n in range(count):
            add_comment(by=actor(champion if n % 2 else csm, plan), thing=task, body=f"No. {n} @Carla Csm")
            add_comment(by=actor(csm, plan), thing=task, body="Note", vendor_only=True)
        browser = enter(csm)
        with django_assert_num_queries(7):
            assert browser.get(address(task)).content.count(b'id="comment-') == 2 * count

    def test_the_newest_fifty_and_the_way_to_the_rest(self, enter, plan, task, champion):
        first = add_comment(by=actor(champion, plan), thing=task, body="The very first.")
        Comment.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=9))
        for n in range(50):
            Comment.objects.create(
                plan=plan, account=plan.account, task=task, author=champion, side="customer", body=f"No. {n}."
            )
        browser = enter(champion)
        text = browser.get(page(task)).content.decode()
        assert "The very first." not in text
        assert text.index("No. 0.") < text.index("No. 49.")
        link = re.search(r'href="([^"]*shown=100[^"]*)"', text)[1]
        assert "The very first." in browser.get(link.partition("#")[0]).content.decode()
        assert "shown=100" in browser.get(comment_address(first))["Location"]
        assert browser.get(f"{address(task)}?shown=²³9999999999").status_code == 200


class TestChanging:
    def test_it_says_so_and_keeps_what_it_said(self, enter, plan, task, champion, csm):
        comment = add_comment(by=actor(champion, plan), thing=task, body="Fisrt.")
        answer = enter(champion).post(comment_address(comment, "edit/"), {"body": "First.", "version": 1})
        assert answer.status_code == 302
        text = enter(csm).get(page(task)).content.decode()
        assert "changed a moment ago" in text
        assert "Fisrt." not in text
        assert "Fisrt." in enter(csm).get(comment_address(comment, "earlier/")).content.decode()
        assert Event.objects.filter(verb="comment.edited").count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            CommentVersion.objects.update(body="Never.")

    def test_only_by_its_author(self, enter, plan, task, champion, admin):
        comment = add_comment(by=actor(champion, plan), thing=task, body="Mine.")
        answer = enter(admin).post(comment_address(comment, "edit/"), {"body": "Yours.", "version": 1})
        assert answer.status_code == 403
        with pytest.raises(PermissionDenied):
            edit_comment(by=actor(admin, plan), comment=comment, version=1, body="Yours.")

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_two_tabs(self, headers, enter, plan, task, champion):
        comment = add_comment(by=actor(champion, plan), thing=task, body="One.")
        edit_comment(by=actor(champion, plan), comment=comment, version=1, body="Two.")
        with pytest.raises(CommentConflict):
            edit_comment(by=actor(champion, plan), comment=comment, version=1, body="Three.")
        old = {"body": "Three.", "version": 1}
        answer = enter(champion).post(comment_address(comment, "edit/"), old, headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "changed elsewhere" in text
        assert "Two." in text
        assert "Three.</textarea>" in text
        # The form that came back goes through.
        assert re.search(r'name="version" value="2"', text)

    def test_deleting_leaves_the_place(self, enter, plan, task, champion, csm, viewer):
        comment = add_comment(by=actor(champion, plan), thing=task, body="Our password is tulip.")
        answer = enter(csm).post(comment_address(comment, "delete/"))
        assert answer.status_code == 302
        text = enter(viewer).get(page(task)).content.decode()
        assert "tulip" not in text
        assert "Carla Csm deleted a comment of Chloe Champion" in text
        assert "Nobody has written yet." in text
        assert Task.objects.get(pk=task.pk).talk_count == 0
        assert CommentVersion.objects.get().body == "Our password is tulip."
        # What was deleted is read by its author and by managers alone.
        assert enter(viewer).get(comment_address(comment, "earlier/")).status_code == 404
        assert "tulip" in enter(champion).get(comment_address(comment, "earlier/")).content.decode()
        assert enter(csm).post(comment_address(comment, "delete/")).status_code == 422
        assert Task.objects.get(pk=task.pk).talk_count == 0
        edited = enter(champion).post(comment_address(comment, "edit/"), {"body": "Back.", "version": 2})
        assert edited.status_code == 422

    def test_a_viewer_deletes_only_their_own(self, plan, task, champion, viewer):
        comment = add_comment(by=actor(champion, plan), thing=task, body="Mine.")
        with pytest.raises(PermissionDenied):
            delete_comment(by=actor(viewer, plan), comment=comment)
        own = add_comment(by=actor(viewer, plan), thing=task, body="Mine.")
        delete_comment(by=actor(viewer, plan), comment=own)


class TestMentions:
    def test_by_name_and_by_address(self, plan, task, champion, csm, sponsor):
        sponsor.__class__.objects.filter(pk=sponsor.pk).update(name="Carla")
        body = f"@carla csm and @{sponsor.email.partition('@')[0]}, not @Nobody Else"
        comment = add_comment(by=actor(champion, plan), thing=task, body=body)
        assert set(comment.mentions.values_list("person", flat=True)) == {csm.pk, sponsor.pk}

    def test_a_stranger_is_plain_text(self, enter, plan, task, champion, stranger):
        add_comment(by=actor(champion, plan), thing=task, body="@Stella Stranger")
        assert not Mention.objects.exists()
        assert "<strong>@Stella" not in enter(champion).get(page(task)).content.decode()

    def test_an_edit_adds_and_takes_away(self, plan, task, champion, csm, sponsor):
        comment = add_comment(by=actor(champion, plan), thing=task, body="@Carla Csm")
        edit_comment(by=actor(champion, plan), comment=comment, version=1, body="@Sam Sponsor")
        assert list(comment.mentions.values_list("person", flat=True)) == [sponsor.pk]

    def test_a_customer_knows_only_the_people_of_the_plan(self, enter, plan, champion, csm, viewer, stranger):
        other = UserFactory(name="Otto Other", vendor_role="csm")
        found = enter(champion).get(f"/plans/{plan.pk}/mention/").json()["people"]
        assert {one["name"] for one in found} == {"Carla Csm", "Colin Contributor", "Vera Viewer"}
        task = task_of(plan, 1)
        add_comment(by=actor(other, plan), thing=task, body="Only for us.", vendor_only=True)
        names = lambda: json.dumps(enter(champion).get(f"/plans/{plan.pk}/mention/").json())  # noqa: E731
        assert "Otto" not in names()
        assert "Stella" not in names()
        add_comment(by=actor(other, plan), thing=task, body="Hello.")
        assert "Otto" in names()

    def test_a_draft_has_no_readers_at_the_customer(self, account, champion, csm):
        draft = make_draft_plan(account=account)
        add_comment(by=actor(csm, draft), thing=task_of(draft, 1), body="@Chloe Champion")
        assert not Mention.objects.exists()

    def test_who_was_removed_is_not_named(self, plan, task, champion, csm):
        Stakeholder.objects.filter(user=champion).update(removed_at=timezone.now())
        add_comment(by=actor(csm, plan), thing=task, body="@Chloe Champion")
        assert not Mention.objects.exists()


class TestVendorNotes:
    WORDS = "Renewal is at risk"

    @pytest.fixture
    def note(self, plan, task, csm, executive):
        return add_comment(
            by=actor(csm, plan), thing=task, body=f"{self.WORDS}. @Eve Executive", vendor_only=True
        )

    def test_only_the_vendor_writes_them(self, enter, task, csm, champion):
        assert enter(champion).post(address(task, where="notes"), {"body": "x"}).status_code == 403
        assert enter(csm).post(address(task, where="notes"), {"body": "x"}).status_code == 302
        assert Comment.objects.get().vendor_only
        with pytest.raises(PermissionDenied):
            add_comment(by=actor(champion, task.plan), thing=task, body="x", vendor_only=True)

    def test_visibly_apart(self, enter, task, csm, executive, note):
        text = enter(executive).get(page(task)).content.decode()
        vendor = text[text.index('class="talk talk--vendor"') :]
        assert self.WORDS in vendor
        assert "Only for Meridian Software" in vendor
        assert f'action="{address(task, where="notes")}"' in vendor

    def test_no_trace_for_the_customer(self, executive, everybody, enter, plan, task, csm):
        """Every page of a plan and of its people, the calendar, the suggestions, history and counts."""
        make = make_calendar_key
        watchers = [everybody[who] for who in ("sponsor", "champion", "contributor", "viewer")]
        tokens = {person: make(by=person).token for person in watchers}
        objective = objective_of(plan)

        def pages(person):
            addresses = [
                "/", f"/plans/{plan.pk}/", page(task), address(task), f"/calendar/{tokens[person]}.ics",
                f"/plans/{plan.pk}/objectives/{objective.pk}/", address(objective, "objective"),
                f"/plans/{plan.pk}/mention/", f"/plans/{plan.pk}/mention/?notes=1",
                f"/accounts/{plan.account_id}/", f"/plans/{plan.pk}/changes/",
            ]  # fmt: skip
            browser = enter(person)
            answers = [browser.get(one) for one in addresses]
            quiet = [
                re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", it.content.decode()) for it in answers
            ]
            return [
                (it.status_code, it.get("ETag", "")[:8], text)
                for it, text in zip(answers, quiet, strict=True)
            ]

        before = {person: [it[0:3:2] for it in pages(person)] for person in watchers}
        revision, events = Plan.objects.get(pk=plan.pk).revision, Event.objects.count()
        for thing in (task, objective):
            note = add_comment(
                by=actor(csm, plan), thing=thing, body=f"{self.WORDS} @Eve Executive", vendor_only=True
            )
            note = edit_comment(by=actor(csm, plan), comment=note, version=1, body=f"{self.WORDS}, still.")
        after = {person: [it[0:3:2] for it in pages(person)] for person in watchers}
        assert after == before
        assert Plan.objects.get(pk=plan.pk).revision == revision
        assert Event.objects.count() == events
        assert Task.objects.get(pk=task.pk).talk_count == 0
        assert set(Notification.objects.values_list("user", flat=True)) == {executive.pk}
        for person in watchers:
            for act in ("", "earlier/"):
                assert enter(person).get(comment_address(note, act)).status_code == 404
            for act in ("edit/", "delete/"):
                assert enter(person).post(comment_address(note, act)).status_code == 404

    def test_only_the_vendor_is_named(self, note, plan, task, csm, executive, champion):
        add_comment(by=actor(csm, plan), thing=task, body="@Chloe Champion", vendor_only=True)
        assert list(Mention.objects.values_list("person", flat=True)) == [executive.pk]
        told = Notification.objects.get()
        assert (told.user, told.kind, told.path) == (executive, "mention", comment_address(note))

    def test_the_database_refuses_a_note_of_the_customers(self, plan, task, champion):
        with pytest.raises(DatabaseError), transaction.atomic():
            Comment.objects.create(
                plan=plan,
                account=plan.account,
                task=task,
                author=champion,
                side="customer",
                body="x",
                vendor_only=True,
            )

    def test_after_a_change_of_side_the_note_is_gone(self, note, plan, csm):
        """Somebody who left the vendor for the customer does not reach what they wrote."""
        csm.__class__.objects.filter(pk=csm.pk).update(vendor_role="")
        csm.refresh_from_db()
        with pytest.raises(Comment.DoesNotExist):
            delete_comment(by=actor(csm, plan), comment=note)


class TestPresence:
    def ask(self, browser, plan, thing):
        return browser.post(f"/plans/{plan.pk}/writing/", {"thing": thing})

    def test_the_second_is_told_of_the_first(self, enter, plan, task, champion, csm):
        thing = f"talk:task:{task.pk}"
        first, second = enter(champion), enter(csm)
        assert self.ask(first, plan, thing).json() == {"said": ""}
        assert self.ask(second, plan, thing).json() == {"said": "Chloe Champion is writing here, too."}
        assert self.ask(first, plan, thing).json() == {"said": "Carla Csm is writing here, too."}
        assert Writing.objects.count() == 2

    def test_who_has_stopped_is_forgotten(self, enter, plan, task, champion, csm):
        thing = f"talk:task:{task.pk}"
        self.ask(enter(champion), plan, thing)
        Writing.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
        assert self.ask(enter(csm), plan, thing).json() == {"said": ""}
        assert Writing.objects.count() == 1

    def test_customers_never_learn_of_notes(self, enter, plan, task, champion, csm, stranger):
        thing = f"note:task:{task.pk}"
        self.ask(enter(csm), plan, thing)
        assert self.ask(enter(champion), plan, thing).status_code == 404
        assert self.ask(enter(stranger), plan, f"talk:task:{task.pk}").status_code == 404

    @pytest.mark.parametrize("thing", ["", "x", "talk:task:nothing", "a" * 5000, "talk\x00", "<b>:00"])
    def test_nonsense(self, thing, enter, plan, champion):
        assert self.ask(enter(champion), plan, thing).status_code == 422
        assert not Writing.objects.exists()


def test_two_plans_do_not_mix(enter, account, plan, champion):
    other = make_live_plan(account=account)
    comment = add_comment(by=actor(champion, plan), thing=task_of(plan, 1), body="Here.")
    assert enter(champion).get(f"/plans/{other.pk}/comments/{comment.pk}/").status_code == 404


def test_too_long_and_empty_are_refused_by_the_service(plan, task, champion):
    for body in ("", " \n", "x" * 10_001):
        with pytest.raises(ValidationError):
            add_comment(by=actor(champion, plan), thing=task, body=body)
