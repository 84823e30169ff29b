"""The contract as docs/openapi.json has it: `python -m tests.api.contract` (make openapi) writes it anew."""

import json

from qa_service.api.app import create_app
from qa_service.settings import Settings
from tests.conftest import ROOT

FILE = ROOT / "docs" / "openapi.json"


def contract() -> str:
    """What `GET /openapi.json` gives, to read and to compare."""
    return json.dumps(create_app(Settings()).openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(contract(), encoding="utf-8")
