"""A text column that the database only ever sees encrypted (Fernet, keyed by SECRET_KEY)."""

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"sealed:" + key.encode()).digest())) for key in keys]
    )


class SealedTextField(models.TextField):
    """Text sealed at rest. A value sealed under a lost key reads as an empty string, never as an error.

    It cannot be searched or compared in SQL: each sealing of one text gives another value.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return text if not text else _box().encrypt(text.encode()).decode()

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        if not value:
            return value
        try:
            return _box().decrypt(value.encode()).decode()
        except InvalidToken:
            return ""
