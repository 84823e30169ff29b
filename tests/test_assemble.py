"""When an index counts as current, so that `serve` need not build."""

import json
from pathlib import Path

import pytest

from qa_service.assemble import index_is_current
from qa_service.errors import IndexMismatchError
from qa_service.indexing.layout import IndexFolder
from qa_service.indexing.publish import current_generation
from qa_service.settings import Settings
from qa_service.sources.folder import fingerprint
from tests import fakes


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Sources and an index of them."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "trams.txt").write_text(fakes.TRAMS, encoding="utf-8")
    fakes.build_index(tmp_path / "index", digest=fingerprint(sources))
    return Settings(source_dir=sources, index_dir=tmp_path / "index", model=fakes.MODEL)


def test_an_index_of_the_sources_as_they_are_is_current(settings: Settings) -> None:
    assert index_is_current(settings)
    (settings.source_dir / "trams.txt").write_text(fakes.APPLES, encoding="utf-8")
    assert not index_is_current(settings)


def test_without_an_index_none_is_current(settings: Settings, tmp_path: Path) -> None:
    assert not index_is_current(settings.model_copy(update={"index_dir": tmp_path / "nowhere"}))


def test_an_index_with_learnt_numbers_of_another_version_is_built_anew(settings: Settings) -> None:
    path = current_generation(IndexFolder(settings.index_dir)).weights
    weights = json.loads(path.read_text())
    weights["confidence"]["features"] = {"dense": 1.0}
    path.write_text(json.dumps(weights))
    assert not index_is_current(settings)


def test_an_index_of_another_model_is_refused_rather_than_replaced(settings: Settings) -> None:
    with pytest.raises(IndexMismatchError, match="qa-service build"):
        index_is_current(settings.model_copy(update={"model": "another"}))
