"""Ask every question of a source and write what came of it; a run that was stopped goes on."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from qa.article import Article
from qa.errors import EvaluationError
from qa.evaluation.articles import Library, Shelf
from qa.evaluation.asking import Asker, Batch, build_batches
from qa.evaluation.cluster import ask_on_ray
from qa.evaluation.columns import TableBuilder
from qa.evaluation.journal import JOURNAL, Journal
from qa.evaluation.outcome import Outcome
from qa.evaluation.outputs import write_json, write_na_prob, write_predictions, write_table
from qa.evaluation.questions import EvaluationQuestion
from qa.evaluation.report import write_report
from qa.evaluation.retrieval import RetrievalTotals
from qa.evaluation.scan import Scan, scan_source
from qa.evaluation.scoring import Scored, score
from qa.evaluation.summary import summarise
from qa.evaluation.usage import Usage, peak_memory_mb
from qa.evaluation.workers import Asked, Job, ask_here, ask_in_processes
from qa.pipeline import Models

PACKAGES = (
    "dispatch-qa",
    "openvino",
    "torch",
    "transformers",
    "sentence-transformers",
    "faiss-cpu",
    "numpy",
    "ir-measures",
)
N_ALONE = 20
"""Questions asked a second time, one at a time, to know how long one takes."""
SMALL = 2_000
"""Up to this many questions the reader is also run on the gold passages, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run goes: `resume` a stopped one, in `n_workers` processes (`on_ray`: those of a cluster), with
    `upper_bound` (None: for at most SMALL questions) the reader on the gold passages as well. `name` is the
    source's name in the report."""

    resume: bool = False
    n_workers: int = 1
    on_ray: bool = False
    upper_bound: bool | None = None
    progress: bool = False
    name: str = "questions"

    def __post_init__(self) -> None:
        if self.n_workers < 1:
            raise EvaluationError(f"--workers {self.n_workers}: expected at least 1 process")


def versions(models: Models) -> dict[str, str]:
    """Versions of Python and of what the answers depend on, and the models' names and fingerprints."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return {**found, **models.names}


def _header(scanned: Scan, models: Models, default: Article | None, upper_bound: bool) -> dict[str, Any]:
    """What must be the same for a run to go on."""
    return {
        "questions_sha256": scanned.sha256,
        "n_questions": scanned.n,
        "n_bad_lines": scanned.n_errors,
        "article": None if default is None else {"name": default.name, "sha256": default.sha256},
        "upper_bound": upper_bound,
        "profile": repr(models.profile),
        "calibration": repr(models.calibration),
        "versions": versions(models),
    }


def _open_journal(path: Path, header: dict[str, Any], resume: bool) -> Journal:
    if not resume or not path.exists() or path.stat().st_size == 0:
        return Journal.create(path, header)
    journal = Journal.load(path)
    differing = [key for key in header if journal.header.get(key) != header[key]]
    if differing:
        raise EvaluationError(
            f"{path}: of another run, other {', '.join(differing)}; drop --resume to start over, or name another folder"
        )
    journal.resume()
    return journal


def _watch(done: Iterable[Asked], journal: Journal, n: int, progress: bool) -> None:
    """Write each batch down as it is done, behind a bar that shows the time left."""
    from tqdm.auto import tqdm

    before, started = journal.elapsed, time.perf_counter()
    with tqdm(total=n, initial=journal.n_outcomes, unit="question", disable=not progress) as bar:
        for batch, outcomes in done:
            journal.add(batch, outcomes, before + time.perf_counter() - started)
            bar.update(len(outcomes))


def _score_all(journal: Journal, table: TableBuilder, retrieval: RetrievalTotals) -> Iterator[tuple[Outcome, Scored]]:
    """Every outcome with its scores, in order; the scores of the labelled ones are added up on the way."""
    for outcome in journal.read():
        scored = score(outcome)
        if outcome.labelled:
            table.add(scored)
            retrieval.add(scored)
        yield outcome, scored


def _time_alone(questions: Iterable[EvaluationQuestion], asker: Asker) -> tuple[float, ...]:
    """Milliseconds of the first N_ALONE questions, each asked alone; the first of all warms up."""
    few = tuple(islice((q for q in questions if q.error is None), N_ALONE))
    batches = [Batch(0, (question,), (0,)) for question in (*few[:1], *few)]
    outcomes = [outcome for batch in batches for outcome in asker.ask(batch)]
    return tuple(outcome.milliseconds for outcome in outcomes[1:] if outcome.error is None)


def write_results(
    journal: Journal, output: Path, run_versions: dict[str, str], name: str, alone_ms: tuple[float, ...] = ()
) -> dict[str, Any]:
    """Write every file of a finished run from its journal, and return the figures."""
    usage = Usage(journal.n_outcomes, journal.elapsed, peak_memory_mb(), alone_ms)
    write_predictions(output, journal.read())
    write_na_prob(output, journal.read())
    table, retrieval = TableBuilder(), RetrievalTotals()
    write_table(output, _score_all(journal, table, retrieval))
    summary = summarise(table.build(), retrieval.figures(), usage, run_versions)
    summary["run"] = {"source": name, **{key: value for key, value in journal.header.items() if key != "versions"}}
    write_json(output / "metrics.json", summary)
    write_report(output / "report.html", summary, journal.read)
    return summary


def evaluate(
    questions: Iterable[EvaluationQuestion],
    models: Models,
    output: Path,
    article: Article | None = None,
    progress: bool = False,
    options: RunOptions | None = None,
    library: Library | None = None,
    load: Callable[[], Models] | None = None,
) -> dict[str, Any]:
    """Ask all questions, write the files of EVALUATION.md into `output` and return the metrics.

    `questions` is gone through twice, so a list or an object that begins anew, no generator. `article` is
    that of questions which name none (None: the seed); `library` finds articles by name; `load` opens the
    models in another process, where there are several workers. Raises EvaluationError when there is
    nothing to ask, the folder cannot be written, or it holds another run that is not to be resumed.
    """
    chosen = RunOptions(progress=progress) if options is None else options
    scanned = scan_source(questions, Path(chosen.name))
    upper_bound = scanned.n <= SMALL if chosen.upper_bound is None else chosen.upper_bound
    header = _header(scanned, models, article, upper_bound)
    placed = Library({}) if library is None else library
    try:
        output.mkdir(parents=True, exist_ok=True)
        asker = Asker(models, Shelf(models, article), upper_bound)
        journal = _open_journal(output / JOURNAL, header, chosen.resume)
        try:
            left: Iterator[Batch] = (
                batch for batch in build_batches(map(placed.place, questions)) if batch.number not in journal.entries
            )
            if chosen.n_workers == 1 and not chosen.on_ray:
                done = ask_here(left, asker)
            else:
                opener = partial(Models.load, models.profile) if load is None else load
                spread = ask_on_ray if chosen.on_ray else ask_in_processes
                done = spread(left, Job(opener, article, upper_bound), chosen.n_workers)
            _watch(done, journal, scanned.n, chosen.progress)
            alone_ms = _time_alone(map(placed.place, questions), asker)
            return write_results(journal, output, header["versions"], chosen.name, alone_ms)
        finally:
            journal.close()
    except OSError as error:
        raise EvaluationError(f"{output}: cannot be written ({error.strerror or error})") from None
