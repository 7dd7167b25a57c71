"""Who is named with @ in a text: pure, names in and ids out."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portal.lib.markdown import mention_pattern


@dataclass(frozen=True)
class Named:
    """Somebody who may be mentioned."""

    id: UUID
    name: str
    email: str

    @property
    def handles(self) -> tuple[str, ...]:
        """What may stand after the @: the name as it is shown, the address, and the address up to its own @."""
        return tuple(filter(None, (self.name.strip(), self.email, self.email.partition("@")[0])))


def mentioned(text: str, people: Iterable[Named]) -> list[UUID]:
    """The people named in the text, each once, in the order of the text. Two of one name are both meant."""
    by_handle: dict[str, list[UUID]] = {}
    for person in people:
        for handle in person.handles:
            by_handle.setdefault(handle.casefold(), []).append(person.id)
    found = mention_pattern(by_handle).finditer(text)
    return list(dict.fromkeys(one for name in found for one in by_handle.get(name[1].casefold(), [])))
