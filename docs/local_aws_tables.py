"""Write the tables of docs/local-aws.md, from the local Personalize service: `make docs-local-aws`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from personalize_local.cloudformation_types.native_types import NATIVE_TYPES, NativeType
from personalize_local.personalize.generic_kinds import GENERIC_KINDS
from personalize_local.personalize.operations import recommendations
from personalize_local.personalize.service import OPERATIONS
from personalize_local.personalize.service_model import EVENTS, PERSONALIZE, RUNTIME, operations_of

_PAGE: Final = Path(__file__).parent / "local-aws.md"
_BEGIN: Final = "<!-- tables: written by `make docs-local-aws` -->\n"
_END: Final = "<!-- end of the tables -->"
_NOTES: Final[Mapping[str, str]] = {
    "CreateDataDeletionJob": "deletes the records of the users at once; the job completes later",
    "CreateDatasetExportJob": "writes one file, `<path>/<job name>.csv`; the real names are not documented",
    "CreateFilter": "checks only the beginning of the expression",
    "CreateRecommender": "trains nothing",
    "CreateSolution": "starts no automatic training",
    "CreateSolutionVersion": "trains nothing",
    "PutEvents": "events without a user wait until their session has one",
    **dict.fromkeys(operations_of(RUNTIME), "no model is trained"),
    "DescribeAlgorithm": "name, ARN and times",
    "GetSolutionMetrics": "fixed figures, the same for every solution version",
}


def operation_names() -> list[str]:
    """Return the names of the operations of Personalize, personalize-events and personalize-runtime."""
    return [name for service in (PERSONALIZE, EVENTS, RUNTIME) for name in operations_of(service)]


def tables() -> str:
    """Return the tables of operations and of resource types as Markdown."""
    operations = [(f"`{name}`", _support_of(name), _NOTES.get(name, "")) for name in operation_names()]
    types = [_type_row(native) for native in NATIVE_TYPES]
    return "\n".join(
        (
            f"### Operations\n\n{_table(('operation', 'support', 'note'), sorted(operations))}",
            "### Resource types\n\n"
            + _table(("type", "support", "attributes", "properties that are updated in place"), types),
        )
    )


def written(page: str) -> str:
    """Return a page with the tables between its two marks."""
    before, after = page.partition(_BEGIN)[0], page.partition(_END)[2]
    return f"{before}{_BEGIN}\n{tables()}\n{_END}{after}"


def _support_of(operation: str) -> str:
    if operation not in OPERATIONS or operation in recommendations.OPERATIONS:
        return "unsupported"
    if operation == "GetSolutionMetrics":
        return "record only"
    return _support(next((kind for kind in _longest_first() if kind in operation), ""))


def _support(kind: str) -> str:
    return "record only" if kind in GENERIC_KINDS and not GENERIC_KINDS[kind].has_effect else "complete"


def _longest_first() -> list[str]:
    """Return the kinds of records, such that `SolutionVersion` comes before `Solution`."""
    return sorted(GENERIC_KINDS, key=len, reverse=True)


def _type_row(native: NativeType) -> tuple[str, ...]:
    attributes = (native.arn_attribute, *native.attributes)
    return (f"`{native.type_name}`", _support(native.kind), _listed(attributes), _listed(sorted(native.mutable)))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    _PAGE.write_text(written(_PAGE.read_text()))
