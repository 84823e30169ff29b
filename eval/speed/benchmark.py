"""`python -m eval speed`: everything that takes time, in one run, as ratios: encoder, stages, HTTP, peers.

Repetitions take turns, so that a change of the machine's speed meets all alike. Questions are distinct; the service
keeps no answers.
"""

import json
import os
import platform
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from eval.datasets.own import HELD_OUT, INTERVIEW, documents_of, load_questions, other_documents, own_transcript
from eval.speed.http_load import Server, put_load, running
from eval.speed.peers import plain, txtai, write_statements
from eval.speed.stage_times import stages
from eval.speed.throughput import build_and_bare_rate, questions_per_second, questions_per_second_on, spread
from qa_service.composition import open_retriever
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.indexing.generation import Generation
from qa_service.settings import Settings

PORT = 8790
SECONDS = 5.0
CLIENTS = (1, 16, 64)


def measure(settings: Settings, environments: Path | None, repetitions: int) -> dict[str, Any]:
    """The whole report; `environments` is where the peers are installed, None leaves them out."""
    questions = _distinct_questions()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        report: dict[str, Any] = {"machine": _machine(), "in process": _in_process(settings, questions, repetitions)}
        services = _services(settings, folder, environments)
        report["services"] = _over_http(services, questions, repetitions, folder)
    return report


def _distinct_questions() -> list[str]:
    questions = [q.text for name in (INTERVIEW, *other_documents()) for q in load_questions(name)]
    random.Random(0).shuffle(questions)
    return questions


def _in_process(settings: Settings, questions: Sequence[str], repetitions: int) -> dict[str, Any]:
    retriever = open_retriever(settings)
    encoder = retriever.encoder
    folder = cast(Generation, retriever.generation).folder
    encoders = [OnnxEncoder(folder.encoder) for _ in range(os.cpu_count() or 1)]
    transcripts = [own_transcript(name, settings.source_dir) for name in documents_of(HELD_OUT)]
    for one in (encoder, *encoders):
        one.encode_passages(["Opens the model, which is not to be timed."])
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(repetitions):
        asked, whole = encoder.encode_questions, encoder.encode_passages  # the latter with all six layers
        found["bare encoder, questions/s, one at a time"].append(questions_per_second(asked, questions[:300]))
        found["bare whole encoder, questions/s, one at a time"].append(questions_per_second(whole, questions[:300]))
        found["bare whole encoder, questions/s, batches of 32"].append(questions_per_second(whole, questions[:320], 32))
        for name, each in {
            "bare encoder": [one.encode_questions for one in encoders],
            "bare whole encoder": [one.encode_passages for one in encoders],
        }.items():
            found[f"{name}, questions/s, one on each core"].append(questions_per_second_on(each, questions[:600]))
        built, bare = build_and_bare_rate(settings, transcripts)
        found["bare encoder, statements/s, batches of 32 by all cores"].append(bare)
        found["build, statements/s, all cores"].append(built)
        for name, milliseconds in stages(retriever, questions[:150]).items():
            found[f"ms a question: {name}"].append(milliseconds)
    retriever.close()
    return {name: spread(values) for name, values in found.items()}


def _services(settings: Settings, scratch: Path, environments: Path | None) -> Iterator[tuple[str, Server]]:
    variables = {
        **os.environ,
        "QA_SERVICE_INDEX_DIR": str(settings.index_dir),
        "QA_SERVICE_LOG_LEVEL": "warning",
        "QA_SERVICE_RECENT_QUESTIONS": "0",
    }
    for workers in (1, 2):
        command = [sys.executable, "-m", "qa_service", "serve", "--port", str(PORT), "--workers", str(workers)]
        yield (
            f"this service, {workers} worker{'s' * (workers > 1)}",
            Server(command, PORT, "/health/ready", "/v1/ask", variables),
        )
    if environments:
        retriever = open_retriever(settings)
        statements = write_statements(list(retriever.generation.store.all_statements()), scratch / "statements.jsonl")
        retriever.close()
        yield "plain service", plain(environments.absolute(), statements, PORT)
        yield "txtai", txtai(environments.absolute(), statements, PORT)


def _over_http(
    services: Iterator[tuple[str, Server]], questions: Sequence[str], repetitions: int, scratch: Path
) -> dict[str, Any]:
    # 0: five results every time, as the peers give; most of these questions the interview does not answer.
    bodies = [json.dumps({"question": question, "min_confidence": 0}) for question in questions]
    paths = [f"/search?limit=5&query={quote(question)}" for question in questions]
    known = list(services)
    found: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name, _ in known}
    for _ in range(repetitions):
        for name, server in known:
            lines = bodies if server.ask == "/v1/ask" else paths
            with running(server, scratch / "server.log") as process:
                found[name]["start, s"].append(process.started_s)
                put_load(server, lines, 4, 1, scratch)  # warm
                for clients in CLIENTS:
                    load = asdict(put_load(server, lines, clients, SECONDS, scratch))
                    for what, value in load.items():
                        found[name][f"{what} at {clients}"].append(value)
                found[name]["memory of a serving process, MB"].append(process.memory_mb()[0])
    return {name: {what: spread(values) for what, values in rows.items()} for name, rows in found.items()}


def _machine() -> str:
    described = Path("/proc/cpuinfo").read_text()
    names = re.findall(r"^model name\s*: (.*)$", described, re.MULTILINE)
    vnni = "with" if "vnni" in described else "without"
    return f"{len(names)} x {names[0] if names else platform.machine()}, {vnni} int8 instructions (VNNI)"
