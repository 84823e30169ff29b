"""What `pip install .` puts on another machine is the whole package: code, data, learnt files."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


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
