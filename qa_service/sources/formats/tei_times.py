"""When an utterance is said, as a TEI `<timeline>` of `<when>` has it."""

import re
from dataclasses import dataclass, field

from qa_service.sources.formats.markup import XML_ID, Element, find_all

_UNITS = {"s": 1.0, "sec": 1.0, "ms": 0.001, "msec": 0.001, "min": 60.0, "h": 3600.0}
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)")
LATEST = 360_000.0  # seconds, a hundred hours


@dataclass(slots=True)
class Moments:
    """Seconds from the recording's start by the `xml:id` of a moment."""

    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element) -> "Moments":
        """All moments of the document's timelines, as far as they can be told."""
        found = cls()
        for timeline in find_all(root, "timeline"):
            unit = _UNITS.get((timeline.get("unit") or "s").lower(), 1.0)
            for when in find_all(timeline, "when"):
                found._read(when, unit)
        return found

    def _read(self, when: Element, unit: float) -> None:
        key, interval = when.get(XML_ID), when.get("interval")
        if not key:
            return
        if clock := _CLOCK.fullmatch((when.get("absolute") or "").rpartition("T")[2]):
            self.seconds[key] = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
        elif interval is None:
            self.seconds.setdefault(key, 0.0)  # the origin
        else:
            since = (when.get("since") or "").lstrip("#")
            try:
                seconds = float(interval) * _UNITS.get((when.get("unit") or "").lower(), unit)
            except ValueError:
                return
            begins = self.seconds.get(since, 0.0) if since else 0.0
            if 0 <= begins + seconds <= LATEST:
                self.seconds[key] = begins + seconds

    def span(self, start: str | None, end: str | None) -> tuple[float, float] | None:
        """From one moment to another; None where the timeline doesn't tell."""
        begins, ends = (self.seconds.get((moment or "").lstrip("#")) for moment in (start, end))
        return (begins, ends) if begins is not None and ends is not None and ends > begins else None
