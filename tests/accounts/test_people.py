"""The vendor's own people."""

import pytest
from django.urls import reverse

from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
FORM = {"name": "Vic Vendor", "email": "vic@vendor.example", "role": "csm"}


def test_an_admin_adds_a_person_who_can_sign_in(enter, admin):
    answer = enter(admin).post(reverse("person_add"), FORM | {"email": "Vic@Vendor.example"})
    assert (answer.status_code, answer.url) == (302, reverse("people"))
    vic = User.objects.get(email="vic@vendor.example")
    assert (vic.name, vic.vendor_role, vic.has_usable_password()) == ("Vic Vendor", "csm", False)


def test_adding_again_gives_access_back(enter, admin):
    UserFactory(email="vic@vendor.example", vendor_role="executive", is_active=False)
    enter(admin).post(reverse("person_add"), FORM)
    vic = User.objects.get(email="vic@vendor.example")
    assert (vic.is_active, vic.vendor_role) == (True, "csm")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "chloe.champion@example.com"}, "belongs to a stakeholder of a customer"),
        ({"email": "vic"}, "Enter a valid email address"),
        ({"email": "vic@vendor.example\nX: y"}, "Enter a valid email address"),
        ({"name": ""}, "This field is required"),
        ({"name": "V" * 5000}, "at most 200 characters"),
        ({"role": "owner"}, "Select a valid choice"),
        ({"role": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(enter, admin, champion, changes, said):
    people = User.objects.count()
    answer = enter(admin).post(reverse("person_add"), FORM | changes)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert ("vic@vendor.example" in text) == ("email" not in changes or "\n" in changes["email"])
    assert User.objects.count() == people


def test_an_admin_changes_a_role(enter, admin, csm):
    client = enter(admin)
    answer = client.post(reverse("person_role", args=[csm.pk]), {"role": "executive"}, follow=True)
    assert "Carla Csm: Executive." in answer.content.decode()
    csm.refresh_from_db()
    assert csm.vendor_role == "executive"
    client.post(reverse("person_role", args=[csm.pk]), {"role": "emperor"})
    csm.refresh_from_db()
    assert csm.vendor_role == "executive"


def test_nobody_locks_themselves_out(enter, admin):
    client = enter(admin)
    client.post(reverse("person_deactivate", args=[admin.pk]))
    client.post(reverse("person_role", args=[admin.pk]), {"role": "csm"})
    answer = client.post(reverse("person_add"), {"name": "Ada", "email": admin.email, "role": "csm"})
    assert "You cannot change your own role" in answer.content.decode()
    admin.refresh_from_db()
    assert (admin.is_active, admin.vendor_role) == (True, "admin")


def test_an_admin_ends_an_access(enter, admin, csm):
    inside = enter(csm)
    assert inside.get("/").status_code == 200
    answer = enter(admin).post(reverse("person_deactivate", args=[csm.pk]), follow=True)
    assert "cannot sign in any more" in answer.content.decode()
    assert inside.get("/").status_code == 302


def test_customers_are_not_reached_from_here(enter, admin, champion):
    assert enter(admin).post(reverse("person_deactivate", args=[champion.pk])).status_code == 404
    assert enter(admin).post(reverse("person_role", args=[champion.pk]), {"role": "admin"}).status_code == 404


@pytest.mark.parametrize("kind", ["csm", "executive", "champion", "stranger"])
def test_only_admins_manage_people(enter, everybody, admin, kind):
    client = enter(everybody[kind])
    assert client.get(reverse("people")).status_code == 403
    assert client.post(reverse("person_add"), FORM).status_code == 403
    assert client.post(reverse("person_deactivate", args=[admin.pk])).status_code == 403


def test_the_list_shows_who_has_no_access(enter, admin):
    UserFactory(name="Gone Greta", vendor_role="csm", is_active=False)
    text = enter(admin).get(reverse("people")).content.decode()
    assert "Gone Greta" in text
    assert "No access" in text


def test_a_get_deactivates_nobody(enter, admin, csm):
    assert enter(admin).get(reverse("person_deactivate", args=[csm.pk])).status_code == 405
    assert enter(admin).get(reverse("person_role", args=[csm.pk])).status_code == 405
