"""Log lines without what opens doors."""

import logging
import re


class DiscreetFormatter(logging.Formatter):
    """Writes … for what `hidden` (a regular expression) finds, in messages and in tracebacks alike."""

    def __init__(self, fmt: str, hidden: str) -> None:
        super().__init__(fmt)
        self._hidden = re.compile(hidden)

    def format(self, record: logging.LogRecord) -> str:
        return self._hidden.sub("…", super().format(record))
