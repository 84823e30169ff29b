"""The pages for people, as a browser without JavaScript gets them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa_service.answering import AnswerService
from qa_service.api.app import create_app
from qa_service.api.html import CONTENT_SECURITY_POLICY, STATIC
from qa_service.api.pages.answer import sureness
from qa_service.api.pages.examples import asked_in
from qa_service.api.pages.transcript import transcript_page
from qa_service.settings import Settings
from qa_service.sources.folder import read_transcript
from qa_service.sources.statements import cut_statements
from tests import fakes
from tests.api.chat.test_chat import LEVY
from tests.api.conftest import Eager, app_over, ready_client
from tests.conftest import ROOT

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HOSTILE = "<script>alert('x')</script> & \"quotes\""
HOSTILE_TEXT = f"""\
A hearing <b>in bold</b> of the port

An introduction with <img src=x onerror=alert(1)> that nobody said.

***

Chair: What is in the <i>harbour</i>?

Zoe <u>Quill</u> (PILOT): {HOSTILE} float in the harbour.

Chair: Order.

Zoe <u>Quill</u> (PILOT): A second sentence on barges.

Chair: Who counts the barges at night?

Max Rill: The lighthouse keeper counts them.
"""


TRANSCRIPTS = sorted([*ROOT.glob("source_texts/*.txt"), *ROOT.glob("eval/data/*/*/transcript.txt")])


def plain(text: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[\W_]+", "", text)


def text_of(html: str) -> str:
    """What a reader sees, white space as one blank."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def statement_html(html: str, anchor: str) -> str:
    """The part of a transcript's page at an anchor."""
    found = re.search(rf'id="{re.escape(anchor)}">(.*?)</div>', html, re.DOTALL)
    assert found, anchor
    return found[1]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a service whose transcript is full of markup."""
    root = tmp_path_factory.mktemp("hostile")
    fakes.build_index(root, [fakes.transcript("port", HOSTILE_TEXT, speakers=["Zoe <u>Quill</u>", "Max Rill"])])
    app = create_app(Settings(index_dir=root), opener=lambda: Eager(fakes.open_retriever(root)))
    with ready_client(app) as client:
        yield client


def test_the_first_page_has_a_form_the_sources_and_questions_that_are_answered(eager: TestClient) -> None:
    html = eager.get("/").text
    assert '<form class="ask" role="search" action="/" method="get">' in html
    assert '<a href="/documents/trams" lang="en" dir="auto">Night trams of Lindhaven</a>' in html
    questions = re.findall(r'<a href="(/\?q=[^"]+)" dir="auto">([^<]+)</a>', html)
    assert questions
    for url, question in questions:
        assert question in fakes.TRAMS + fakes.APPLES
        assert "The statement" in eager.get(url).text


def test_without_an_answered_question_no_example_is_shown(index_root: Path) -> None:
    silent = Eager(fakes.open_retriever(index_root), threshold=1.0)
    with ready_client(create_app(Settings(index_dir=index_root), opener=lambda: silent)) as client:
        assert "Questions asked" not in client.get("/").text


def test_examples_are_asked_before_the_first_exchange_or_by_the_interviewer(service: AnswerService) -> None:
    text = (
        "A title? No.\n\nHow is the long harbour dredged?\n\nHost: Why? And who pays for the dredging?\n\nA B: We do?"
    )
    transcript = fakes.transcript("x", text)
    questions = asked_in(transcript.document, [(exchange, []) for exchange in transcript.exchanges])
    assert questions == ["How is the long harbour dredged?", "And who pays for the dredging?"]


def test_an_answer_marks_the_sentence_and_says_who_replied_to_what(eager: TestClient) -> None:
    html = eager.get("/", params={"q": LEVY}).text
    assert f"<mark>{LEVY}.</mark> It was raised by two cents in March.</blockquote>" in html
    assert "Reporter Who pays for the drivers?" in text_of(html)
    assert re.search(r'class="speaker" dir="auto">Bo Strand<', html)
    assert re.search(r"(ure|Unlikely) · \d+ %", text_of(html))
    assert f'value="{LEVY}"' in html


def test_the_link_of_an_answer_opens_the_statement_with_the_sentence_marked(eager: TestClient) -> None:
    html = eager.get("/", params={"q": LEVY}).text
    start = fakes.TRAMS.index(LEVY)
    url = f"/documents/trams?mark={start}-{start + len(LEVY) + 1}#5"
    assert f'<a href="{url}">' in html
    assert f"<mark>{LEVY}.</mark>" in statement_html(eager.get(url).text, "5")


def test_no_answer_is_said_plainly_and_the_nearest_are_a_link_away(client: TestClient) -> None:
    html = client.get("/", params={"q": "xylophone & zebra"}).text
    assert "No confident answer" in html
    assert "<article" not in html
    link = re.search(r'class="nearest" href="([^"]+)"', html)
    assert link
    assert link[1] == "/?q=xylophone+%26+zebra&amp;nearest=1"
    nearest = client.get("/", params={"q": "xylophone & zebra", "nearest": "1"}).text
    assert "No confident answer" in nearest
    assert "which may not answer" in nearest
    assert nearest.count("<article") == 5


def test_how_a_misspelt_question_was_read_is_shown(client: TestClient) -> None:
    page = client.get("/", params={"q": "A harbour levy covrs <their> wages"}).text
    assert "Read as <q>A harbour levy covers &lt;their&gt; wages</q>" in page
    assert "Read as" not in client.get("/", params={"q": "A harbour levy covers their wages"}).text


def test_statements_elsewhere_that_say_the_same_are_named(tmp_path: Path) -> None:
    twins = [fakes.transcript(name, fakes.TRAMS) for name in ("one", "two")]
    fakes.build_index(tmp_path, twins)
    app = create_app(Settings(index_dir=tmp_path), opener=lambda: Eager(fakes.open_retriever(tmp_path)))
    with ready_client(app) as client:
        html = client.get("/", params={"q": LEVY}).text
    assert 'Said again in <a href="/documents/two#5">Night trams of Lindhaven, paragraph 5</a>' in html


def test_a_question_too_long_is_told_on_the_page(client: TestClient) -> None:
    response = client.get("/", params={"q": "x" * 2001})
    assert response.status_code == 422
    assert "at most 2000" in response.text


@pytest.mark.parametrize("q", ["", "   "])
def test_an_empty_question_shows_the_first_page(client: TestClient, q: str) -> None:
    assert "What would you like to know?" in client.get("/", params={"q": q}).text


def test_a_hostile_question_is_only_text(client: TestClient) -> None:
    for nearest in ("", "1"):
        html = client.get("/", params={"q": HOSTILE, "nearest": nearest}).text
        assert "<script>" not in html
        assert 'value="&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;quotes&#34;"' in html


@pytest.mark.parametrize("path", ["/", "/?q=barges", "/?q=harbour+script+alert&nearest=1", "/documents/port?mark=1-9"])
def test_a_hostile_source_is_only_text(hostile: TestClient, path: str) -> None:
    html = hostile.get(path).text
    for markup in ("<script>", "<b>", "<img", "<i>", "<u>"):
        assert markup not in html


def test_a_transcript_shows_the_whole_text(hostile: TestClient) -> None:
    html = hostile.get("/documents/port").text
    shown = text_of(html).replace("&#39;", "'").replace("&#34;", '"')
    for part in ("An introduction with &lt;img src=x", "What is in the", f"{HOSTILE.split('&')[1]}", "Order."):
        assert part.strip() in shown.replace("&amp;", "&"), part
    assert "Chair: Order." in shown
    assert "***" not in shown
    assert "PILOT" not in shown  # labels are shown as names
    assert shown.count("A hearing") == 2  # the window's title and the headline, not once more as text


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_line_of_a_real_transcript_is_lost(path: Path) -> None:
    transcript = read_transcript(path)
    statements, _ = cut_statements(transcript, fakes.FakeEncoder().token_spans, 60)
    exchanges = [(e, [s for s in statements if s.section == e.section]) for e in transcript.exchanges]
    page = transcript_page(transcript.document, exchanges, None)
    quotes = [passage.quote.before for section in page.sections for passage in section.passages]
    questions = [paragraph for section in page.sections for paragraph in section.question]
    shown = {plain(text) for text in ("".join(quotes), *quotes, *questions, *page.front, transcript.document.title)}
    for line in transcript.document.text.splitlines():
        ending = plain(re.sub(r"^([^:]{1,60}:|[QA]\.)\s", "", line))[-30:]
        assert len(ending) < 20 or any(ending in text for text in shown), line


def test_every_statement_has_its_anchor_and_a_permalink(client: TestClient) -> None:
    html = client.get("/documents/trams").text
    for exchange in client.get("/v1/documents/trams").json()["exchanges"]:
        for statement in exchange["statements"]:
            anchor = statement["id"].partition("#")[2]
            assert statement["text"] in statement_html(html, anchor)
            assert f'href="#{anchor}"' in statement_html(html, anchor)


def test_a_speaker_is_named_where_another_one_begins(client: TestClient) -> None:
    html = client.get("/documents/trams").text
    named = {anchor: 'class="speaker"' in statement_html(html, anchor) for anchor in ("2", "3", "5", "6")}
    assert named == {"2": True, "3": False, "5": True, "6": True}


def test_parts_of_a_cut_paragraph_have_anchors_of_their_own(tmp_path: Path) -> None:
    long = " ".join(f"Sentence number {n} says a little about barges." for n in range(60))
    fakes.build_index(tmp_path, [fakes.transcript("long", f"Q: What of barges?\n\nA: {long}")])
    with ready_client(app_over(tmp_path)) as client:
        html = client.get("/documents/long").text
    assert "Sentence number 0 says" in statement_html(html, "1")
    assert 'class="statement continues" id="1.2"' in html
    assert long in text_of(re.sub(r'<a class="permalink".*?</a>', "", html, flags=re.DOTALL))


@pytest.mark.parametrize(
    "mark", ["", "0", "5-", "9-4", "-1-5", "1-9", "0-999999999", "5-5", "1e3-2e3", "٣-٤", "<script>", "1" * 99 + "-2"]
)
def test_a_mark_that_makes_no_sense_is_ignored(client: TestClient, mark: str) -> None:
    response = client.get("/documents/trams", params={"mark": mark})
    assert response.status_code == 200
    assert "<mark>" not in response.text


def test_a_mark_over_two_statements_is_ignored(client: TestClient) -> None:
    mark = f"{fakes.TRAMS.index('Twelve')}-{fakes.TRAMS.index('the hospital')}"
    assert "<mark>" not in client.get("/documents/trams", params={"mark": mark}).text


def test_an_unknown_document_is_a_page_for_people_and_json_for_programs(client: TestClient) -> None:
    page = client.get("/documents/nope", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in page.text
    for accept in ("*/*", "application/json"):
        answer = client.get("/documents/nope", headers={"Accept": accept})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert client.get("/v1/documents/nope", headers=BROWSER).json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("path", ["/", "/?q=trams", "/documents/trams", "/documents/nope", "/docs", "/nowhere"])
def test_every_page_forbids_what_it_does_not_need(client: TestClient, path: str) -> None:
    response = client.get(path, headers=BROWSER)
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["x-request-id"]
    assert not re.search(r"<style|<script(?! src=)|\son\w+=|\sstyle=|javascript:", response.text)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', response.text)


def test_static_files_are_kept_for_a_year_under_an_address_that_names_their_content(client: TestClient) -> None:
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/").text)
    assert len(addresses) > 2
    assert {address.partition("?")[0].rpartition("/")[2] for address in addresses} <= {f.name for f in STATIC.iterdir()}
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert client.get(address.partition("?")[0]).headers["cache-control"] == "no-cache"
    assert client.get("/static/../app.py").status_code == 404


def test_the_page_comes_back_by_itself_while_there_is_no_index(tmp_path: Path) -> None:
    with TestClient(app_over(tmp_path)) as client:
        response = client.get("/", headers=BROWSER)
        assert client.get("/", headers={"Accept": "application/json"}).json()["error"]["code"] == "not_ready"
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert '<meta http-equiv="refresh" content="2">' in response.text


@pytest.mark.parametrize("path", ["/", "/?q=trams", "/documents/trams", "/docs"])
def test_head_is_answered_as_get(client: TestClient, path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.text) == (200, "")


def test_the_contract_lists_every_endpoint_and_model(client: TestClient) -> None:
    html = client.get("/docs").text
    schema = client.get("/openapi.json").json()
    shown = text_of(html).replace("\u200b", "")
    for path, methods in schema["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in shown
    links = set(re.findall(r'href="#(\w+)"', html)) - {"content"}
    assert links <= set(re.findall(r'id="(\w+)"', html))
    assert {"AskRequest", "AnswerModel"} <= links
    assert "`" not in shown


@pytest.mark.parametrize(
    ("confidence", "words"), [(0, "Unlikely"), (0.57, "Fairly sure"), (0.9, "Very sure"), (1, "Very sure")]
)
def test_a_confidence_is_put_into_words(confidence: float, words: str) -> None:
    assert sureness(confidence) == words
