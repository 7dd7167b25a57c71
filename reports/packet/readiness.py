"""What the renewal still misses, and who owes it (`plans.services.readiness`)."""

from plans.models import Renewal
from plans.services.readiness import Line, readiness
from plans.services.renewing import said
from reports.packet.snapshot import MissingItem
from reports.snapshots import Side


def read_missing(renewal: Renewal) -> list[MissingItem]:
    """In the order of the windows. `renewal` comes with its contract, and its plan with account and owner."""
    return [_missing(line) for line in readiness(renewal).missing]


def _missing(line: Line) -> MissingItem:
    return MissingItem(
        text=said(line.text),
        side=Side(line.side),
        owes=tuple(one.name for one in line.owes if one.name),
        why=line.why,
        due_on=line.due_on,
        late=line.late,
    )
