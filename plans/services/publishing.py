"""Playbooks get into the database: a text that passed the checks becomes a version, once."""

from django.db import transaction

from plans.models import Playbook, PlaybookVersion
from plans.playbook.schema import Playbook as PlaybookText
from portal.lib.canonical import canonical_json, digest


class VersionTaken(Exception):
    """The number is published already, with another text. A published version never changes: raise the number."""


@transaction.atomic
def publish_playbook(text: PlaybookText) -> tuple[PlaybookVersion, bool]:
    """Publish the text; the second value says whether it is new. The same text again changes nothing."""
    playbook, _made = Playbook.objects.get_or_create(key=text.key)
    Playbook.objects.select_for_update().get(pk=playbook.pk)
    body = text.model_dump(mode="json")
    fingerprint = digest(canonical_json(body))
    present = playbook.versions.filter(number=text.version).first()
    if present is None:
        return playbook.versions.create(
            number=text.version, name=text.name, body=body, digest=fingerprint
        ), True
    if present.digest != fingerprint:
        raise VersionTaken(f"{text.key} version {text.version}")
    return present, False
