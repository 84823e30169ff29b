"""The moment or the page at which something is said, as the pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.api.pages.recordings import Recording
from qa_service.indexing.anchors import Place


@dataclass(frozen=True, slots=True)
class Moment:
    """When or where it stands. `url` opens the recording there, in a player of this page where `is_played`."""

    clock: str | None
    page: int | None
    seconds: float | None = None
    url: str | None = None
    is_played: bool = False

    @property
    def words(self) -> str:
        """As a quotation names it."""
        parts: Sequence[str | None] = (self.clock, f"page {self.page}" if self.page else None)
        return ", ".join(part for part in parts if part)


def clock(seconds: float) -> str:
    """Hours, minutes and seconds, such as `0:04:09`; a part of a second is left away."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def moment(place: Place, recording: Recording | None) -> Moment | None:
    """What is known of a place; None where nothing is."""
    if place.time is None:
        return Moment(None, place.page) if place.page else None
    begins = place.time[0]
    url = recording.at(place.time) if recording else None
    return Moment(clock(begins), place.page, begins, url, bool(recording and recording.plays_from))
