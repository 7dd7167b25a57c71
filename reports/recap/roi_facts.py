"""What a recap for the vendor's own people knows of the return on an account; a part of its snapshot."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from reports.snapshots import Frozen


class RoiRange(Frozen):
    """An amount of money as it is seen cautiously, as expected, and at best."""

    low: Decimal
    base: Decimal
    high: Decimal


class RoiRow(Frozen):
    """A row that a term is made of: what it is, how much, and where the portal shows it."""

    term: Literal["expansion", "preserved", "churn_avoided", "cost"]
    text: str
    amount: Decimal
    page: str = ""


class Roi(Frozen):
    """(Expansion + renewal revenue preserved + churn avoided − account cost) ÷ account cost. `ratio` is a share of 1
    (0.8 is 80 %), None where the cost is 0 and so none is defined. `method` and `assumptions` are printed as they
    are, sentence by sentence. The vendor's money: only in editions for the vendor's own people."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    expansion: RoiRange
    preserved: RoiRange
    churn_avoided: RoiRange
    cost: RoiRange
    ratio: RoiRange | None = None
    rows: tuple[RoiRow, ...] = ()
    method: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
