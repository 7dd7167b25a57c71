"""Closed lists of words about plans. A value is stored; its label is shown."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EvidenceNeed(TextChoices):
    NONE = "none", _("No evidence needed")
    ANY = "any", _("A file, a link or a note")
    FILE = "file", _("A file")
    LINK = "link", _("A link")


class EvidenceKind(TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    NOTE = "note", _("Note")


class Direction(TextChoices):
    UP = "up", _("Rising")
    DOWN = "down", _("Falling")


class ConnectionKind(TextChoices):
    HUBSPOT = "hubspot", "HubSpot"
    SALESFORCE = "salesforce", "Salesforce"
    WEBHOOK = "webhook", _("Webhook")


class Gap(TextChoices):
    """What a deal lacked when its plan was made."""

    COMPANY = "company", _("The deal names no company.")
    CONTACTS = "contacts", _("The deal names nobody at the customer, or not everybody could be read.")
    OWNER = "owner", _("There is no customer success manager for the account.")
    CONTRACT = "contract", _("The deal has no contract dates; a year was assumed.")
    LINE_ITEMS = "line_items", _("Not all line items of the deal could be read.")
