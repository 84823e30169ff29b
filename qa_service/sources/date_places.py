"""Where in a head a date is the date of what was said: in front matter, behind `recorded on`, alone on a line."""

import re
from collections.abc import Iterator

from qa_service.sources.calendar_words import WEEKDAYS
from qa_service.sources.dates_in_text import EARLIEST, Seen, find_dates
from qa_service.sources.lines import BLANK, front_matter

LONGEST = 160  # characters of a line that is no prose
PROSE_WORDS = 9  # of a line that ends as a sentence does
REST_WORDS = 6  # of a place or the like behind a date
_DIRECT = re.compile(r"(?:^|\b(?:on|in|am|im|vom|le|el|em|en|den|op|il|du|na|на)|[,:(–—-])$", re.IGNORECASE)
_GAP = 80  # characters between `recorded` and the date
_BACK = 1000  # characters in front of a date that are looked at: all of a line
_LONGEST_WORD = 60
_KEY = re.compile(
    r"^[^\S\n]*['\"]?(?:date|datum|fecha|data|day|held|recorded|(?:recording|recorded|interview|event|air|broadcast|session|"
    r"meeting|hearing)[ _-]?(?:date|on|day))['\"]?\s*:\s*(?P<value>[^\n]+)$",
    re.IGNORECASE | re.MULTILINE,
)
_LABEL = re.compile(
    r"(?:^|[|•·,;(]\s*)[*_]*(?:date(?: of (?:the )?(?:interview|recording|meeting|hearing|session|event|conversation|"
    r"deposition))?|(?:interview|recording|sitting|meeting|hearing|session|event) date|datum|data|fecha|dato|dátum|"
    r"日期|时间|時間|日時|日付|開催日|날짜|일시|дата|التاريخ)[*_]*\s*[:：]\s*[*_]*\s*$",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"\b(?:recorded|held|taken|conducted|spoke|speaking|interviewed|aired|broadcast|delivered|filmed|took place|met|"
    r"convened|sat down|talked|geführt|führte|führten|aufgezeichnet|aufgenommen|gesendet|fand|stattgefunden|"
    r"enregistrée?|réalisée?|recueillis?|diffusée?|tenue?|grabad[oa]|realizad[oa]|celebrad[oa]|gravad[oa]|"
    r"registrat[oa]|tenut[oa]|opgenomen|gehouden|inspelad|записан[оа]?|состоялось|состоялась)\b",
    re.IGNORECASE,
)
_ELSE = re.compile(  # what is dated is something else than the talk
    r"\b(?:after|since|before|until|till|following|about|who|which|that|where|whose|born|nach|seit|vor|bis|geboren|"
    r"après|depuis|avant|jusqu\w*|née?|desde|después|antes|hasta|dopo|dal|prima|fino|depois|até|na|sedan|efter|"
    r"после|до|с)\b",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"[.!?。;](?:\s|$)")
