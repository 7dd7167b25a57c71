"""What a first-win one-pager knows, beside what every document does."""

from datetime import date
from typing import Literal

from pydantic import Field, NonNegativeInt

from reports.snapshots import Document, Frozen, PictureRef, Side, Standing


class Credit(Frozen):
    """Somebody to thank; `title` is what they are at their company."""

    name: str
    title: str = ""
    side: Side


class Proof(Frozen):
    """A piece of evidence that the other company accepted (`accepted_by`), or that was only handed in.

    `picture` is printed; `unreadable` is a picture that cannot be. `page` is where the portal shows it.
    """

    title: str
    kind: Literal["file", "link", "note"]
    by: str
    on: date
    accepted_by: str = ""
    accepted_on: date | None = None
    picture: PictureRef | None = None
    unreadable: bool = False
    page: str = ""


class FirstWin(Document):
    """One win on one page. `days_to_value` are those from the signature to the first value, None where it is not the
    first or nobody signed. `shared_by` has agreed that others may be told; "" means that nobody has."""

    schema_version: Literal[1] = 1
    kind: str = "first_win"
    title: str
    before: str = ""
    after: str = ""
    story: str = ""
    about: str = Field(default="", description="the objective or the milestone that it is a win of")
    reached_on: date
    days_to_value: NonNegativeInt | None = None
    standing: Standing
    credits: tuple[Credit, ...] = ()
    credits_others: str = ""
    proofs: tuple[Proof, ...] = ()
    proofs_more: NonNegativeInt = 0
    next_step: str = ""
    shared_by: str = ""
    shared_on: date | None = None
    page: str = ""
