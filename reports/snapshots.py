"""What all documents know: frozen, typed, JSON-serialisable; from it a document is rebuilt for ever.

Nothing here reads the database. Numbers are exact (Decimal, written as text), dates are days without a time of day,
and every list is in the order in which the document prints it.

A snapshot class may only be added to, by fields with a default; a default that has been issued never changes. What
was kept says no more than it said then (`exclude_unset`), so that an old one keeps its digest.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from portal.lib.canonical import canonical_json, digest

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class Side(StrEnum):
    VENDOR = "vendor"
    CUSTOMER = "customer"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Standing(Frozen):
    """Who stands behind a number (`plans.values`): the customer's person who confirmed it, else who claimed it."""

    state: Literal["claimed", "evidenced", "confirmed"]
    name: str = ""
    day: date | None = None


class PictureRef(Frozen):
    """A picture that is kept with the edition (`reports.models.Picture`), asked for as `portal:picture/<sha256>`."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    media_type: Literal["image/png", "image/jpeg", "image/svg+xml"]
    width: PositiveInt
    height: PositiveInt
    alt: str = ""


class Document(Frozen):
    """What every kind of document knows. `language` is a BCP 47 tag; `check_address` the page on which a reader can
    check the file; `portal_address` where links to evidence begin (they ask for sign-in). `watermark` is printed
    across each page ("" for none). A document of one day has both ends of the period on that day."""

    kind: str = "recap"
    vendor: str
    account: str
    plan: str = ""
    period_from: date
    period_to: date
    made_on: date
    made_by: str = ""
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    paper: Literal["a4", "letter"] = "a4"
    audience: Literal["shared", "internal"] = "shared"
    brand: Colour = "#2a5bd7"
    accent: Colour = "#b4552d"
    logo: PictureRef | None = None
    legal_footer: str = ""
    check_address: str = ""
    portal_address: str = ""
    watermark: str = ""

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.period_from > self.period_to:
            raise ValueError("the period ends before it begins")
        return self

    def to_bytes(self) -> bytes:
        """Return the canonical JSON of this snapshot: the same facts always give the same bytes."""
        return canonical_json(self.model_dump(exclude_unset=True))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises pydantic.ValidationError for anything else."""
        return cls.model_validate_json(content)

    @property
    def digest(self) -> str:
        return digest(self.to_bytes())
