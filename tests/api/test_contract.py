"""What clients rely on changes only on purpose."""

from tests.api.contract import FILE, contract


def test_the_contract_is_the_one_in_the_documentation() -> None:
    assert contract() == FILE.read_text(encoding="utf-8"), "the contract changed: if it should, run make openapi"
