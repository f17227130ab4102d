"""Bars of a table's figures, as one SVG (needs the extra bench)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def draw_bars(title: str, unit: str, bars: Sequence[tuple[str, float]], path: Path) -> None:
    """One horizontal bar a system, its figure beside it."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 0.5 + 0.4 * len(bars)), layout="constrained")
    drawn = axes.barh([name for name, _ in bars], [value for _, value in bars], color="#31688e")
    axes.bar_label(drawn, fmt="%.3g", padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(title=title, xlabel=unit)
    figure.savefig(path)
    pyplot.close(figure)
