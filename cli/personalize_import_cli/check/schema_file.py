"""The schema file that data is checked for."""

from dataclasses import dataclass, replace
from typing import Final

from personalize_import_cli.errors import CommandError, command_error
from personalize_import_handler.data_checks.findings import Finding
from personalize_import_handler.data_checks.regular_files import open_regular
from personalize_import_handler.data_checks.schema import NotASchema, NotJson, Schema, read_schema
from personalize_import_handler.data_checks.schema_rules import schema_findings

_BYTES_MAX: Final = 1 << 20  # far more than the service allows; a large data file given by mistake isn't read


@dataclass(frozen=True, kw_only=True)
class CheckedSchema:
    """A schema and its findings."""

    path: str
    domain: str | None
    schema: Schema | None
    """None if data can't be checked for it: it is malformed, or its name is no dataset type."""
    findings: tuple[Finding, ...]


def checked_schema(path: str, domain: str | None) -> CheckedSchema:
    """Read and check a schema; raise `CommandError` if the file isn't JSON."""
    text = _text(path)
    try:
        schema: Schema | None = read_schema(text, domain)
    except NotJson as error:
        raise CommandError(f"{path}: {error}") from error
    except NotASchema:
        schema = None
    return CheckedSchema(
        path=path,
        domain=domain,
        schema=schema if schema and schema.dataset_type else None,
        findings=tuple(replace(finding, file=path) for finding in schema_findings(text, domain=domain)),
    )


def _text(path: str) -> str:
    try:
        with open_regular(path) as file:
            content = file.read(_BYTES_MAX + 1)
        if len(content) > _BYTES_MAX:
            raise CommandError(f"{path}: too large for a schema")
        return content.decode()
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: this is not text") from error
    except (OSError, ValueError) as error:
        raise command_error(error, path) from error
