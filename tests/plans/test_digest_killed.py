"""A morning run that dies in the middle sends each digest once: a real process, killed with -9."""

import subprocess
import sys
from datetime import timedelta

import pytest

from accounts.models import OutgoingMail
from plans.models import Digest, Nudge, Task
from plans.services.digesting import run_digests
from tests import processes
from tests.factories import StakeholderFactory, task_of
from tests.mornings import TUESDAY, at, deliver, running_plan

PEOPLE = 12
# Says when two batches are through, and then holds the third one open until it is killed.
SCRIPT = """
import time, time_machine
from datetime import datetime, UTC
import django; django.setup()
from plans.services import digesting
digesting.BATCH = 3
keep, batches = digesting._keep, []
def held(mornings):
    keep(mornings)
    batches.append(1)
    if len(batches) == 3:
        print("holding", flush=True)
        while True: time.sleep(1)
digesting._keep = held
from portal.lib import clock
with clock.as_of(datetime(2026, 3, 10, 7, 5, tzinfo=UTC)):
    digesting.run_digests()
"""


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_each_gets_one(account, owners, tmp_path):
    plan = running_plan(account=account, owners=owners)
    plan.tasks.update(due_on=TUESDAY + timedelta(days=90))
    milestone = task_of(plan, 1).milestone_id
    people = [
        StakeholderFactory(account=account, user__name=f"P {n}", role="viewer").user for n in range(PEOPLE)
    ]
    for n, person in enumerate(people):
        Task.objects.create(
            plan=plan, account=account, milestone_id=milestone, key=f"k{n}", position=50 + n, title=f"T {n}",
            side="customer", owner=person, due_on=TUESDAY - timedelta(days=1),
        )  # fmt: skip
    run = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        cwd=processes.ROOT,
        env=processes.environment(
            PORTAL_QUEUE_DIR=str(tmp_path), PORTAL_QUEUE_NAME="killed", EMAIL_URL="smtp://127.0.0.1:1"
        ),
        stdout=subprocess.PIPE,
    )
    try:
        assert run.stdout.readline() == b"holding\n"
    finally:
        run.kill()
        run.wait()
    half = OutgoingMail.objects.filter(kind__in=["digest", "weekly"]).count()
    assert 0 < half < PEOPLE
    assert Nudge.objects.count() <= half
    # PostgreSQL needs a moment to notice that the process is gone, and lets its rows go then.
    with at(TUESDAY, 8, 10):
        processes.wait_for(_taken_up, what="the rest of the run")
        sent = deliver()
    theirs = [mail.to[0] for mail in sent if mail.to[0] in {person.email for person in people}]
    assert sorted(theirs) == sorted(person.email for person in people)
    assert Nudge.objects.count() == PEOPLE


def _taken_up() -> bool:
    run_digests()
    return Digest.objects.filter(user__name__startswith="P ").count() == PEOPLE
