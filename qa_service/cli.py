"""The command line: build, serve, ask, mcp."""

import argparse
import json
import os
import sys
import uuid
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError
from tqdm import tqdm

from qa_service import __version__
from qa_service.answering import AnswerService, Options, date_filter
from qa_service.composition import build_index, coverage_of, open_service
from qa_service.errors import BuildRunningError, QAServiceError, SourceError
from qa_service.indexing.build import BuildResult
from qa_service.indexing.layout import IndexFolder
from qa_service.options import GROUPS, ORDERS
from qa_service.printed import log_config, start_logging
from qa_service.records import shown
from qa_service.settings import ENV_PREFIX, Settings
from qa_service.sources.inspection import inspect_file
from qa_service.starting import bring_up_to_date
from qa_service.watching import watch

OVERRIDES = ("host", "port", "workers", "source_dir", "index_dir", "model")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, else a message on stderr: 1 what failed, 2 wrong usage, 75 a build running."""
    arguments = _parser().parse_args(argv)
    for name in OVERRIDES:
        if getattr(arguments, name, None) is not None:
            os.environ[ENV_PREFIX + name.upper()] = str(getattr(arguments, name))
    try:
        settings = Settings()
        start_logging(settings.log_level)
        commands = {"build": _build, "inspect": _inspect, "serve": _serve, "ask": _ask, "mcp": _mcp, "key": _key}
        status = commands[arguments.command](arguments, settings)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ValidationError as error:
        for problem in error.errors():
            _say(f"error: {ENV_PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg']}")
    except BuildRunningError as error:
        _say(f"error: {error}")
        return error.exit_status
    except QAServiceError as error:
        _say(f"error: {error}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("qa-service", description="Ask transcripts; get verbatim statements.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--source-dir", type=Path, help="folder of the transcripts")
    common.add_argument("--index-dir", type=Path, help="folder of the built index")
    common.add_argument("--model", help="embedding model")
    build = commands.add_parser("build", parents=[common], help="sources to index")
    build.add_argument("--json", action="store_true", help="print what was built and refused, or why not")
    build.add_argument("--watch", action="store_true", help="go on, and build whenever the folder has changed")
    serve = commands.add_parser("serve", parents=[common], help="answer over HTTP (builds first where needed)")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on")
    serve.add_argument("--workers", type=int, help="serving processes")
    commands.add_parser("mcp", parents=[common], help="tools for a desktop client, over standard input and output")
    inspect = commands.add_parser("inspect", help="how a transcript is read: its turns, who asks, what is doubtful")
    inspect.add_argument("file", type=Path, help="a transcript; metadata are read from the .json beside it")
    inspect.add_argument("--json", action="store_true", help="print what PUT …?dry_run=true returns")
    commands.add_parser("key", help="make a key for QA_SERVICE_API_KEYS or QA_SERVICE_ASK_KEYS, and its sum")
    ask = commands.add_parser("ask", parents=[common], help="answer one question without a server")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print what /v1/ask returns")
    ask.add_argument("--top-k", type=int, default=3, help="how many statements at most (3)")
    ask.add_argument("--speaker", action="append", default=[], help="only what this person says; may be repeated")
    ask.add_argument("--from", dest="start", metavar="DATE", help="only what was said from this year, month or day on")
    ask.add_argument("--to", dest="end", metavar="DATE", help="only what was said up to this year, month or day")
    ask.add_argument("--tag", action="append", default=[], help="only documents with this tag; may be repeated")
    ask.add_argument("--order", choices=ORDERS, default="relevance", help="of the best statements (relevance)")
    ask.add_argument("--group-by", choices=GROUPS, help="the best statement of each document")
    ask.add_argument("--min-confidence", type=float, help="0 never abstains")
    return parser


def _build(arguments: argparse.Namespace, settings: Settings) -> int:
    if not arguments.watch:
        return _build_once(arguments, settings)

    def build() -> None:
        try:
            _build_once(arguments, settings)
        except QAServiceError as failure:
            _say(f"error: {failure}")  # the next change may mend it

    build()
    _say(f"watching {settings.source_dir} (Ctrl-C ends)")
    with suppress(KeyboardInterrupt):
        watch(settings.source_dir, build)
    return 0


def _build_once(arguments: argparse.Namespace, settings: Settings) -> int:
    try:
        result, refused = _build_with_bar(settings)
    except QAServiceError as failure:
        if arguments.json:
            print(json.dumps({"failed": type(failure).__name__, "message": str(failure)}))
        raise
    notes = result.notes + [
        f"{cut.id} has {cut.tokens} tokens, more than the model takes; cut into {cut.parts} at sentence ends"
        for cut in result.cuts
    ]
    for error in refused:
        _say(f"refused: {error}")
    for note in notes:
        _say(f"note: {note}")
    manifest = result.manifest
    _say(f"built index {manifest.id}: {manifest.documents} documents, {manifest.statements} statements")
    if arguments.json:
        counts = {"documents": manifest.documents, "statements": manifest.statements}
        places = [{"file": error.file, "line": error.line, "reason": error.reason} for error in refused]
        print(json.dumps({"index_version": manifest.id, **counts, "refused": places, "notes": notes}))
    return 0


def _build_with_bar(settings: Settings) -> tuple[BuildResult, list[SourceError]]:
    with tqdm(desc="encoding", unit=" statements", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            if bar.total is None:
                bar.reset(total)  # the time before, which loads or exports the encoder, is not encoding's
            bar.update(done - bar.n)

        return build_index(settings, show)


def _inspect(arguments: argparse.Namespace, settings: Settings) -> int:
    seen = inspect_file(arguments.file, coverage_of(settings))
    if arguments.json:
        print(json.dumps(asdict(seen), ensure_ascii=False, indent=2))
        return 0
    print(f"{seen.document}: {seen.title}")
    print(f"date: {seen.date} (from the {seen.date_from})" if seen.date else "date: none")
    print(f"language: {seen.language} (from the {seen.language_from})")
    for turn in seen.turns:
        does = {"asks": "asks", "answers": "answers", "aside": "neither"}[turn.kind]
        print(f"{turn.number:4}  line {turn.line:<5} {does:8} {turn.speaker or 'nobody by name'}  |  {turn.begins}")
    for note in seen.notes:
        print(f"note: {note}")
    print(f"{len(seen.turns)} turns, {seen.statements} answer paragraphs")
    return 0


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    import uvicorn

    from qa_service.api.deadlines import patient
    from qa_service.api.workers import check_address, run_workers

    bring_up_to_date(settings)
    check_address(settings.host, settings.port)
    _say(f"listening on http://{settings.host}:{settings.port} (docs at /docs, Ctrl-C ends)")
    config = patient(
        "qa_service.api.process:served_app",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level=settings.log_level,
        log_config=log_config(settings.log_level) if settings.workers > 1 else None,  # a worker sets up its own
    )
    if settings.workers > 1:
        run_workers(config)
        return 0
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 1


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa_service.api.models.convert import answer_model

    filters = {"speaker": arguments.speaker, "tags": arguments.tag} | date_filter(arguments.start, arguments.end)
    options = Options(
        top_k=arguments.top_k,
        filters=filters,
        min_confidence=arguments.min_confidence,
        order=arguments.order,
        group_by=arguments.group_by,
    )
    with closing(_open_or_build(settings)) as service:
        answer = service.ask(arguments.question, options)
    if arguments.json:
        print(answer_model(answer, uuid.uuid4().hex, explain=False).model_dump_json(indent=2))
        return 0
    if answer.corrected_question:
        print(f"Read as: {answer.corrected_question}")
    for key, known in answer.known.items():
        what = "Not every tag you gave is" if key == "tags" else "Not everybody you named is"
        print(f"{what} in the sources. There are: {', '.join(known) or 'none'}.")
    if not answer.answered:
        print(f"Not answered in the sources (confidence {answer.confidence:.2f}).")
    if answer.language_note:
        print(answer.language_note)
    for rank, result in enumerate(answer.results, start=1):
        statement = result.statement
        date = f", {result.document.date}" if result.document.date else ""
        print(f"[{rank}] {statement.speaker or 'unnamed'}{date} ({result.hit.confidence:.2f}, {statement.id})")
        print(f"    {shown(statement.text, statement.noise)}\n")
    return 0


def _mcp(_: argparse.Namespace, settings: Settings) -> int:
    from qa_service.api.mcp.stdio import run_stdio
    from qa_service.serving.soundness import Upkeep

    first = [_open_or_build(settings)]  # what can't be opened is told before a client waits
    current = IndexFolder(settings.index_dir).current
    run_stdio(lambda: first.pop() if first else open_service(settings), current, Upkeep.of(settings))
    return 0


def _key(_: argparse.Namespace, __: Settings) -> int:
    from qa_service.api.auth import new_key

    key, digest = new_key()
    print(f"key, for who is to have it:   {key}\nsum, for the service's setting: {digest}")
    return 0


def _open_or_build(settings: Settings) -> AnswerService:
    bring_up_to_date(settings)
    return open_service(settings)


def _say(message: str) -> None:
    print(message, file=sys.stderr)
