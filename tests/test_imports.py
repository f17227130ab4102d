"""Dependencies point one way, importing is light, and `__all__` is honest."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "openvino", "gradio", "transformers", "sentence_transformers", "faiss", "sklearn", "datasets")
ALLOWED = {
    "qa.evaluation": {
        "qa.article",
        "qa.calibration",
        "qa.errors",
        "qa.pipeline",
        "qa.printable",
        "qa.types",
        "qa.evaluation",
        "embeddings.storage",
    },
    "qa.web": {
        "qa.article",
        "qa.errors",
        "qa.evaluation",
        "qa.followup",
        "qa.language",
        "qa.logs",
        "qa.pipeline",
        "qa.printable",
        "qa.names",
        "qa.suggestions",
        "qa.types",
        "qa.web",
        "embeddings.passages",
        "embeddings.storage",
    },
}
TORCH_FILES = {"qa.reference", "qa.bench.plain", "embeddings.encoder"}


def name_module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def find_files() -> list[Path]:
    return [ROOT / "app.py", *sorted((ROOT / "qa").rglob("*.py")), *sorted((ROOT / "embeddings").rglob("*.py"))]


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def find_imports(path: Path) -> set[str]:
    """Modules a file imports anywhere in it; a name imported from a package counts as its module if it is one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            base = node.module or ""
            found |= {f"{base}.{a.name}" if is_module(f"{base}.{a.name}") else base for a in node.names}
    return found


def lies_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


IMPORTS = {name_module(path): find_imports(path) for path in find_files()}


def test_the_walk_sees_the_project() -> None:
    assert {"app", "qa", "qa.pipeline", "qa.web.page", "embeddings.train.guard"} <= set(IMPORTS)
    assert "embeddings.index" in IMPORTS["qa.pipeline"]
    assert "qa.evaluation.metrics" in IMPORTS["qa.evaluation.scoring"]
    assert "torch" in IMPORTS["qa.reference"]


def test_embeddings_never_imports_qa() -> None:
    assert not [
        (name, used) for name in IMPORTS if lies_in(name, "embeddings") for used in IMPORTS[name] if lies_in(used, "qa")
    ]


def test_only_training_imports_training() -> None:
    packages = ("qa.train", "embeddings.train")
    for name, imported in IMPORTS.items():
        if not any(lies_in(name, package) for package in packages):
            assert not [used for used in imported for package in packages if lies_in(used, package)], name


@pytest.mark.parametrize("package", ["qa.bench", "qa.stress"])
def test_nothing_imports_what_only_measures(package: str) -> None:
    for name, imported in IMPORTS.items():
        if not any(lies_in(name, measures) for measures in ("qa.bench", "qa.stress")):
            assert not [used for used in imported if lies_in(used, package)], name


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_evaluation_and_page_stand_on_the_pipeline_alone(package: str) -> None:
    for name, imported in IMPORTS.items():
        if lies_in(name, package):
            own = {used for used in imported if lies_in(used, "qa") or lies_in(used, "embeddings")}
            assert not [used for used in own if not any(lies_in(used, ok) for ok in ALLOWED[package])], name


def test_nothing_under_the_command_line_imports_the_page_or_the_evaluation() -> None:
    for name, imported in IMPORTS.items():
        if name not in ("app", "qa.cli") and not any(
            lies_in(name, p) for p in (*ALLOWED, "qa.bench", "qa.stress", "qa.train")
        ):
            assert not [used for used in imported for package in ALLOWED if lies_in(used, package)], name


def test_torch_is_imported_by_two_files_and_by_training() -> None:
    users = {name for name, imported in IMPORTS.items() if any(lies_in(used, "torch") for used in imported)}
    assert {name for name in users if ".train" not in name} == TORCH_FILES


@pytest.mark.parametrize(
    "modules",
    [
        "qa, qa.cli",
        "embeddings",
        "app",
        "qa.evaluation.runner",
        "qa.evaluation.calibrate",
        "qa.stress.__main__",
        "embeddings.train.guard",
    ],
)
def test_importing_loads_nothing_heavy(modules: str) -> None:
    code = f"import sys, {modules}\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.split() == []


@pytest.mark.parametrize("name", ["qa", "embeddings"])
def test_all_names_exist_are_sorted_and_leave_out_no_import(name: str) -> None:
    module = importlib.import_module(name)
    names: list[str] = module.__all__
    assert names == sorted(set(names))
    assert not [each for each in names if not hasattr(module, each)]
    tree = ast.parse((ROOT / name / "__init__.py").read_text(encoding="utf-8"))
    imported = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(imported) == names


UNPICKLERS = {"pickle", "cPickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"}
BETWEEN_OWN_PROCESSES = {"qa.evaluation.cluster"}
"""Ray hands batches to this program's own workers."""


def test_nothing_unpickles_a_file_and_no_models_code_is_run() -> None:
    for path in find_files():
        name = name_module(path)
        assert name in BETWEEN_OWN_PROCESSES or not IMPORTS[name] & UNPICKLERS, name
        for call in (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)):
            told = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
            assert ast.unparse(call.func) not in ("torch.load", "eval", "exec"), name
            assert ast.unparse(call.func) not in ("np.load", "numpy.load") or told["allow_pickle"] == "False", name
            assert told.get("allow_pickle", "False") == told.get("trust_remote_code", "False") == "False", name
            if ast.unparse(call.func) == "AutoModelForQuestionAnswering.from_pretrained":
                assert told["use_safetensors"] == "True", name
