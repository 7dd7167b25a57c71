"""Playbooks as the database keeps them: a key, and versions that never change once published."""

import uuid
from functools import cached_property

from django.db import models

from plans.playbook.schema import Playbook as PlaybookText
from portal.lib import clock


class Playbook(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(max_length=64, unique=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key


class PlaybookVersionQuerySet(models.QuerySet["PlaybookVersion"]):
    def newest(self) -> "PlaybookVersionQuerySet":
        """The latest version of each playbook in use."""
        return (
            self.filter(playbook__retired_at__isnull=True)
            .order_by("playbook_id", "-number")
            .distinct("playbook_id")
            .select_related("playbook")
        )


class PlaybookVersion(models.Model):
    """One published version. `body` is `plans.playbook.schema.Playbook` as JSON; the database refuses changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=clock.now)

    objects = PlaybookVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playbook", "number"], name="plans_playbook_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @cached_property
    def text(self) -> PlaybookText:
        """The body as the typed, checked playbook."""
        return PlaybookText.model_validate(self.body)
