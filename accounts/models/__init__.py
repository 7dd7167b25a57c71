from accounts.models.account import Account, Invitation, Stakeholder
from accounts.models.assurance import SecurityConfirmation
from accounts.models.calendar import CalendarKey
from accounts.models.contract import Amendment, Contract, ContractLine, Entitlement, SoldLine
from accounts.models.cost import AccountCost, CohortMember, RiskCohort
from accounts.models.deal import Deal
from accounts.models.event import Event
from accounts.models.fact import Fact
from accounts.models.mail import OutgoingMail
from accounts.models.mail_preference import BounceNotice, MailPreference
from accounts.models.people import User
from accounts.models.vendor import Vendor

__all__ = [
    "Account",
    "AccountCost",
    "Amendment",
    "BounceNotice",
    "CalendarKey",
    "CohortMember",
    "Contract",
    "ContractLine",
    "Deal",
    "Entitlement",
    "Event",
    "Fact",
    "Invitation",
    "MailPreference",
    "OutgoingMail",
    "RiskCohort",
    "SecurityConfirmation",
    "SoldLine",
    "Stakeholder",
    "User",
    "Vendor",
]
