"""The command line: build, serve, ask, mcp."""

import argparse
import json
import os
import sys
import uuid
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict

from pydantic import ValidationError
from tqdm import tqdm

from qa_service.answering import AnswerService, Options, date_filter
from qa_service.commands import parser
from qa_service.composition import build_index, coverage_of, open_service, store_of
from qa_service.errors import BuildRunningError, QAServiceError, SourceError
from qa_service.indexing.build import BuildResult
from qa_service.printed import log_config, start_logging
from qa_service.records import shown
from qa_service.settings import ENV_PREFIX, Settings
from qa_service.sources.inspection import inspect_file
from qa_service.starting import bring_up_to_date
from qa_service.watching import watch

OVERRIDES = ("host", "port", "workers", "source_dir", "index_dir", "model")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, else a message on stderr: 1 what failed, 2 wrong usage, 75 a build running."""
    arguments = parser().parse_args(argv)
    for name in OVERRIDES:
        if getattr(arguments, name, None) is not None:
            os.environ[ENV_PREFIX + name.upper()] = str(getattr(arguments, name))
    try:
        settings = Settings()
        start_logging(settings.log_level)
        commands = {"build": _build, "inspect": _inspect, "serve": _serve, "ask": _ask, "mcp": _mcp, "key": _key}
        commands |= {"database": _database}
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

    store = store_of(settings)
    bring_up_to_date(settings)
    first = [store.open()]  # what can't be opened is told before a client waits
    run_stdio(lambda: first.pop() if first else store.open(), store.published, Upkeep.of(settings))
    return 0


def _database(arguments: argparse.Namespace, settings: Settings) -> int:
    from qa_service.cli_database import run  # needs the extra `postgres`

    return run(arguments, settings)


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
