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
    if is_youtube(media):
        kept = [one for one in parts.query.split("&") if one and one.partition("=")[0] not in {"t", "start"}]
        at = f"start={int(begins)}" if parts.path.startswith("/embed/") else f"t={int(begins)}"
        at += "s" if parts.path.startswith("/watch") else ""
        return urlunsplit(parts._replace(query="&".join([*kept, at]), fragment=""))
    address, _, fragment = media.partition("#")
    kept = [one for one in fragment.split("&") if one and one.partition("=")[0] != "t"]
    return f"{address}#{'&'.join([*kept, f't={_seconds(begins)},{_seconds(ends)}'])}"


def media_from(media: str, begins: float) -> str:
    """The address with a Media Fragment that begins at a moment and has no end."""
    return f"{media.partition('#')[0]}#t={_seconds(begins)}"


def is_youtube(media: str) -> bool:
    """Whether it is an address of YouTube, which is a page and no recording."""
    try:
        host = urlsplit(media).hostname or ""
    except ValueError:
        return False
    return host.removeprefix("www.").removeprefix("m.").removeprefix("music.") in _YOUTUBE


def _seconds(time: float) -> str:
    return f"{time:.3f}".rstrip("0").rstrip(".")
