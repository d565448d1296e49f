"""The rules for schemas and the local service, each written for itself, come to the same of any schema."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from personalize_import.schema.fields import required_fields, schema_text
from personalize_import_handler.data_checks.dataset_types import DATASET_TYPES, DatasetType
from personalize_import_handler.data_checks.findings import has_errors
from personalize_import_handler.data_checks.schema import SIMPLE_TYPES, Field
from personalize_import_handler.data_checks.schema_rules import schema_findings
from tests.local_service.fakes import Refused, new_world

REQUIRED_SOMEWHERE = ("USER_ID", "ITEM_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE", "PRICE", "CATEGORY_L1")
RESERVED_OR_METADATA = ("EVENT_VALUE", "CREATION_TIMESTAMP", "TYPE", "AGE", "A_GE", "ABOUT", "TOWN", "TITLE")
CHANGES: list[dict[str, Any]] = [
    {"nullable": True},
    {"categorical": True},
    {"categorical": False},
    {"textual": True},
    *({"type_name": name} for name in SIMPLE_TYPES),
]
WORLD = new_world()

some_field = st.builds(
    Field,
    name=st.sampled_from([*REQUIRED_SOMEWHERE, *RESERVED_OR_METADATA]),
    type_name=st.one_of(st.just("string"), st.sampled_from(SIMPLE_TYPES)),
    nullable=st.booleans(),
    categorical=st.booleans(),
    textual=st.sampled_from([False, False, True]),
)


def taken(text: str, domain: str | None) -> bool:
    """Say whether the local service takes a schema."""
    try:
        arn = WORLD.client("CreateSchema", name="s", schema=text, **({} if domain is None else {"domain": domain}))
    except Refused:
        return False
    WORLD.client("DeleteSchema", schemaArn=arn["schemaArn"])
    return True


@settings(max_examples=500, deadline=None)
@given(
    kind=st.sampled_from(DATASET_TYPES),
    domain=st.sampled_from([None, None, "ECOMMERCE"]),
    left_out=st.sampled_from([None, None, None, 0, -1]),
    change=st.sampled_from([{}, *CHANGES]),
    changed=st.integers(0, 4),
    more=st.lists(some_field, max_size=2),
    numbers=st.sampled_from([0, 0, 1, 4, 5, 6, 10, 11, 25, 26]),
)
def test_a_schema_has_errors_where_the_service_refuses_it(
    kind: DatasetType,
    domain: str | None,
    left_out: int | None,
    change: dict[str, Any],
    changed: int,
    more: list[Field],
    numbers: int,
) -> None:
    fields = [
        *required_fields(kind, domain),
        *more,
        *(Field(name=f"M{number}X", type_name="int") for number in range(numbers)),
    ]
    place = changed % len(fields)
    fields[place] = replace(fields[place], **change)
    if left_out is not None and len(fields) > 1:
        del fields[left_out]
    text = schema_text(kind, fields)
    assert has_errors(schema_findings(text, domain)) is not taken(text, domain)
