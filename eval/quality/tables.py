"""Prints what an evaluation found, for people."""

from collections.abc import Iterable, Sequence

from eval.quality.calibration import answered_at, reliability, risk_and_coverage
from eval.quality.no_harm import Compared
from eval.quality.own_questions import Scored, by_category


def print_harm(found: Iterable[Compared]) -> None:
    """Print a line for each collection and other way to rank."""
    print("nDCG@10: the default, another way to rank, the difference and its standard error")
    for one in found:
        told = f"{one.default:.4f} {one.value:.4f} {one.default - one.value:+.4f} ±{one.error:.4f}"
        print(f"  {one.collection:16} {one.other:36} {told}  {'HARM' if one.harms else 'ok'}  n={one.questions}")


def _print_reliability(scored: Sequence[Scored]) -> None:
    rows, error = reliability(scored)
    print(f"  expected calibration error {error:.3f}; answered at 5 % false answers {answered_at(scored, 0.05):.3f}")
    print("  confidence said / was right / questions")
    for said, was, count in rows:
        print(f"    {said:.2f}  {was:.2f}  {count:4}  {'#' * round(was * 40)}")
    print("  share answered / share of those wrong")
    for share, risk in risk_and_coverage(scored):
        print(f"    {share:.1f}  {risk:.2f}")


def print_tables(split: str, scored: Sequence[Scored], summary: dict[str, str]) -> None:
    """Print what one set of questions got."""
    print(f"\n{split}: {len(scored)} questions")
    for name, text in summary.items():
        print(f"  {name:24} {text}")
    print("  by category (nDCG@10 where answerable, else AUROC against the answerable ones)")
    for category, (count, result) in by_category(scored).items():
        print(f"  {category:24} {result}  n={count}")
    _print_reliability(scored)
