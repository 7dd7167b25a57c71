"""Who plays which role: the people of a deal matched to the roles of a playbook. Pure, and the same every time."""

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
    """What the person may do in the portal: the first role they were cast in that says so, else contributor."""
    named = [role.portal_role for role in roles if cast.get(role.key) == user_id and role.portal_role]
    return next(iter(named), "contributor")


def _fit(role: Role, person: Candidate) -> int:
    """0 for none; the buying role counts more than words of the job title."""
    title, buying = person.title.lower(), person.buying_role.lower().replace("_", " ")
    score = sum(2 for word in role.title_words if word.lower() in title)
    return score + (5 if buying and any(word.lower() == buying for word in role.buying_roles) else 0)
