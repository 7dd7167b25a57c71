"""What can be done with editions. WeasyPrint is loaded by whoever lays out, not by importing this."""

from reports.services.checking import Verdict, check_code, check_digest, check_file
from reports.services.making import due_edition_ids, make_edition
from reports.services.making_due import make_due
from reports.services.rebuilding import RebuildDiffers, bytes_of, rebuild
from reports.services.requesting import cancel_edition, request_edition, retry_edition

__all__ = [
    "RebuildDiffers",
    "Verdict",
    "bytes_of",
    "cancel_edition",
    "check_code",
    "check_digest",
    "check_file",
    "due_edition_ids",
    "make_due",
    "make_edition",
    "rebuild",
    "request_edition",
    "retry_edition",
]
