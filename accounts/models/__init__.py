from accounts.models.account import Account, Invitation, Stakeholder
from accounts.models.calendar import CalendarKey
from accounts.models.deal import Contract, Deal
from accounts.models.event import Event
from accounts.models.fact import Fact
from accounts.models.mail import OutgoingMail
from accounts.models.mail_preference import BounceNotice, MailPreference
from accounts.models.people import User

__all__ = [
    "Account",
    "BounceNotice",
    "CalendarKey",
    "Contract",
    "Deal",
    "Event",
    "Fact",
    "Invitation",
    "MailPreference",
    "OutgoingMail",
    "Stakeholder",
    "User",
]
