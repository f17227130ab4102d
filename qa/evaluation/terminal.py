"""What the commands of this package print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qa.evaluation.outcome import Sentence
from qa.evaluation.scoring import STAGES
from qa.printable import printable

if TYPE_CHECKING:
    from qa.calibration import Calibration
    from qa.evaluation.compare import Comparison

_WIDTH = 76


def _number(value: float | None, form: str = ".1f") -> str:
    return "-" if value is None else format(value, form)


def print_summary(summary: dict[str, Any]) -> None:
    """The figures of a run in a few lines."""
    overall = summary["overall"]
    rows = {"all": overall, **summary["by_language"]}
    print(f"{'':6}{'n':>8}{'F1':>8}{'EM':>8}{'95% of F1':>16}{'F1 answerable, forced':>24}")
    for name, scores in rows.items():
        figures = scores["french_aware"]
        interval = figures.get("f1_interval")
        shown = "-" if interval is None else f"{interval[0]:.1f} - {interval[1]:.1f}"
        print(
            f"{name:6}{scores['n']:>8}{_number(figures['f1']):>8}{_number(figures['exact_match']):>8}"
            f"{shown:>16}{_number(figures['f1_answerable_forced']):>24}"
        )
    stages = summary["funnel"]["stages"]
    wrong = ", ".join(f"{stages[stage]['n']} {stage.replace('_', ' ')}" for stage in STAGES if stages[stage]["n"])
    print(f"not an exact match: {wrong if wrong else 'none'}")
    print(f"no-answer AUROC: {_number(summary['abstention']['auroc'], '.3f')}")
    if overall["n_errors"]:
        print(f"could not be asked, count as wrong: {overall['n_errors']}; per_question.csv says why")
    if overall["n_unlabelled"]:
        print(f"without gold answers, answered and not scored: {overall['n_unlabelled']}")


def _cut(text: str, width: int = _WIDTH) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= width else line[: width - 1] + "…"


def _around(sentence: Sentence) -> str:
    """The part of a sentence around its marked span, on one line."""
    first = max(0, sentence.mark[0] - sentence.start - _WIDTH // 3)
    return ("…" if first else "") + _cut(sentence.text[first:])


def print_comparison(found: Comparison, most: int = 10) -> None:
    """The comparison as a table, and the first questions of each kind with their evidence."""
    print(f"A {found.name_a}\nB {found.name_b}\n")
    print(f"{'':16}{'n':>7}{'F1 A':>8}{'F1 B':>8}{'B - A':>8}{'EM A':>8}{'EM B':>8}")
    for row in found.rows:
        scores = f"{row.f1_a:>8.1f}{row.f1_b:>8.1f}{row.f1_b - row.f1_a:>+8.1f}{row.em_a:>8.1f}{row.em_b:>8.1f}"
        print(f"{row.name:16}{row.n:>7}{scores}")
    moved = found.difference
    print(f"\nF1, B - A: {moved.mean:+.2f} points, 95% {moved.low:+.2f} to {moved.high:+.2f} (paired bootstrap)")
    print(
        f"exact matches: {found.counts['fixed']} fixed, {found.counts['broken']} broken; McNemar p {found.p_value:.3g}"
    )
    if found.n_only_a or found.n_only_b:
        print(f"left out: {found.n_only_a} questions that only A has, {found.n_only_b} that only B has")
    for key, (a, b) in found.other_versions.items():
        print(f"{key}: {a} -> {b}")
    for kind in found.counts:
        _print_changes(found, kind, most)
    verdict = "worse than A by more than" if found.is_worse else "not worse than A by more than"
    print(f"\nB is {verdict} {found.margin:g} {'point' if found.margin == 1 else 'points'} of F1")


def _print_changes(found: Comparison, kind: str, most: int) -> None:
    chosen = [change for change in found.changes if change.kind == kind]
    if not chosen:
        return
    print(f"\n{kind} ({found.counts[chosen[0].kind]})")
    for change in chosen[:most]:
        print(f"  {_cut(change.a.id)}  {_cut(change.a.question)}")
        print(f"    gold  {_cut(' | '.join(change.a.gold)) if change.a.gold else '(no answer)'}")
        for name, outcome in (("A", change.a), ("B", change.b)):
            shown = outcome.prediction if outcome.prediction else "(abstained)"
            place = "" if outcome.evidence is None else f"  in: {_around(outcome.evidence)}"
            print(f"    {name}     {_cut(shown)}{place}")


def print_calibration(found: Calibration) -> None:
    """What was fitted, on what, and how well it holds on articles left out."""
    print(f"fitted on {found.n_questions} questions of {found.source}; answers from {found.threshold:.2f}")
    if found.max_risk is not None:
        print(f"at most {found.max_risk:.0%} of the answers given are wrong, with 95% confidence")
    if found.ece is not None and found.ece_interval is not None:
        low, high = found.ece_interval
        area = _number(found.auroc, ".3f")
        print(f"on articles left out: ECE {found.ece:.3f} (95% {low:.3f} to {high:.3f}), AUROC {area}")
