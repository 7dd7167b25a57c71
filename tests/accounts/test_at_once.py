"""Invitations at the same moment, on real connections: nobody waits in a circle, and a removal always holds."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import pytest
from django.db import connections, transaction

from accounts.models import Invitation, Stakeholder
from accounts.services.invitations import accept_invitation, invite_colleague, send_invitation
from accounts.services.people import remove_from_account
from tests.factories import actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invitation(csm, account) -> Invitation:
    return invite_colleague(
        by=actor(csm, account), account=account, email="nora@example.com", name="Nora", role="contributor"
    )


def in_a_thread(pool: ThreadPoolExecutor, act):
    def run():
        try:
            return act()
        finally:
            connections.close_all()

    return pool.submit(run)


@pytest.mark.parametrize("other", ["remove", "invite again"])
def test_accepting_while_a_manager_acts(other, invitation, csm, account, monkeypatch):
    """The accepting is held up between its two rows, while the manager's act begins."""
    stakeholder, by = invitation.stakeholder, actor(csm, account)
    reached, real = Signal(), Stakeholder.save

    def slow_save(self, *args, **options):
        if "joined_at" in (options.get("update_fields") or []) and self.joined_at:
            reached.set()
            time.sleep(0.5)
        return real(self, *args, **options)

    monkeypatch.setattr(Stakeholder, "save", slow_save)
    acts = {
        "remove": lambda: remove_from_account(by=by, stakeholder=Stakeholder.objects.get(pk=stakeholder.pk)),
        "invite again": lambda: invite_colleague(
            by=by, account=account, email="nora@example.com", name="Nora", role="contributor"
        ),
    }

    with ThreadPoolExecutor(2) as pool:
        accepting = in_a_thread(pool, lambda: accept_invitation(invitation=invitation, user=stakeholder.user))
        assert reached.wait(10)
        acting = in_a_thread(pool, acts[other])
        assert accepting.result(20)
        if other == "remove":
            acting.result(20)
            stakeholder.refresh_from_db()
            assert stakeholder.removed_at
        else:
            assert "already on the account" in str(acting.exception(20))
            assert not Invitation.objects.live().exists()


def test_who_is_removed_first_cannot_accept(invitation, csm, account):
    stakeholder = invitation.stakeholder
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        remove_from_account(by=actor(csm, account), stakeholder=stakeholder)
        accepting = in_a_thread(pool, lambda: accept_invitation(invitation=invitation, user=stakeholder.user))
        time.sleep(0.3)
        assert not accepting.done(), "it waits for the removal to end"
    assert accepting.result(20) is None
    stakeholder.refresh_from_db()
    assert (stakeholder.joined_at, bool(stakeholder.removed_at)) == (None, True)


def test_many_invite_the_same_person_at_once(invitation, csm) -> None:
    """One link is good at the end, and nobody gets an error."""
    stakeholder = invitation.stakeholder

    def invite():
        with transaction.atomic():
            return send_invitation(stakeholder=stakeholder, by=csm)

    with ThreadPoolExecutor(6) as pool:
        sent = [job.result(20) for job in [in_a_thread(pool, invite) for _ in range(6)]]
    assert len({one.pk for one in sent}) == 6
    assert Invitation.objects.live().filter(stakeholder=stakeholder).count() == 1
