"""The hearing as mark-up: a page, a ParlaMint file, an Akoma Ntoso debate."""

from collections.abc import Sequence
from html import escape

from tests.sources.formats.dialogue import ADA, DAY, HEARING, JEROEN, MIRIAM, TITLE, Turn, clock

TEI_IDS = {ADA: "LundAda", JEROEN: "VosJeroen", MIRIAM: "Okafor-HaleMiriam"}
AKN_IDS = {ADA: "lund", JEROEN: "vos", MIRIAM: "okafor"}


def page(turns: Sequence[Turn] = HEARING) -> bytes:
    """A site's page with navigation, an article, a footer."""
    said = "".join(
        f"<p><strong>{escape(turn.speaker)}</strong> {escape(turn.paragraphs[0])}</p>\n"
        + "".join(f"<p>{escape(text)}</p>\n" for text in turn.paragraphs[1:])
        for turn in turns
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} | City</title>'
        f'<meta property="article:published_time" content="{DAY}T18:00:00Z"><style>p {{}}</style></head><body>'
        '<header><a href="/">City of Kettle</a></header><nav><ul><li>Home<li>Hearings</ul></nav>'
        f"<main><article><h1>{TITLE}</h1>\n{said}<aside>Subscribe to our news.</aside>"
        '<div style="display: none">Hidden words.</div><script>var words = "none";</script></article></main>'
        "<footer>© City of Kettle</footer></body></html>"
    ).encode()


def parlamint(turns: Sequence[Turn] = HEARING, *, persons: bool = True) -> bytes:
    """As ParlaMint has it; ids count on."""
    people = "".join(
        f'<person xml:id="{key}"><persName><surname>{name.split()[-1]}</surname><forename>{name.split()[0]}</forename>'
        "</persName><sex value='F'/></person>"
        for name, key in TEI_IDS.items()
    )
    body = ['<note type="time">The sitting began at 18.00.</note>']
    segment = 0
    for n, turn in enumerate(turns, start=1):
        role = "chair" if turn.speaker == ADA else "regular"
        body.append(f'<note type="speaker">{turn.speaker}:</note>')
        body.append(f'<u who="#{TEI_IDS[turn.speaker]}" ana="#{role}" xml:id="T.u{n}">')
        for text in turn.paragraphs:
            segment += 1
            body.append(f'  <seg xml:id="T.seg{segment}">{escape(text)}</seg>')
        body.append("</u>")
        if n == 4:
            body.append('<kinesic type="applause"><desc xml:lang="en">Applause</desc></kinesic>')
    listed = f"<particDesc><listPerson>{people}</listPerson></particDesc>" if persons else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="en" xml:id="T">'
        f'<teiHeader><fileDesc><titleStmt><title type="main" xml:lang="en">{TITLE}</title></titleStmt>'
        '<publicationStmt><date when="2024-06-01"/></publicationStmt>'
        f'<sourceDesc><bibl><date when="{DAY}">14.9.2023</date></bibl></sourceDesc></fileDesc>'
        f'<profileDesc><settingDesc><setting><date when="{DAY}"/></setting></settingDesc>{listed}</profileDesc>'
        '</teiHeader><text ana="#reference"><body><div type="debateSection"><head>Doors</head>\n'
        + "\n".join(body) + "\n</div></body></text></TEI>"
    ).encode()  # fmt: skip


def akoma_ntoso(turns: Sequence[Turn] = HEARING) -> bytes:
    """As Ireland's parliament publishes debates."""
    people = "".join(
        f'<TLCPerson eId="{key}" href="/ie/{key}" showAs="{name}"/>' for name, key in AKN_IDS.items() if name != MIRIAM
    )
    body = []
    for n, turn in enumerate(turns, start=1):
        kind = {ADA: "question", JEROEN: "answer"}.get(turn.speaker, "speech")
        body.append(f'<{kind} by="#{AKN_IDS[turn.speaker]}" as="#chair" eId="spk_{n}"><from>{turn.speaker}</from>')
        body += [f'<p eId="spk_{n}__p_{i}">{escape(text)}</p>' for i, text in enumerate(turn.paragraphs)]
        body.append(f"</{kind}>")
    return (
        '<?xml version="1.0"?><akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0/CSD13">'
        '<debate name="x">'
        f'<meta><identification><FRBRWork><FRBRdate date="{DAY}" name="#d"/></FRBRWork><FRBRExpression>'
        '<FRBRdate date="2024-01-01" name="#e"/><FRBRlanguage language="eng"/></FRBRExpression></identification>'
        f'<references>{people}<TLCRole eId="chair" href="/r" showAs="Chair"/></references></meta>'
        f"<preface><block name='title'><docTitle>{TITLE}</docTitle></block></preface>"
        '<debateBody><debateSection name="debate" eId="dbsect_1"><heading>Doors<recordedTime time="18:00"/></heading>'
        '<summary eId="sum_1">The committee met at six.</summary>' + "\n".join(body)
        + "<narrative>The committee rose.</narrative></debateSection></debateBody></debate></akomaNtoso>"
    ).encode()  # fmt: skip


def recorder_page(turns: Sequence[Turn] = HEARING) -> bytes:
    """What a recorder's share page saves: a name and a time, the words under them."""
    said = "".join(
        f"<div class=row><div><span>{turn.speaker}</span> <span>{clock(turn.begins)}</span></div>"
        + "".join(f"<div>{escape(text)}</div>" for text in turn.paragraphs)
        + "</div>"
        for turn in turns
    )
    return f"<html><body>{said}</body></html>".encode()