_PUBLISHED = re.compile(
    r"\b(?:publish|publi[ée]|publica[dt]|publikat|pubblicat|veröffentlich|updated?|posted|printed|modif|mis à jour|"
    r"actualiz|atualiz|aggiornat|aktualis|stand|copyright|issued|filed|submitted|sent:|version|accessed|retrieved|abgerufen|ausgabe|опубликован|обновлен)|©|"
    r"发布[时日于：:]|发表|更新|公開|掲載|등록|입력|수정|게시|Дата публикации|_{3,}",
    re.IGNORECASE,
)
OCCASION = (
    r"interviews?|conferences?|hearings?|meetings?|briefings?|sessions?|sittings?|summits?|lectures?|talks?|speech|"
    r"debates?|podcasts?|calls?|address|forum|seminar|workshop|webinar|panel|questions?|evidence|statement|remarks|"
    r"deposition|testimony|transcript|minutes|gespräch|interview|sitzung|\w*konferenz|\w*sitzung|befragung|séance|"
    r"conférence|entretien|audition|entrevista|conferencia|sesión|rueda de prensa|audiencia|coletiva|sessão|"
    r"intervista|conferenza|seduta|gesprek|persconferentie|vergadering|intervju|presskonferens|"
    r"интервью|пресс-конференция|заседание|встреча"
)
_OCCASION = re.compile(
    rf"\b(?:{OCCASION})\b|记者会|記者会|会见|採訪|采访|发布会|會見|会見|브리핑|회견|회의|인터뷰", re.IGNORECASE
)
_ON = re.compile(r"(?<!\w)(?:on|am|vom|den|le|du|el|del|op|il|от|в)$", re.IGNORECASE)
_OF_IT = re.compile(rf"\b(?:{OCCASION})(?:\s+of)?\s*$", re.IGNORECASE)
_LATER = re.compile(  # what is announced, or ends
    r"\b(?:next|will|to be|upcoming|deadline|adjourn\w*|nächste[nrms]?|wird|prochaine?|pr[óo]xim[oa])\b",
    re.IGNORECASE,
)
_BORN = re.compile(r"\w.*[*†]\s*$")
_PARTED = re.compile(r"(?:^|[,|–—\-:：·•(（\[「;/、。】》\"”>*#]|\s\s|\t)$")
_ARTICLE = re.compile(r"(?:^|(?<=[\s,(\[|:–—-]))(?:the|den|der|le|el|il|o|lo)$", re.IGNORECASE)
_LAST_WORD = re.compile(r"([^\W\d_][\w-]*)[.,]?$")
_TIMES = re.compile(
    r"\d{1,2}\s?[時时点시]\s?\d{0,2}\s?[分분]?|\d{1,2}\s?[:.h]\s?\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?|\b\d{1,2}\s?[ap]\.?m\.?|\b(?:uhr|heures|hrs|hours|[A-Z]{2,4}T|"
    r"ET|UTC|GMT)\b|\b(?:года?|г)\b\.?|오전|오후|午前|午後|上午|下午|[（(](?:[月火水木金土日]|[월화수목금토일]|"
    r"星期[一二三四五六日天])[）)]|星期[一二三四五六日天]|周[一二三四五六日]|[月火水木金土日]曜日?|[월화수목금토일]요일",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w'’.-]*")
_TITLE_YEAR = re.compile(
    rf"(?:(?<=\D)[,–—|:]\s+|\b(?:{OCCASION})\s+(?:in\s+|of\s+)?|[(\[])(?P<year>\d{{4}})[)\]]?\.?$", re.IGNORECASE
)
_MARKS = BLANK + "*_#\"“”'…"


def front_matter_dates(head: str, latest: int) -> tuple[list[str], str]:
    """The dates that front matter gives under a key such as `date`, and the head without it."""
    ends, _ = front_matter(head + "\n")
    values = [match["value"] for match in _KEY.finditer(head[:ends])]
    return [seen.value for value in values for seen in find_dates(value, latest) if seen.value], head[ends:]


def introduced(block: str, latest: int) -> Iterator[str]:
    """Dates that say what they are: `Date: …`, `Recorded in Isgard on …`, `Das Gespräch führte … am …`."""
    for seen in find_dates(block, latest):
        before = _without_weekday(block[max(0, seen.start - _BACK) : seen.start])
        if seen.value and not _is_later(before) and (_LABEL.search(before) or _is_introduced(before)):
            yield seen.value


def _is_later(before: str) -> bool:
    """Whether the sentence that the date stands in announces something, or says when it ends."""
    sentence = max(map(before.rfind, ".!?")) + 1
    return _LATER.search(before, sentence) is not None


def _is_introduced(before: str) -> bool:
    verbs = list(_INTRODUCES.finditer(before))
    if not verbs:
        return False
    gap = before[verbs[-1].end() :]
    direct = _DIRECT.search(gap.strip())
    abbreviated = re.sub(r"\b[A-Z]\.(?:[A-Z]\.)*", "", gap)
    return len(gap) <= _GAP and direct is not None and not _ELSE.search(gap) and not _SENTENCE_ENDS.search(abbreviated)


def standing(line: str, latest: int) -> Iterator[str]:
    """Dates of a line that is no prose, where the date of an occasion is printed: alone, or behind a title or place."""
    words = _WORD.findall(line)
    ends = re.search(r"[.!?…。]$", line.rstrip('"”)'))
    if len(line) > LONGEST or (ends and len(words) > PROSE_WORDS):
        return
    for seen in find_dates(line, latest):
        if seen.value and _is_parted(line, seen):
            yield seen.value


def is_date_alone(line: str, latest: int) -> bool:
    """Whether a line is a date, with a day of the week and a time at most, and ends no sentence."""
    dates = list(find_dates(line, latest))
    if len(dates) != 1:
        return False
    before, after = _without_weekday(line[: dates[0].start]), line[dates[0].end :]
    return not before.strip(_MARKS) and not _TIMES.sub("", after).strip(_MARKS + ",")


def _is_parted(line: str, seen: Seen) -> bool:
    """Whether nothing beside the date says that it is another thing's."""
    before, after = line[: seen.start], line[seen.end :]
    last = re.split(r"[|•·]", before)[-1]
    near = " ".join(last.split()[-4:])
    if _PUBLISHED.search(last) or _is_later(last) or _BORN.search(last) or _ELSE.search(near.rstrip(".。 ") + " "):
        return False
    occasion = _OCCASION.search(before) is not None
    bare = _without_weekday(_TIMES.sub("", before))
    if not (_PARTED.search(bare) or (occasion and _ON.search(bare.rstrip())) or _OF_IT.search(bare)):
        return False
    rest = _TIMES.sub("", after).strip(_MARKS)
    if not rest.strip(".,;:()[]（）】」-–—~～|•·" + BLANK):
        return True
    alone = not bare.strip(_MARKS)
    if (alone and rest[0] in "|•·") or _PUBLISHED.match(rest.lstrip("([")):
        return True
    if alone and _OCCASION.search(after) and (not rest[0].islower() or _OCCASION.match(rest)):
        return True
    wide = after[:2].isspace() or after[:1] == "\t" or (after[:1].isspace() and rest[0].upper() == rest[0].lower())
    apart = alone or wide or rest[0] in ",:|–—-•·/()[]（）】」～"
    following = _WORD.findall(re.split(r"[|•·]", rest.lstrip("|•· "))[0])
    return (
        apart
        and len(following) <= REST_WORDS
        and all(not word[0].islower() or _OCCASION.match(word) for word in following)
    )


def _without_weekday(before: str) -> str:
    """What stands before a date, without an article and the day of the week in front of it."""
    apart = before.endswith(("  ", "\t"))
    bare = before.rstrip(BLANK)
    if article := _ARTICLE.search(bare):
        bare = bare[: article.start()].rstrip(BLANK)
    word = _LAST_WORD.search(bare, max(0, len(bare) - _LONGEST_WORD))
    if word and word[1].casefold() in WEEKDAYS:
        return (
            before[: word.start()]
            if before[: word.start()].endswith(("  ", "\t"))
            else bare[: word.start()].rstrip(BLANK)
        )
    return before if apart else bare


def year_of_title(title: str, latest: int) -> str | None:
    """The year at a title's end, set apart or behind the occasion: `Budget hearing 2023`, not `policy for 2023`."""
    match = _TITLE_YEAR.search(title.strip())
    if not match or not EARLIEST <= int(match["year"]) <= latest:
        return None
    return match["year"]
