"""A recording's address that opens at a moment."""

from urllib.parse import urlsplit, urlunsplit

_YOUTUBE = ("youtube.com", "youtube-nocookie.com", "youtu.be")


def media_at(media: str, time: tuple[float, float] | None) -> str:
    """The address with a Media Fragment (W3C), or as YouTube wants it; as it is where the moment is not known."""
    if time is None:
        return media
    begins, ends = time
    try:
        parts = urlsplit(media)
    except ValueError:
        return media
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("music.")
    if host in _YOUTUBE:
        kept = [one for one in parts.query.split("&") if one and one.partition("=")[0] not in {"t", "start"}]
        at = f"start={int(begins)}" if parts.path.startswith("/embed/") else f"t={int(begins)}"
        at += "s" if parts.path.startswith("/watch") else ""
        return urlunsplit(parts._replace(query="&".join([*kept, at]), fragment=""))
    address, _, fragment = media.partition("#")
    kept = [one for one in fragment.split("&") if one and one.partition("=")[0] != "t"]
    return f"{address}#{'&'.join([*kept, f't={_seconds(begins)},{_seconds(ends)}'])}"


def _seconds(time: float) -> str:
    return f"{time:.3f}".rstrip("0").rstrip(".")
