from accounts.models.account import Account, Invitation, Stakeholder
from accounts.models.calendar import CalendarKey
from accounts.models.deal import Contract, Deal
from accounts.models.event import Event
from accounts.models.mail import OutgoingMail
from accounts.models.people import User

__all__ = [
    "Account",
    "CalendarKey",
    "Contract",
    "Deal",
    "Event",
    "Invitation",
    "OutgoingMail",
    "Stakeholder",
    "User",
]
