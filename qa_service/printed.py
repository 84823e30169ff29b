"""What others wrote, such as file names, made safe to print: no name begins a line of its own or steers a terminal."""

import logging
import re

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
TALKATIVE = ("sentence_transformers", "mcp", "httpx2")
FURTHER = "    "  # in front of each further line of a record, so that none looks like a record
_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")  # controls, line ends, directions


def printable(text: str) -> str:
    """On one line, with escapes for what steers a terminal and for bytes that are no text."""
    sound = text.encode("utf-8", "backslashreplace").decode()
    return _STEERS.sub(lambda match: match.group().encode("unicode_escape").decode(), sound)


class LogFormatter(logging.Formatter):
    """One record, one line that begins at the margin; a traceback's lines are indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with everything in it escaped."""
        return f"\n{FURTHER}".join(printable(line) for line in super().format(record).split("\n"))


def start_logging(level: str) -> None:
    """Send the process's log to standard error, unless somebody has set it up already."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter(FORMAT))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_config(level: str) -> dict[str, object]:
    """The same for a worker process, as `logging.config` takes it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": LogFormatter, "fmt": FORMAT}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["lines"], "level": level.upper()},
        "loggers": {name: {"level": "WARNING"} for name in TALKATIVE},
    }
