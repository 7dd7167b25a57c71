from plans.models.dates import DateMove, DateProposal
from plans.models.gates import Criterion, Signature, SignOff
from plans.models.intake import Connection, Delivery, Notice
from plans.models.nudges import Digest, Notification, Nudge
from plans.models.plan import Decision, Meeting, Milestone, Plan, Stage
from plans.models.playbook import Playbook, PlaybookVersion
from plans.models.proof import Evidence, Measurement, Objective
from plans.models.renewal import OfferLine, Renewal, RenewalItem, RenewalOption, RenewalWindow
from plans.models.talk import Comment, CommentVersion, Mention, Writing
from plans.models.task import Dependency, Task
from plans.models.usage import SupportFigure, UsageFeed, UsageFigure, UsageImport
from plans.models.wins import Win

__all__ = [
    "Comment",
    "CommentVersion",
    "Connection",
    "Criterion",
    "DateMove",
    "DateProposal",
    "Decision",
    "Delivery",
    "Dependency",
    "Digest",
    "Evidence",
    "Measurement",
    "Meeting",
    "Mention",
    "Milestone",
    "Notice",
    "Notification",
    "Nudge",
    "Objective",
    "OfferLine",
    "Plan",
    "Playbook",
    "PlaybookVersion",
    "Renewal",
    "RenewalItem",
    "RenewalOption",
    "RenewalWindow",
    "SignOff",
    "Signature",
    "Stage",
    "SupportFigure",
    "Task",
    "UsageFeed",
    "UsageFigure",
    "UsageImport",
    "Win",
    "Writing",
]
