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
