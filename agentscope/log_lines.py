"""Lines of the log of the servers."""

import logging
import re
from copy import copy

INVITED = re.compile(r"(/invitations/)[^/\s]+")  # whoever knows such an address can accept it
FAILED = 500  # an HTTP status; those below are the doing of whoever asked


class Line(logging.Formatter):
    """Tells no secret that stands in an address, and no traceback of what was refused."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as text."""
        if getattr(record, "status_code", FAILED) < FAILED:
            record = copy(record)
            record.exc_info = record.exc_text = None
        return INVITED.sub(r"\1…", super().format(record))
