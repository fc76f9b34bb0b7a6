"""The page is a recomputation from the log: documents and heads."""

from collections.abc import Iterator, Mapping

from tests.chaos.checks.finding import Finding
from tests.chaos.evidence import Document, Evidence, ReadModel
from tests.chaos.recomputing import heads_of_log, recomputed


def pages_are_the_log(evidence: Evidence) -> Iterator[Finding]:
    """Every document of every read model equals the one that the pure folds make of the log; there are no others."""
    for model in evidence.models:
        expected = recomputed(model.projection, evidence.logs)
        for collection, documents in expected.items():
            shown = model.collections.get(collection, {})
            for detail in _differences(documents, shown):
                yield Finding("pages-are-the-log", f"{model.projection.name} {collection}/{detail}")


def _differences(expected: Mapping[str, Document], shown: Mapping[str, Document]) -> Iterator[str]:
    for identifier in sorted(expected.keys() | shown.keys()):
        if identifier not in shown:
            yield f"{identifier} is missing"
        elif identifier not in expected:
            yield f"{identifier} is one too many"
        elif shown[identifier] != expected[identifier]:
            yield f"{identifier}: {_unequal(expected[identifier], shown[identifier])}"


def _unequal(expected: Document, shown: Document) -> str:
    return "; ".join(
        f"{name} is {shown.get(name)!r:.120}, the log says {expected.get(name)!r:.120}"
        for name in sorted(expected.keys() | shown.keys())
        if expected.get(name) != shown.get(name)
    )


def heads_are_the_logs(evidence: Evidence) -> Iterator[Finding]:
    """Every projection has folded every stream that it follows up to its end, also what changed no document."""
    for model in evidence.models:
        yield from _heads(model, evidence)


def _heads(model: ReadModel, evidence: Evidence) -> Iterator[Finding]:
    expected = heads_of_log(model.projection, evidence.logs)
    for stream in sorted(expected.keys() | model.heads.keys()):
        if expected.get(stream) != model.heads.get(stream):
            yield Finding(
                "heads-are-the-logs",
                f"{model.projection.name} {stream}: {model.heads.get(stream)}, the log says {expected.get(stream)}",
            )
