"""What the bench's database holds: the measured plan among 1,000 accounts, and once more among 100.

The two stand in two schemas of one database, so that calls on either can alternate on one connection.
Kept between runs of one day, until a model, a playbook or the seeding itself changes.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from bench.copying import copy_account
from bench.environment import ROOT, VAR
from bench.measured_plan import KEY, make_measured_plan, put_csm
from bench.playbook import bench_playbook
from plans.models import Plan
from plans.services.publishing import publish_playbook
from portal.lib import clock

LARGE, SMALL = "public", "hundred"
SIZES = {LARGE: 1000, SMALL: 100}
_STAMP = VAR / "seed.stamp"


@dataclass(frozen=True)
class Seeded:
    """The measured plan and its people, in the schema that is in use."""

    plan: Plan
    csm: User
    champion: User


def seed() -> bool:
    """Make both schemas unless they are there. Returns whether it had to."""
    fingerprint = _fingerprint()
    if _STAMP.exists() and _STAMP.read_text() == fingerprint:
        return False
    _STAMP.unlink(missing_ok=True)
    shutil.rmtree(VAR / "files", ignore_errors=True)
    for schema, accounts in SIZES.items():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            cursor.execute(f"CREATE SCHEMA {schema}")
        use(schema)
        call_command("migrate", verbosity=0)
        _fill(accounts)
    use(LARGE)
    _STAMP.write_text(fingerprint)
    return True


def use(schema: str) -> None:
    """Let this connection see one of the two."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path TO {schema}")


def seeded() -> Seeded:
    plan = Plan.objects.select_related("account__owner").get(deal__external_id=KEY)
    champion = User.objects.get(stakeholders__account=plan.account_id, stakeholders__role="champion")
    return Seeded(plan, plan.account.owner, champion)


def _fill(accounts: int) -> None:
    # Shipped ones too: a delivery is matched against all that are published.
    with open(os.devnull, "w") as quiet:
        call_command("load_playbooks", stdout=quiet)
    publish_playbook(bench_playbook())
    csm = put_csm()
    plan = make_measured_plan(csm)
    copy_account(plan, csm, copies=accounts - 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _fingerprint() -> str:
    """Of the day, and of all files that shape the data."""
    digest = hashlib.sha256(clock.now().date().isoformat().encode())
    patterns = ("*/migrations/*.py", "plans/playbooks/*.yaml", "plans/services/counting.py")
    own = ("seeding", "copying", "measured_plan", "playbook", "deals")
    patterns += tuple(f"bench/{name}.py" for name in own)
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
