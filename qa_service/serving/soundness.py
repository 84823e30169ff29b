"""Whether the open index is still as it was written: looked at now and then, and soon after an unexpected error."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from qa_service.composition import go_back, verify_index
from qa_service.errors import IndexDamagedError, QAServiceError
from qa_service.settings import Settings

EVERY_S = 3600.0
AFTER_DOUBT_S = 60.0  # between looks while errors go on that are not the index's


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What is done about a damaged index. `go_back` publishes the one before, and tells its name, if there is one."""

    verify: Callable[[str], None]
    go_back: Callable[[], str | None]

    @classmethod
    def of(cls, settings: Settings) -> "Upkeep":
        """Of the index that the settings name."""
        if settings.database_url is not None:
            return cls(lambda _: None, lambda: None)  # the database checks its own pages
        return cls(lambda version: verify_index(settings, version), lambda: go_back(settings))

    def damage(self, version: str) -> QAServiceError | None:
        """What is wrong with an index's files, if anything. Reads all of them."""
        try:
            self.verify(version)
        except IndexDamagedError as error:
            return error
        return None


class Looks:
    """When to look at the files of the open index."""

    def __init__(self) -> None:
        self._last = monotonic()
        self._in_doubt = self._first = False

    @property
    def due(self) -> bool:
        """Whether it is time."""
        pause = (0.0 if self._first else AFTER_DOUBT_S) if self._in_doubt else EVERY_S
        return monotonic() - self._last >= pause

    def doubt(self) -> None:
        """Something went wrong that should not: after the first time they are looked at at once."""
        self._in_doubt = True

    def opened(self) -> None:
        """Another index was opened, and so looked at."""
        self._last, self._in_doubt, self._first = monotonic(), False, True

    def looked(self) -> None:
        """They were looked at."""
        self._last, self._in_doubt, self._first = monotonic(), False, False
