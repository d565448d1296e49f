"""Parse the properties of the custom resource according to the property table."""

import bisect
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from personalize_import_handler.contract import constraints, data_files
from personalize_import_handler.contract.constraints import FIRST_RESOURCE_ALLOWED
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.property_table import PROPERTIES
from personalize_import_handler.contract.value_types import Text

_MESSAGE_BYTES_MAX: Final = 2800
"""Part of the 4096 bytes of a response; the ids of stack and resource need the rest."""
_PROBLEMS_PER_KIND_MAX: Final = 5


class InvalidPropertiesError(ValueError):
    """One or more properties are invalid; the message contains each name, its value and the allowed values."""


def parse(properties: Mapping[str, object]) -> ImportProperties:
    """Parse the properties as CloudFormation delivers them; raise `InvalidPropertiesError` with all problems."""
    unknown = constraints.check_known(properties, [each.name for each in PROPERTIES])
    problems = [*_first_of("Unknown properties", unknown)]
    fields: dict[str, Any] = {}
    for each in PROPERTIES:
        if each.name in properties and each.is_checked:
            found: list[str] = []
            fields[each.field] = each.type.parse(each.name, properties[each.name], found)
            problems += _first_of(each.name, found)
        elif each.required and isinstance(each.type, Text) and each.is_checked:
            problems.append(f"{each.name} is missing: it must be {each.type.rule.allowed}")
    problems += _first_of("DataFiles", _problems_of_location(fields))
    problems += _problems_of_first_resource(fields)
    fields.pop("", None)  # checked, but not used
    if problems:
        raise InvalidPropertiesError(_message(problems))
    return ImportProperties(**fields)


def _problems_of_location(fields: Mapping[str, Any]) -> Iterable[str]:
    """Yield the problems with the location that files are copied to; none if the location itself is invalid."""
    files, location = fields.get("data_files"), fields.get("data_location")
    if files and location and not any(constraints.DATA_LOCATION.check("DataLocation", location)):
        yield from data_files.check_location("DataFiles", files, location)


def _problems_of_first_resource(fields: Mapping[str, Any]) -> Iterable[str]:
    arn = fields.get("dataset_import_job_arn")
    if arn and "first_resource" not in fields and not any(constraints.DATASET_IMPORT_JOB_ARN.check("", arn)):
        yield f"FirstResource is missing: it must be {FIRST_RESOURCE_ALLOWED}"


def _first_of(kind: str, problems: Iterable[str]) -> Iterable[str]:
    """Yield the first problems of one kind, because there may be hundreds, and the number of the others."""
    problems = list(problems)
    yield from problems[:_PROBLEMS_PER_KIND_MAX]
    if len(problems) > _PROBLEMS_PER_KIND_MAX:
        yield f"{kind}: {len(problems) - _PROBLEMS_PER_KIND_MAX} more problems of this kind"


def _message(problems: list[str]) -> str:
    """Join problems; if the message is too long, cut the longest ones, which begin with the most important part."""

    def cut_to(length: int) -> str:
        return "; ".join(text if len(text) <= length else f"{text[:length]}…" for text in problems)

    lengths = range(max(map(len, problems)) + 1)
    too_long = bisect.bisect(lengths, _MESSAGE_BYTES_MAX, key=lambda length: _bytes_in_json(cut_to(length)))
    return cut_to(max(0, too_long - 1))


def _bytes_in_json(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())
