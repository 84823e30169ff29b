"""The services users would pick instead, each in a virtual environment of its own: txtai, and the plain one."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.speed.http_load import Server
from qa_service.encoder.packages import MINILM
from qa_service.records import Statement

TXTAI = ("torch==2.13.0", "txtai[api]==9.14.0")
PLAIN = ("torch==2.13.0", "sentence-transformers==6.2.0", "faiss-cpu", "fastapi", "uvicorn[standard]")
_INDEX_TXTAI = """
import json, sys
from txtai import Embeddings
statements = [json.loads(line) for line in open(sys.argv[1])]
embeddings = Embeddings(path=sys.argv[2], content=True, hybrid=True)
embeddings.index((s["id"], s["text"], None) for s in statements)
embeddings.save(sys.argv[3])
"""


def environment(folder: Path, packages: Sequence[str]) -> Path:
    """The Python of a virtual environment with `packages`, made where there is none yet."""
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"installing {' '.join(packages)} into {folder} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "complete").touch()
    return python


def write_statements(statements: Sequence[Statement], path: Path) -> Path:
    """As both peers read them."""
    path.write_text("".join(json.dumps({"id": s.id, "text": s.text}) + "\n" for s in statements), encoding="utf-8")
    return path


def plain(environments: Path, statements: Path, port: int) -> Server:
    """FastAPI, sentence-transformers and FAISS, as most people write it."""
    python = environment(environments / "plain", PLAIN)
    variables = _offline() | {"STATEMENTS": str(statements), "MODEL": str(MINILM.folder)}
    app = ["--app-dir", str(Path(__file__).parent), "baseline_service:app"]
    return Server([str(python), "-m", "uvicorn", *app, *_quiet(port)], port, "/search?query=ready", "/", variables)


def txtai(environments: Path, statements: Path, port: int) -> Server:
    """Txtai with its own API and hybrid search, its index built beforehand."""
    python = environment(environments / "txtai", TXTAI)
    index = statements.with_name("txtai-index")
    model = str(MINILM.folder)
    build = [str(python), "-c", _INDEX_TXTAI, str(statements), model, str(index)]
    subprocess.run(build, check=True, env=_offline(), capture_output=True)
    config = statements.with_name("txtai.yml")
    config.write_text(
        f"path: {index}\nembeddings:\n  path: {model}\n  content: true\n  hybrid: true\n", encoding="utf-8"
    )
    command = [str(python), "-m", "uvicorn", "txtai.api:app", *_quiet(port)]
    return Server(command, port, "/count", "/", _offline() | {"CONFIG": str(config)})


def _offline() -> dict[str, str]:
    return {**os.environ, "HF_HUB_OFFLINE": "1"}


def _quiet(port: int) -> list[str]:
    return ["--port", str(port), "--no-access-log", "--log-level", "warning"]
