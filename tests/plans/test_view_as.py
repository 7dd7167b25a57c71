"""View as: the very page of somebody else, read-only, for one plan, for half an hour, and recorded."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Stakeholder, User
from plans.middleware import PAGES, ViewAsMiddleware
from plans.models import Comment, Plan, Task
from plans.services.working import block_task
from tests.access_table import TABLE
from tests.factories import actor, make_draft_plan, make_live_plan, objective_of, task_of
from tests.test_access_matrix import ADDRESSES

pytestmark = pytest.mark.django_db
BAND = re.compile(r'<aside class="viewing".*?</aside>\s*', re.S)
OWN = re.compile(r'data-person="[^"]*" ')
TOKENS = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken" value="\w+">')


def page_of(plan: Plan) -> str:
    return f"/plans/{plan.pk}/"


def stakeholder_of(person: User) -> Stakeholder:
    return Stakeholder.objects.get(user=person)


def start(browser: Client, plan: Plan, person: User):
    return browser.post(f"/plans/{plan.pk}/view-as/", {"stakeholder": stakeholder_of(person).pk})


@pytest.fixture
def looking(enter, csm, plan, champion) -> Client:
    """The CSM's browser, looking at `plan` through the champion's eyes."""
    browser = enter(csm)
    start(browser, plan, champion)
    return browser


def text_of(response) -> str:
    return response.content.decode()


def bare(response) -> str:
    """The page without the band and without what is random; nobody's drafts are kept from somebody else's page."""
    text = OWN.sub("", TOKENS.sub("", BAND.sub("", text_of(response))))
    return re.sub(r"\n\s*\n+", "\n", text)


def test_it_begins_from_the_plan_and_is_recorded(enter, csm, plan, champion, account):
    browser = enter(csm)
    page = text_of(browser.get(page_of(plan)))
    assert f'<option value="{stakeholder_of(champion).pk}">Chloe Champion</option>' in page
    answer = start(browser, plan, champion)
    assert (answer.status_code, answer.url) == (302, page_of(plan))
    event = Event.objects.get(verb="person.viewed_as")
    assert (event.account, event.plan_id, event.actor, event.subject) == (
        account,
        None,
        csm,
        "Chloe Champion",
    )
    assert event.new["plan"] == str(plan.pk)


@pytest.mark.parametrize("who", ["sponsor", "champion", "contributor", "viewer"])
def test_it_is_the_very_same_page(who, everybody, enter, csm, plan):
    person = everybody[who]
    User.objects.filter(pk=person.pk).update(language="de", time_zone="Asia/Tokyo")
    browser = enter(csm)
    start(browser, plan, person)
    task, objective = task_of(plan, 1), objective_of(plan)
    for path in (
        page_of(plan),
        f"{page_of(plan)}tasks/{task.pk}/",
        f"{page_of(plan)}objectives/{objective.pk}/",
    ):
        theirs, seen = enter(person).get(path), browser.get(path)
        band = BAND.search(text_of(seen))
        assert band is not None, path
        assert str(person) in band[0]
        assert bare(seen) == bare(theirs), path


def test_it_has_a_tag_of_its_own(enter, looking, csm, champion, plan):
    tags = {browser.get(page_of(plan))["ETag"] for browser in (enter(csm), enter(champion), looking)}
    assert len(tags) == 3
    own = enter(csm)
    before = own.get(page_of(plan))["ETag"]
    start(own, plan, champion)
    seen = own.get(page_of(plan), headers={"If-None-Match": before})
    assert seen.status_code == 200
    own.post("/view-as/stop/")
    assert own.get(page_of(plan), headers={"If-None-Match": seen["ETag"]}).status_code == 200


def test_no_draft_is_kept_or_shown_under_their_name(looking, enter, champion, plan):
    assert 'data-person=""' in text_of(looking.get(page_of(plan)))
    assert f'data-person="{champion.pk}"' in text_of(enter(champion).get(page_of(plan)))


def test_vendor_notes_are_gone(looking, enter, csm, plan):
    task = task_of(plan, 1)
    Comment.objects.create(
        plan=plan,
        account=plan.account,
        task=task,
        author=csm,
        side="vendor",
        vendor_only=True,
        body="A secret note",
    )
    path = f"{page_of(plan)}tasks/{task.pk}/"
    assert "A secret note" in text_of(enter(csm).get(path))
    assert "A secret note" not in text_of(looking.get(path))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("act", ["", "complete/", "block/", "pass/", "reassign/"])
def test_nothing_can_be_changed(method, act, looking, plan):
    task = task_of(plan, 2)
    answer = getattr(looking, method)(f"{page_of(plan)}tasks/{task.pk}/{act}", {"version": 1})
    assert answer.status_code == 403
    assert "You see this plan as Chloe Champion sees it" in text_of(answer)
    assert task_of(plan, 2).version == 1


def test_every_act_on_the_plan_is_refused(looking, csm, plan, monkeypatch):
    """Whatever stands under the plan: a post to it is the same refusal, presence and marks included."""
    monkeypatch.setattr(
        "plans.middleware.render", lambda *_args, status, **_more: HttpResponse(status=status)
    )
    door, session = ViewAsMiddleware(lambda _request: HttpResponse()), looking.session
    for name, arguments in ADDRESSES.items():
        if "plan_id" in arguments and name != "view_as_start":
            request = RequestFactory().post(reverse(name, kwargs=dict.fromkeys(arguments, plan.pk)))
            request.session, request.user = session, csm
            request.COOKIES["sessionid"] = "any"
            assert door(request).status_code == 403, name


def test_every_page_of_a_plan_is_decided():
    """A new page under a plan must be named in the middleware, or it would show the vendor's own."""
    shown = set()
    for line in TABLE.splitlines():
        words = line.split()
        if words[:1] == ["GET"] and ":" not in words[1] and set(words[3:11]) != {"405"}:
            shown.add(words[1])
    pages = {name for name in shown if "plan_id" in ADDRESSES.get(name, [])}
    assert pages == PAGES & set(ADDRESSES)


