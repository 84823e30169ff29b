"""The page on which a quote is checked before somebody prints it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote as escaped

from fastapi import APIRouter, Response

from qa_service.api.dependencies import LiveIndexDep
from qa_service.api.html import page
from qa_service.errors import BadRequestError
from qa_service.quotes import Difference
from qa_service.verifying import MAX_QUOTE, Occurrence, Verified, verify

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as the page shows it; `who` in words."""

    text: str
    who: str
    title: str
    date: str | None
    url: str
    exact: bool
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a quote beside its source: the `same` in both, or what it has `added` and `omitted`."""

    same: str = ""
    added: str = ""
    omitted: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a quote: the verdict in words, its places, or the nearest and how the quote's parts differ."""

    verdict: str
    places: list[Shown]
    nearest: Shown | None
    parts: Sequence[Part]


@router.api_route("/verify", methods=["GET", "HEAD"])
async def verify_page(live_index: LiveIndexDep, quote: str = "", speaker: str = "") -> Response:
    """A form for a quote and who is to have said it; with `quote` what came of it."""
    checked, problem = None, None
    words, name = quote.strip(), speaker.strip()
    if words:
        try:
            checked = _checked(await live_index.call(lambda service: verify(service, words, None, name or None)), name)
        except BadRequestError as error:
            problem = str(error)
    status = 422 if problem else 200
    return page("verify.html", status, quote=words, speaker=name, checked=checked, problem=problem, most=MAX_QUOTE)


def _checked(found: Verified, speaker: str) -> Checked:
    nearest, near = found.nearest or (None, None)
    if found.verified:
        verdict = f"{speaker} says this, word for word" if speaker else "This is said, word for word"
    elif found.occurrences:
        verdict = f"This is said, but not by {speaker} alone"
    else:
        verdict = "Nobody says this" if nearest is None else "Nobody says this word for word"
    return Checked(
        verdict,
        [_shown(one) for one in found.occurrences],
        _shown(nearest) if nearest else None,
        list(compared(found.quote, near.differences)) if near else (),
    )


def compared(quote: str, differences: Sequence[Difference]) -> Iterator[Part]:
    """The whole quote in parts, with what it adds and omits in their places."""
    at = 0
    for difference in differences:
        if difference.at > at:
            yield Part(same=quote[at : difference.at])
        yield Part(added=difference.quote, omitted=difference.source)
        at = max(at, difference.at + len(difference.quote))
    if at < len(quote):
        yield Part(same=quote[at:])


def _shown(one: Occurrence) -> Shown:
    said = [f"{s.speaker or 'somebody not named'}{', asking' if s.does == 'asks' else ''}" for s in one.said]
    first = next((s.statement for s in one.said if s.statement), None)
    anchor = f"#{escaped(first.id.partition('#')[2])}" if first else ""
    return Shown(
        text=one.text,
        who="; ".join(dict.fromkeys(said)) or "nobody: a heading or a direction",
        title=one.document.title,
        date=one.document.date,
        url=f"/documents/{escaped(one.document.id, safe='')}?mark={one.start}-{one.end}{anchor}",
        exact=one.exact,
        agrees=one.speaker_agrees,
    )
