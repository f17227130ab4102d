"""A table's figures as SVG (needs the extra bench)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_COLOURS = ("#31688e", "#35b779", "#443983", "#d95f02", "#a6761d", "#90a000")


Points = Sequence[tuple[float, float]]


def draw_bars(title: str, unit: str, bars: Sequence[tuple[str, float]], path: Path) -> None:
    """One horizontal bar a system, its figure beside it."""
    with _drawn(title, (7, 0.8 + 0.4 * len(bars)), path) as axes:
        drawn = axes.barh([name for name, _ in bars], [value for _, value in bars], color=_COLOURS[0])
        axes.bar_label(drawn, fmt="%.3g", padding=3)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_xlabel(unit)


def draw_lines(title: str, units: tuple[str, str], lines: Mapping[str, Points], path: Path) -> None:
    """One line a system through its points (x, y), both axes logarithmic; `units` name them."""
    with _drawn(title, (7, 4.5), path) as axes:
        for (name, points), colour in zip(lines.items(), _COLOURS, strict=False):
            axes.plot([x for x, _ in points], [y for _, y in points], marker="o", label=name, color=colour)
        axes.set(xscale="log", yscale="log", xlabel=units[0], ylabel=units[1])
        axes.legend(frameon=False)


@contextmanager
def _drawn(title: str, size: tuple[float, float], path: Path) -> Iterator[Any]:
    """Axes that are written to the file when they are done."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=size, layout="constrained")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title)
    yield axes
    figure.savefig(path)
    pyplot.close(figure)