def test_everything_else_stays_ones_own(looking, csm, account, other_account, owners):
    elsewhere = make_live_plan(account=other_account, owners=owners)
    assert 'class="viewing"' not in text_of(looking.get(page_of(elsewhere)))
    for path in ("/", "/settings/", f"/accounts/{account.pk}/", "/accounts/"):
        text = text_of(looking.get(path))
        assert "Carla Csm" in text, path
        assert 'class="viewing"' not in text
    task = task_of(elsewhere, 2)
    answer = looking.post(f"{page_of(elsewhere)}tasks/{task.pk}/complete/", {"version": 1})
    assert answer.status_code == 302
    assert task_of(elsewhere, 2).completed_by == csm


def test_stopping(looking, plan):
    answer = looking.post("/view-as/stop/")
    assert answer.url == page_of(plan)
    assert 'class="viewing"' not in text_of(looking.get(page_of(plan)))
    assert looking.post("/view-as/stop/").url == "/"
    assert looking.get("/view-as/stop/").status_code == 405


def test_another_pair_of_eyes_without_stopping(looking, plan, sponsor):
    start(looking, plan, sponsor)
    assert "You see this plan as Sam Sponsor sees it" in text_of(looking.get(page_of(plan)))


class TestItEnds:
    def own(self, browser: Client, plan: Plan) -> bool:
        return 'class="viewing"' not in text_of(browser.get(page_of(plan)))

    def test_after_half_an_hour(self, looking, plan):
        with time_machine.travel(timezone.now() + timedelta(minutes=29)):
            assert not self.own(looking, plan)
        with time_machine.travel(timezone.now() + timedelta(minutes=31)):
            assert self.own(looking, plan)

    def test_an_act_from_a_page_that_is_too_old_is_refused_once(self, looking, plan, csm):
        path = f"{page_of(plan)}tasks/{task_of(plan, 2).pk}/complete/"
        with time_machine.travel(timezone.now() + timedelta(minutes=31)):
            answer = looking.post(path, {"version": 1})
            assert answer.status_code == 403
            assert "that has ended" in text_of(answer)
            assert looking.post(path, {"version": 1}).status_code == 302
        assert task_of(plan, 2).completed_by == csm

    def test_with_the_session(self, looking, plan, csm):
        looking.post("/sign-out/")
        looking.force_login(csm)
        assert self.own(looking, plan)

    def test_with_the_stakeholder(self, looking, plan, champion):
        Stakeholder.objects.filter(user=champion).update(removed_at=timezone.now())
        assert self.own(looking, plan)

    def test_with_the_person(self, looking, plan, champion):
        User.objects.filter(pk=champion.pk).update(is_active=False)
        assert self.own(looking, plan)

    def test_with_the_right(self, looking, plan, csm):
        User.objects.filter(pk=csm.pk).update(vendor_role="executive")
        assert self.own(looking, plan)


class TestWhoCannotBeSeenAs:
    def refused(self, browser: Client, plan: Plan, stakeholder, said: str) -> None:
        answer = browser.post(f"/plans/{plan.pk}/view-as/", {"stakeholder": stakeholder}, follow=True)
        assert said in text_of(answer)
        assert 'class="viewing"' not in text_of(answer)
        assert not Event.objects.filter(verb="person.viewed_as").exists()

    def test_who_has_not_come_in(self, enter, csm, plan, champion):
        Stakeholder.objects.filter(user=champion).update(joined_at=None)
        self.refused(enter(csm), plan, stakeholder_of(champion).pk, "Only somebody who has come in")

    def test_people_of_another_account(self, enter, csm, plan, stranger):
        self.refused(enter(csm), plan, stakeholder_of(stranger).pk, "Choose whose eyes")

    @pytest.mark.parametrize("typed", ["", "x", "0" * 5000, "a\0b"])
    def test_nonsense(self, typed, enter, csm, plan):
        self.refused(enter(csm), plan, typed, "Choose whose eyes")

    def test_a_draft(self, enter, csm, account, champion):
        draft = make_draft_plan(account=account)
        assert "See this plan as somebody else" not in text_of(enter(csm).get(page_of(draft)))
        self.refused(enter(csm), draft, stakeholder_of(champion).pk, "A draft is the vendor’s alone")


def test_what_others_do_meanwhile_is_seen(looking, plan, champion):
    before = looking.get(f"{page_of(plan)}changes/")["ETag"]
    block_task(by=actor(champion, plan), task=task_of(plan, 1), version=1, reason="No access")
    after = looking.get(f"{page_of(plan)}changes/", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert Task.objects.get(pk=task_of(plan, 1).pk).blocked_by == champion
