"""The kinds of documents there are: what each is about, over which days, and the package that knows it.

A package offers two modules, loaded when they are needed (the second loads WeasyPrint's neighbours, the charts):

- `gathering.gather(asked: Asked) -> Document`: reads, in a fixed number of queries
  whatever the size, and writes nothing; raises Refused where these readers may not have it (any more);
- `document`: `SNAPSHOT` (its class), `VERSIONS`, `render(snapshot, version) -> str` (the HTML),
  `title(snapshot) -> str`, and, where it carries files along, `papers(snapshot)`: name, digest and words of each.

Its templates are `templates/reports/pdf/<key>/<version>.html` and `.css`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.models import Account, User
from plans.models import Plan
from reports.models import Audience, DocumentKind
from reports.pictures import PictureBox

if TYPE_CHECKING:
    from reports.snapshots import Document


class Refused(Exception):
    """What was asked for cannot be made of the facts as they are, and trying again by itself does not change that.
    Its text says why, to whoever asked."""


class About(StrEnum):
    """PLAN: one plan. ACCOUNT: an account, with the plan that runs there where there is one. WIN and RENEWAL: one of
    these (`Edition.subject_id`), with its plan."""

    PLAN = "plan"
    ACCOUNT = "account"
    WIN = "win"
    RENEWAL = "renewal"


class Span(StrEnum):
    """PERIOD: from one day to another. WEEK: Monday to Sunday. DAY: as of one day."""

    PERIOD = "period"
    WEEK = "week"
    DAY = "day"


@dataclass(frozen=True)
class Asked:
    """What somebody wants to have. `requested_by` is None for the portal itself; `pictures` keeps what is printed
    or attached."""

    account: Account
    plan: Plan | None
    subject_id: UUID | None
    period_from: date
    period_to: date
    language: str
    paper: str
    audience: str = Audience.SHARED
    requested_by: User | None = None
    pictures: PictureBox = field(default_factory=PictureBox)


@dataclass(frozen=True)
class Kind:
    """`audiences` are those for whom it can be made, the usual one first. One that is `announced` is a line of the
    plan's history, and its readers are told."""

    key: DocumentKind
    about: About
    span: Span
    package: str
    audiences: tuple[str, ...] = (Audience.SHARED, Audience.INTERNAL)
    announced: bool = True

    @property
    def gather(self) -> "Callable[[Asked], Document]":
        return import_module(f"{self.package}.gathering").gather

    @property
    def document(self) -> Any:
        return import_module(f"{self.package}.document")


_ALL = (
    Kind(DocumentKind.RECAP, About.PLAN, Span.PERIOD, "reports.recap"),
    Kind(DocumentKind.FIRST_WIN, About.WIN, Span.DAY, "reports.first_win", (Audience.SHARED,)),
    Kind(
        DocumentKind.PACKET,
        About.RENEWAL,
        Span.DAY,
        "reports.packet",
        (Audience.INTERNAL, Audience.SHARED),
    ),
    Kind(DocumentKind.SCOREBOARD, About.ACCOUNT, Span.WEEK, "reports.scoreboard", (Audience.SHARED,), False),
    Kind(DocumentKind.REVIEW, About.PLAN, Span.PERIOD, "reports.review"),
    Kind(DocumentKind.PLAN_EXPORT, About.PLAN, Span.DAY, "reports.plan_export", (Audience.SHARED,), False),
)
KINDS: dict[str, Kind] = {kind.key.value: kind for kind in _ALL}
