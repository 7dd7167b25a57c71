"""Who plays which role: the people of a deal matched to the roles of a playbook. Pure, and the same every time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from plans.playbook.schema import Role


@dataclass(frozen=True)
class Candidate:
    """A person of the customer as the CRM describes them."""

    user_id: UUID
    title: str = ""
    buying_role: str = ""


def cast_customer_roles(roles: Sequence[Role], people: Sequence[Candidate]) -> dict[str, UUID]:
    """The best-fitting person for each customer role; a role that nobody fits is left out.

    People who have no role yet go first, so that work is spread. Without any fitting champion the first person
    becomes champion: somebody has to be asked.
    """
    cast: dict[str, UUID] = {}
    for role in roles:
        if role.side != "customer":
            continue
        taken = set(cast.values())
        fitting = [person for person in people if _fit(role, person)]
        fitting.sort(key=lambda person: (person.user_id in taken, -_fit(role, person)))
        if fitting:
            cast[role.key] = fitting[0].user_id
        elif role.portal_role == "champion" and people:
            cast[role.key] = next((p.user_id for p in people if p.user_id not in taken), people[0].user_id)
    return cast


def portal_role_of(user_id: UUID, roles: Sequence[Role], cast: dict[str, UUID]) -> str:
    """What the person may do in the portal, from the roles they were cast in; contributor without any.

    Who is champion and sponsor at once is champion: that is the role that drives the plan.
    """
    named = {role.portal_role for role in roles if cast.get(role.key) == user_id}
    return next(
        (role for role in ("champion", "sponsor", "contributor", "viewer") if role in named), "contributor"
    )


def _fit(role: Role, person: Candidate) -> int:
    """0 for none; a buying role counts more than words of the job title."""
    title = " ".join(re.findall(r"\w+", person.title.lower()))
    # Whole words: "it" is in "IT Administrator", not in "Auditor".
    score = sum(2 for word in role.title_words if f" {word.lower()} " in f" {title} ")
    # A CRM gives several at once, in its own spelling: "EXECUTIVE_SPONSOR;BUDGET_HOLDER", "Champion, End user".
    buying = {_word(part) for part in re.split("[;,]", person.buying_role)}
    return score + 5 * len(buying & {_word(word) for word in role.buying_roles})


def _word(text: str) -> str:
    return "_".join(re.findall(r"\w+", text.lower().replace("_", " ")))
