"""The option `reimport`: when data is imported again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from personalize_import.synthesis.validation import check_text, require_all
from personalize_import_handler import contract
from personalize_import_handler.contract import ReimportMode, constraints
from personalize_import_handler.contract.constraints import TextRule, violation

_AS_OF: Final = TextRule(
    f"a string of 1 to {contract.DATA_AS_OF_LENGTH_MAX} characters",
    r"[^\ud800-\udfff]+",
    contract.DATA_AS_OF_LENGTH_MAX,
)


@dataclass(frozen=True)
class Reimport:
    """The condition for importing data again. Create one with a `when_...` method.

    With any of them, data is also imported again when the properties of the import change: the dataset, its schema, the
    location, the mode, the role or the attribution flag.
    """

    mode: ReimportMode
    """`WHEN_DATA_CHANGES` if the provider compares the files; otherwise the properties decide."""
    value: str | None = None
    """The value of `when_value_changes`."""
    as_of: str | None = None
    """The value of `when_data_changes`."""

    @classmethod
    def when_properties_change(cls) -> Self:
        """Import again only when the properties of the import change. This is the default."""
        return cls(ReimportMode.WHEN_PROPERTIES_CHANGE)

    @classmethod
    def when_value_changes(cls, value: str) -> Self:
        """Import again whenever a value changes.

        Args:
            value: Any string of 1 to 256 characters, such as `"2026-11"`, or a token.

        Raises:
            ValidationError: A `ValueError` that names the value and what is allowed.
        """
        require_all(check_text("value", value, constraints.REIMPORT_TOKEN))
        return cls(ReimportMode.WHEN_PROPERTIES_CHANGE, value=value)

    @classmethod
    def when_data_changes(cls, as_of: str | None = None) -> Self:
        """Import again when names, sizes or ETags of the files differ from the last import.

        CloudFormation doesn't update a resource whose properties have not changed. So the files are compared only in a
        deploy that changes `as_of` or another property of the import.

        Args:
            as_of: A string of 1 to 256 characters that is new whenever the files are to be compared, such as a commit
                or the number of a build, or a token such as an SSM parameter. Default: the parameter `DataAsOf` of the
                top-level stack: `cdk deploy --parameters Stack:DataAsOf=...`. CDK Pipelines can't set parameters, so
                pass `as_of` there.

        Raises:
            ValidationError: A `ValueError` that names the value and what is allowed.
        """
        if as_of is not None:
            require_all(check_text("as_of", as_of, _AS_OF))
        return cls(ReimportMode.WHEN_DATA_CHANGES, as_of=as_of)

    @property
    def compares_data(self) -> bool:
        """True if the provider compares the files with the files of the last import."""
        return self.mode is ReimportMode.WHEN_DATA_CHANGES


def check_reimport(name: str, value: object) -> Iterator[str]:
    """Yield a problem unless the value is None or a `Reimport`."""
    if value is not None and not isinstance(value, Reimport):
        yield violation(name, value, "a Reimport, such as Reimport.when_data_changes()")
