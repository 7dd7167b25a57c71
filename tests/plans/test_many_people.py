"""An account with three hundred people: pages name the first few, and cost as many queries as with five."""

import pytest
from django.utils import timezone

from accounts.models import Stakeholder, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(account, plan) -> None:
    people = User.objects.bulk_create(
        User(name=f"Person {n:03}", email=f"person-{n}@example.com") for n in range(300)
    )
    Stakeholder.objects.bulk_create(
        Stakeholder(account=account, user=one, role="contributor", joined_at=timezone.now()) for one in people
    )


def test_the_plan_names_those_who_lead_and_counts_the_rest(
    enter, crowd, plan, csm, champion, sponsor, account, django_assert_num_queries
):
    browser = enter(csm)
    with django_assert_num_queries(12):
        text = browser.get(f"/plans/{plan.pk}/").content.decode()
    assert text.count('<li class="person">') == 12
    people = text.partition('id="people-head"')[2]
    # The fixtures' contributor came before the crowd: 304 people in all.
    assert f'<a href="/accounts/{account.pk}/">and 292 more</a>' in people
    names = people.split('<li class="person">')[1:4]
    for name, row in zip(("Carla Csm", "Chloe Champion", "Sam Sponsor"), names, strict=True):
        assert name in row
    # Through whose eyes: everybody can be chosen.
    assert ">Person 299</option>" in people
    assert "Person 299" not in enter(champion).get(f"/plans/{plan.pk}/").content.decode()


def test_few_people_are_all_named(enter, plan, csm):
    text = enter(csm).get(f"/plans/{plan.pk}/").content.decode()
    assert text.count('<li class="person">') == 3
    assert "more</a>" not in text.partition('id="people-head"')[2].partition("</section>")[0]


def test_of_many_signers_those_who_usually_sign_stand_before_the_fold(
    enter, crowd, plan, csm, sponsor, champion
):
    ask = f"/plans/{plan.pk}/signoffs/new/"
    text = enter(csm).get(ask).content.decode()
    first, _summary, rest = text.partition("more people</summary>")
    assert first.count('name="signers"') == 3
    assert "Sam Sponsor" in first
    assert rest.count('name="signers"') == 301
    # Who was ticked below the fold stands before it, when the form is shown again.
    last = User.objects.get(name="Person 299")
    answer = enter(csm).post(ask, {"signers": [last.pk]})
    assert answer.status_code == 422
    assert "Person 299" in answer.content.decode().partition("more people</summary>")[0]


@pytest.mark.parametrize(
    ("path", "queries"),
    [("signoffs/new/", 8), ("tasks/new/", 8), ("meetings/", 5), ("turn/", 7), ("mention/?q=person", 4)],
)
def test_as_many_queries_as_with_a_few(
    path, queries, enter, crowd, plan, champion, django_assert_num_queries
):
    browser = enter(champion)
    with django_assert_num_queries(queries):
        browser.get(f"/plans/{plan.pk}/{path}")
