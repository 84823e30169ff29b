"""The gate lets noise through and stops a fall."""

from eval.quality.gate import DOCUMENTS, MEASURES, fallen, read_committed

KEPT = {"trams, nDCG@10": {"value": 0.9, "error": 0.02}}


def test_two_standard_errors_below_pass_and_more_does_not() -> None:
    assert fallen({"trams, nDCG@10": {"value": 0.86, "error": 0.02}}, KEPT) == []
    assert fallen({"trams, nDCG@10": {"value": 0.8599, "error": 0.02}}, KEPT) == [
        "trams, nDCG@10: 0.8599, at least 0.8600 is wanted"
    ]


def test_what_is_no_longer_measured_does_not_pass() -> None:
    assert fallen({}, KEPT) == ["trams, nDCG@10: not measured, committed is 0.9"]


def test_everything_is_committed_to() -> None:
    assert set(read_committed()) == {f"{document}, {name}" for document in DOCUMENTS for name in MEASURES}
