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


class MoveCause(TextChoices):
    """Why a date moved; the first is what somebody did, the others are what came of it."""

    HAND = "hand", _("moved by hand")
    FOLLOWS = "follows", _("follows what it depends on")
    KICKOFF = "kickoff", _("the kickoff moved")
    END = "end", _("the plan's end moved")
    DEPENDENCY = "dependency", _("what it waits for changed")
    PROPOSAL = "proposal", _("a proposed day was accepted")
    PIN = "pin", _("it was pinned or let go")
    DELIVERY = "delivery", _("the CRM changed the deal")


class Waiting(TextChoices):
    """Whose move it is; `DEPENDENCY` and `NOBODY` are booked to neither side."""

    CUSTOMER = "customer", _("Waiting for the customer")
    VENDOR = "vendor", _("Waiting for the vendor")
    DEPENDENCY = "dependency", _("Waiting for another task")
    NOBODY = "nobody", _("Waiting for nobody")


class Gate(TextChoices):
    ENTRY = "entry", _("Before it starts")
    EXIT = "exit", _("Before it closes")


class CriterionKind(TextChoices):
    CONFIRM = "confirm", _("Somebody says so")
    TASK = "task", _("A task is done")
    EVIDENCE = "evidence", _("Evidence is accepted")
    FORM = "form", _("A form is filled in")
    MILESTONE = "milestone", _("A milestone is reached")
    SIGNOFF = "signoff", _("Both sides have signed")
    TASKS = "tasks", _("All tasks of the stage are done")


class MeetingKind(TextChoices):
    KICKOFF = "kickoff", _("Kickoff")
    WEEKLY = "weekly", _("Weekly review")
    RENEWAL = "renewal", _("Renewal review")


class NotificationKind(TextChoices):
    YOUR_TURN = "your_turn", _("Your turn")
    MENTION = "mention", _("You were mentioned")
    ANSWER_WANTED = "answer_wanted", _("Your answer is wanted")
    REVIEW_WANTED = "review_wanted", _("Your review is wanted")
    RETURNED = "returned", _("Returned to you")
    DATE_MOVED = "date_moved", _("A date of yours moved")
    BLOCKED = "blocked", _("Something is blocked")
    COMMENT = "comment", _("A comment")
    SIGN = "sign", _("Your signature is wanted")
    WIN = "win", _("A win")
    MEETING = "meeting", _("A meeting")
    ESCALATED = "escalated", _("Nobody has answered")
    BOUNCED = "bounced", _("Mail came back")
    DOCUMENT = "document", _("A document is ready")
    RENEWAL = "renewal", _("The renewal")


class ImportStep(TextChoices):
    RECEIVED = "received", _("Received")
    CHECKED = "checked", _("Checked")
    APPLYING = "applying", _("Taking over")
    APPLIED = "applied", _("Taken over")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Called off")


class RenewalDecision(TextChoices):
    RENEWED = "renewed", _("Renewed")
    EXPANDED = "expanded", _("Expanded")
    REDUCED = "reduced", _("Reduced")
    LOST = "lost", _("Lost")


class OptionKind(TextChoices):
    """Ways to go on after a contract."""

    SAME = "same", _("The same again")
    EXPAND = "expand", _("With more")
    LONGER = "longer", _("For longer")


class RenewalNeed(TextChoices):
    """What can be needed before a renewal is ready; all but the first are found out by the portal."""

    CONFIRM = "confirm", _("Somebody says so")
    CONTRACT_LINES = "contract_lines", _("The contract has its lines")
    USAGE = "usage", _("Usage of the last weeks is here")
    RECAP = "recap", _("A value recap has been made")
    CONFIRMED_VALUE = "confirmed_value", _("The customer has confirmed its numbers")
    SECURITY = "security", _("Security confirmations are valid")
    OFFER = "offer", _("The options are worked out and shown")
    PREFERENCE = "preference", _("The customer has said which option it prefers")
    RISKS = "risks", _("No task of either side is late")
    GOALS = "goals", _("Goals for the next 90 days are agreed")


class NudgeKind(TextChoices):
    BEFORE = "before", _("Due soon")
    TODAY = "today", _("Due today")
    OVERDUE = "overdue", _("Late")


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
