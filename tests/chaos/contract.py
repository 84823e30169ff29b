"""Schemathesis over the whole contract, with and without keys: every check, no failure.

`positive_data_acceptance` also takes 422: what JSON Schema can't say, such as a day that is not in the calendar.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from qa_service.api.app import create_app
from qa_service.settings import Settings
from tests import fakes
from tests.api.conftest import running_server

CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 413, 415, 422, 429]

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429, 431]
"""
KEY = "a key for this run"


def main() -> int:
    """Run it against a service with the fake encoder; 0 where nothing failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        (root / "sources").mkdir()
        (root / "sources" / "trams.txt").write_text(fakes.TRAMS)
        (root / "schemathesis.toml").write_text(CONFIG)
        fakes.build_index(root / "index")
        for keys in (None, KEY):
            settings = Settings(
                index_dir=root / "index", source_dir=root / "sources", model=fakes.MODEL, ask_keys=keys, api_keys=keys
            )
            app = create_app(settings, opener=fakes.opener(root / "index"), builder=list)
            with running_server(app) as url:
                own = ["--header", f"Authorization: Bearer {KEY}"] if keys else ["--exclude-checks", "ignored_auth"]
                failed += _run(root, url, own)
    return int(failed > 0)


def _run(root: Path, url: str, headers: list[str]) -> int:
    options = ["--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", "60", "--seed", "1"]
    command = [os.environ["SCHEMATHESIS"], "--config-file", str(root / "schemathesis.toml"), "run"]
    return subprocess.run([*command, f"{url}/openapi.json", *options, *headers], cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
