"""Security confirmations as the packet lists them: what holds, what ends before the new term does, what has ended.

Small files of those that have not ended travel in the packet: who may read it may see them on the account's page, too.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import PurePath
from typing import Literal

from django.urls import reverse
from django.utils.text import slugify

from accounts.models import Account, SecurityConfirmation
from reports.packet.snapshot import Confirmation
from reports.pictures import PictureBox

MOST_CONFIRMATIONS = 40
# Files that are attached: so many, of so many bytes each and together. A check of a packet looks at eight attachments.
MOST_ATTACHED = 6
MOST_BYTES, MOST_BYTES_TOGETHER = 1_000_000, 3_000_000
ATTACHED = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
LONGEST_STEM = 80

State = Literal["valid", "not_yet", "ends_early", "expired"]


def read_confirmations(
    account: Account, *, today: date, term_ends: date, portal_address: str, box: PictureBox
) -> list[Confirmation]:
    """The vendor's own and those for this account, by name: one query. `term_ends` is the last day of the new term."""
    rows = SecurityConfirmation.objects.for_account(account.pk).order_by("name", "added_at", "pk")
    found = list(rows[:MOST_CONFIRMATIONS])
    holding = [one for one in found if not one.valid_until or one.valid_until >= today]
    attached = _attached(holding, box)
    return [
        Confirmation(
            name=one.name,
            issuer=one.issuer,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            state=state_of(one.valid_from, one.valid_until, today, term_ends),
            for_account=one.account_id is not None,
            file_name=one.file_name,
            digest=one.sha256,
            address=_address(one, account, portal_address),
            attached=attached.get(one.sha256, "") if one in holding else "",
        )
        for one in found
    ]


def state_of(first: date | None, last: date | None, today: date, term_ends: date) -> State:
    """How it stands on the day; both its days count as valid. Without a last day it has no end."""
    if last and last < today:
        return "expired"
    if first and first > today:
        return "not_yet"
    return "ends_early" if last and last < term_ends else "valid"


def _address(one: SecurityConfirmation, account: Account, portal_address: str) -> str:
    """At its issuer's; a file of ours on the account's page of confirmations, which asks for sign-in."""
    if one.url:
        return one.url
    return portal_address + reverse("account_security", args=[account.pk]) if one.file else ""


def _attached(rows: Iterable[SecurityConfirmation], box: PictureBox) -> dict[str, str]:
    """Keep the small files for the packet, in the order of the list; their names in it, by digest."""
    names: dict[str, str] = {}
    together = 0
    for one in rows:
        extension, size = ATTACHED.get(one.content_type), one.size or 0
        if not one.file or extension is None or one.sha256 in names or len(names) == MOST_ATTACHED:
            continue
        if size > MOST_BYTES or together + size > MOST_BYTES_TOGETHER:
            continue
        if box.add_paper(one.file, sha256=one.sha256, media_type=one.content_type):
            together += size
            # In plain letters: not every program reads others in the name of an attachment.
            stem = slugify(PurePath(one.file_name).stem)[:LONGEST_STEM] or "confirmation"
            names[one.sha256] = f"{len(names) + 1}-{stem}{extension}"
    return names
