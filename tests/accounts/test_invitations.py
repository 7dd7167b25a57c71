"""Invitations: sent within the allowed domains, shown without signing in, accepted with a code only."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import StakeholderRole
from accounts.models import Event, Invitation, OutgoingMail, Stakeholder, User
from accounts.services.invitations import invite_colleague
from tests.accounts.test_sign_in import code_for, confirm, is_in
from tests.factories import StakeholderFactory, UserFactory, actor

pytestmark = pytest.mark.django_db
FORM = {"name": "Nora New", "email": "nora.new@example.com", "role": "contributor"}


def page(invitation: Invitation) -> str:
    return reverse("invitation_page", args=[invitation.pk])


def accept(client: Client, invitation: Invitation):
    return client.post(reverse("invitation_accept", args=[invitation.pk]))


def invite(client: Client, account, **changes: str):
    return client.post(reverse("invitation_create", args=[account.pk]), FORM | changes)


@pytest.fixture
def invitation(csm, account) -> Invitation:
    return invite_colleague(by=actor(csm, account), account=account, **FORM)


def test_a_champion_invites_a_colleague(enter, champion, account, queued):
    answer = invite(enter(champion), account, email="Nora.New@Example.com")
    assert (answer.status_code, answer.url) == (302, reverse("account_page", args=[account.pk]))
    stakeholder = Stakeholder.objects.get(user__email="nora.new@example.com")
    assert (stakeholder.role, stakeholder.joined_at) == ("contributor", None)
    mail = OutgoingMail.objects.get(kind="invitation")
    assert mail.to == "nora.new@example.com"
    assert page(Invitation.objects.get()) in mail.text
    assert queued.named("accounts.send_mail") == [(str(mail.pk),)]
    assert Event.objects.filter(verb="person.invited", actor=champion).count() == 1


@pytest.mark.parametrize("kind", ["sponsor", "contributor", "viewer", "executive"])
def test_who_may_not_invite_is_told_so(enter, everybody, account, kind):
    assert invite(enter(everybody[kind]), account).status_code == 403
    assert not Invitation.objects.exists()


def test_nobody_is_flooded_with_invitations(enter, champion, csm, account):
    client = enter(champion)
    answers = [invite(client, account).status_code for _time in range(61)]
    assert answers == [302] * 60 + [422]
    assert "too many invitations" in str(invite(client, account).context["form"].errors)
    assert OutgoingMail.objects.filter(kind="invitation").count() == 60
    assert invite(enter(csm), account).status_code == 302, "each person has a limit of their own"


def test_a_stranger_finds_nothing(enter, stranger, account):
    assert invite(enter(stranger), account).status_code == 404
    assert enter(stranger).get(reverse("invitation_create", args=[account.pk])).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "nora@elsewhere.example"}, "You can invite people with an address at: example.com."),
        ({"email": "nora@sub.example.com"}, "You can invite people with an address at"),
        ({"email": "nora@example.com.evil.example"}, "You can invite people with an address at"),
        ({"email": "carla.csm@example.com"}, "belongs to somebody at the vendor"),
        ({"email": "chloe.champion@example.com"}, "already on the account"),
        ({"email": "a@example.com\r\nBcc: all@example.com"}, "Enter a valid email address"),
        ({"email": "x" * 300 + "@example.com"}, "at most 254 characters"),
        ({"email": ""}, "This field is required"),
        ({"name": "N" * 5000}, "at most 200 characters"),
        ({"name": "Nora\u202etxt.exe"}, "without control characters"),
        ({"role": "sponsor"}, "Select a valid choice"),
        ({"role": "admin"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_next_to_the_field_and_nothing_typed_is_lost(
    enter, champion, account, changes, said
):
    answer = invite(enter(champion), account, **changes)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert ("Nora New" in text) == ("name" not in changes)
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "name", ["נורה חדשה", "نورة الجديدة", "Nora 🦊👩‍💻", "Zoë O’Neil-Łukasz", "<script>alert(1)</script>"]
)
def test_names_of_any_script_are_names(enter, champion, account, name):
    client = enter(champion)
    assert invite(client, account, name=name).status_code == 302
    shown = client.get(reverse("account_page", args=[account.pk])).content.decode()
    assert User.objects.get(email=FORM["email"]).name == name
    assert "<script>alert(1)" not in shown
    assert (name in shown) or name.startswith("<")


def test_the_vendor_is_held_to_no_domain(enter, csm, account):
    assert invite(enter(csm), account, email="nora@elsewhere.example", role="sponsor").status_code == 302


def test_a_champion_does_not_make_less_of_a_sponsor(enter, champion, account):
    StakeholderFactory(
        account=account, user__name="Saul", user__email="saul@example.com", role="sponsor", joined_at=None
    )
    answer = invite(enter(champion), account, email="saul@example.com")
    assert answer.status_code == 422
    assert Stakeholder.objects.get(user__email="saul@example.com").role == StakeholderRole.SPONSOR


def test_somebody_whose_access_was_closed_is_not_called(enter, champion, account):
    UserFactory(email="cleo@example.com", is_active=False)
    assert invite(enter(champion), account, email="cleo@example.com").status_code == 422


def test_the_page_tells_three_names_and_nothing_else(client, invitation, plan):
    answer = client.get(page(invitation))
    text = answer.content.decode()
    assert answer.status_code == 200
    for told in ("Acme", "Carla Csm", "Accept and sign in"):
        assert told in text
    for kept in ("nora", "Nora", "contributor", "Contributor", plan.name, "Chloe"):
        assert kept not in text
    assert not is_in(client)


def test_looking_at_the_page_changes_nothing(client, invitation, django_assert_max_num_queries):
    before = Invitation.objects.values().get()
    for method in (client.get, client.head):
        method(page(invitation))
    assert Invitation.objects.values().get() == before
    assert not OutgoingMail.objects.exclude(kind="invitation").exists()
    assert client.get(reverse("invitation_accept", args=[invitation.pk])).status_code == 405


def test_an_unknown_invitation_is_nothing(client):
    assert client.get(reverse("invitation_page", args=[uuid4()])).status_code == 404
    assert client.post(reverse("invitation_accept", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "status", "said"),
    [
        ("revoked_at", timedelta(0), 410, "was taken back"),
        ("expires_at", timedelta(seconds=-1), 410, "has expired"),
        ("accepted_at", timedelta(0), 200, "has been accepted"),
    ],
)
def test_an_invitation_that_is_over_says_so_and_lets_nobody_in(
    client, invitation, field, value, status, said
):
    Invitation.objects.update(**{field: timezone.now() + value})
    for answer in (client.get(page(invitation)), accept(client, invitation)):
        assert answer.status_code == status
        assert said in answer.content.decode()
    assert not OutgoingMail.objects.filter(kind="sign_in").exists()


def test_accepting_takes_the_code_of_the_invited_address(client, invitation, plan):
    answer = accept(client, invitation)
    assert answer.url == reverse("account_confirm_login_code")
    assert not is_in(client)
    shown = client.get(answer.url).content.decode()
    assert "n…@example.com" in shown
    assert "nora.new" not in shown
    answer = confirm(client, code_for("nora.new@example.com"))
    assert answer.url == reverse("plan_detail", args=[plan.pk])
    stakeholder = Stakeholder.objects.get(user__email="nora.new@example.com")
    assert stakeholder.joined_at is not None
    assert Invitation.objects.get().state == "accepted"
    assert Event.objects.get(verb="person.joined").actor == stakeholder.user


def test_without_a_plan_to_see_one_lands_on_the_account(client, invitation, account):
    accept(client, invitation)
    answer = confirm(client, code_for("nora.new@example.com"))
    assert answer.url == reverse("account_page", args=[account.pk])


def test_an_invitation_revoked_while_the_code_travels_lets_in_without_the_account(
    client, invitation, account, enter, csm
):
    accept(client, invitation)
    enter(csm).post(reverse("invitation_revoke", args=[invitation.pk]))
    answer = confirm(client, code_for("nora.new@example.com"))
    assert answer.url == "/"
    assert client.get(reverse("account_page", args=[account.pk])).status_code == 404


def test_asking_again_and_again_is_limited(invitation):
    answers = [accept(Client(), invitation).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert OutgoingMail.objects.filter(kind="sign_in").count() == 3


def test_who_is_signed_in_accepts_at_once(enter, invitation, account):
    client = enter(User.objects.get(email="nora.new@example.com"))
    assert "Acme" in client.get("/").content.decode()
    answer = accept(client, invitation)
    assert answer.url == reverse("account_page", args=[account.pk])
    assert client.get(answer.url).status_code == 200


def test_another_persons_invitation_is_not_theirs(enter, stranger, invitation, account):
    client = enter(stranger)
    assert "another address" in client.get(page(invitation)).content.decode()
    answer = accept(client, invitation)
    assert answer.status_code == 403
    assert Invitation.objects.get().state == "open"
    assert client.get(reverse("account_page", args=[account.pk])).status_code == 404


def test_home_shows_open_invitations_to_who_is_on_no_account(enter, invitation):
    text = enter(User.objects.get(email="nora.new@example.com")).get("/").content.decode()
    assert reverse("invitation_accept", args=[invitation.pk]) in text
    assert "Carla Csm" in text


def test_inviting_again_replaces_the_link(enter, champion, account, invitation):
    assert invite(enter(champion), account).status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == "revoked"
    assert Invitation.objects.live().count() == 1


def test_a_champion_revokes(enter, champion, account, invitation):
    answer = enter(champion).post(reverse("invitation_revoke", args=[invitation.pk]))
    assert answer.url == reverse("account_page", args=[account.pk])
    invitation.refresh_from_db()
    assert (invitation.state, invitation.revoked_by) == ("revoked", champion)


def test_revoking_is_not_for_everybody(enter, contributor, stranger, champion, invitation):
    where = reverse("invitation_revoke", args=[invitation.pk])
    assert enter(contributor).post(where).status_code == 403
    assert enter(stranger).post(where).status_code == 404
    assert enter(champion).get(where).status_code == 405
    assert Invitation.objects.get().state == "open"


def test_revoking_twice_is_said(enter, csm, invitation):
    client = enter(csm)
    client.post(reverse("invitation_revoke", args=[invitation.pk]))
    answer = client.post(reverse("invitation_revoke", args=[invitation.pk]), follow=True)
    assert "no longer open" in answer.content.decode()


def test_a_removed_person_is_out_at_once(enter, champion, contributor, account, plan):
    inside = enter(contributor)
    row = Stakeholder.objects.get(user=contributor)
    where = reverse("stakeholder_remove", args=[account.pk, row.pk])
    assert inside.get(reverse("plan_detail", args=[plan.pk])).status_code == 200
    assert enter(champion).get(where).status_code == 405
    assert enter(champion).post(where).status_code == 302
    assert inside.get(reverse("plan_detail", args=[plan.pk])).status_code == 404
    assert inside.get(reverse("account_page", args=[account.pk])).status_code == 404


def test_a_champion_removes_neither_the_sponsor_nor_themselves(enter, champion, sponsor, account):
    client = enter(champion)
    for person, said in ((sponsor, "Only the vendor can"), (champion, "You cannot remove yourself")):
        row = Stakeholder.objects.get(user=person)
        answer = client.post(reverse("stakeholder_remove", args=[account.pk, row.pk]), follow=True)
        assert said in answer.content.decode()
        row.refresh_from_db()
        assert row.removed_at is None


def test_removing_is_not_for_everybody(
    enter, contributor, viewer, stranger, account, other_account, champion
):
    row = Stakeholder.objects.get(user=viewer)
    assert (
        enter(contributor).post(reverse("stakeholder_remove", args=[account.pk, row.pk])).status_code == 403
    )
    assert enter(stranger).post(reverse("stakeholder_remove", args=[account.pk, row.pk])).status_code == 404
    # Through an account of one's own nobody of another is reached.
    crossed = reverse("stakeholder_remove", args=[other_account.pk, row.pk])
    assert enter(stranger).post(crossed).status_code == 404
