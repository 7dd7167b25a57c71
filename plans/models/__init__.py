from plans.models.intake import Connection, Delivery, Notice
from plans.models.plan import Meeting, Milestone, Plan, Stage
from plans.models.playbook import Playbook, PlaybookVersion
from plans.models.proof import Evidence, Measurement, Objective
from plans.models.task import Dependency, Task

__all__ = [
    "Connection",
    "Delivery",
    "Dependency",
    "Evidence",
    "Measurement",
    "Meeting",
    "Milestone",
    "Notice",
    "Objective",
    "Plan",
    "Playbook",
    "PlaybookVersion",
    "Stage",
    "Task",
]
