"""What the load script claims, each claim with its figures and whether it held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.stress.clients import Alone, Asked, Outcome, Pressed
from qa.stress.memory import find_growth

AT_ONCE_SECONDS = 1.0
"""Who waits longer turns to something else, so a refusal that takes longer is not at once."""
MAX_GROWTH = 0.05
MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, what was measured, and whether it held; None where nothing could be measured."""

    sentence: str
    measured: str
    held: bool | None


def judge(pressed: Pressed, alone: Alone, n_places: int) -> tuple[Claim, ...]:
    """All claims. `n_places` is how many questions the server lets in at once: those that wait and the one asked."""
    return (
        _judge_answers(pressed.asked),
        _judge_failures(pressed.asked),
        _judge_waiting(pressed.asked, alone, n_places),
        _judge_refusals(pressed.asked),
        _judge_memory(pressed),
    )


def _times(asked: Sequence[Asked], *outcomes: Outcome) -> list[float]:
    return [each.seconds for each in asked if each.outcome in outcomes]


def _quantiles(seconds: Sequence[float], *shares: int) -> str:
    return ", ".join(f"p{share} {np.percentile(seconds, share):.3f} s" for share in shares)


def _judge_answers(asked: Sequence[Asked]) -> Claim:
    n = Counter(each.outcome for each in asked)
    measured = f"{n['wrong']} wrong, {n['crossed']} crossed, {n['right']:,} right"
    examples = [each.why for each in asked if each.outcome in ("wrong", "crossed")][:MAX_SHOWN]
    measured = "; ".join([measured, *examples])
    return Claim("No wrong and no crossed answer", measured, n["right"] > 0 and n["wrong"] + n["crossed"] == 0)


def _judge_failures(asked: Sequence[Asked]) -> Claim:
    reasons = Counter(each.why for each in asked if each.outcome == "failed")
    listed = ", ".join(f"{n} x {why}" for why, n in reasons.most_common(MAX_SHOWN))
    return Claim("No error and no lost question", listed or "none", not reasons)


def _judge_waiting(asked: Sequence[Asked], alone: Alone, n_places: int) -> Claim:
    times = _times(asked, "right", "wrong", "crossed")
    slowest = float(np.percentile(alone.seconds, 99))
    bound = n_places * slowest
    limit = f"{n_places} places x {slowest:.3f} s (p99 alone) = {bound:.2f} s"
    sentence = "p99 bounded by the queue"
    if not times:
        return Claim(sentence, f"no answer; bound {limit}", False)
    measured = f"{_quantiles(times, 50, 95, 99)}, longest {max(times):.3f} s; bound {limit}"
    return Claim(sentence, measured, float(np.percentile(times, 99)) <= bound)


def _judge_refusals(asked: Sequence[Asked]) -> Claim:
    times = _times(asked, "busy")
    sentence = f"A full queue says so at once (p99 under {AT_ONCE_SECONDS:g} s)"
    if not times:
        return Claim(sentence, "the queue was never full", None)
    measured = f"{len(times):,} refusals, {_quantiles(times, 50, 99)}"
    return Claim(sentence, measured, float(np.percentile(times, 99)) < AT_ONCE_SECONDS)


def _judge_memory(pressed: Pressed) -> Claim:
    growth = find_growth(pressed.memory, pressed.seconds)
    sentence = f"Memory flat (growth under {MAX_GROWTH:.0%} after the warm-up)"
    if growth is None:
        return Claim(sentence, "not measured: too short a run, or not our process", None)
    measured = f"{growth.before:.0f} MB, at the end {growth.after:.0f} MB: {growth.share:+.1%}"
    return Claim(sentence, measured, growth.share < MAX_GROWTH)


def format_claims(claims: Sequence[Claim], pressed: Pressed) -> str:
    """A Markdown table, and a line on the run itself."""
    words = {True: "PASS", False: "FAIL", None: "-"}
    rows = [f"| {claim.sentence} | {claim.measured} | {words[claim.held]} |" for claim in claims]
    n_answers = len(_times(pressed.asked, "right", "wrong", "crossed"))
    late = _quantiles(pressed.late, 50, 99) if pressed.late else "not measured"
    run = (
        f"{pressed.n_clients} clients, {pressed.seconds:.0f} s, {n_answers / pressed.seconds:.1f} answers a second; "
        f"the clients took {pressed.processor / pressed.seconds:.2f} of a core and were late by {late}"
    )
    return "\n".join(["| claim | measured | held |", "|---|---|---|", *rows, "", run])
