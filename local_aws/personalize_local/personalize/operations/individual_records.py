"""PutEvents, PutActionInteractions, PutItems, PutUsers and PutActions, which add up to ten records to a dataset.

The records are kept apart from bulk data, because a FULL import replaces only bulk data:
https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html#bulk-import-modes
They are checked like the rows of an import. It is not documented how the service refuses invalid records or unknown
properties; that it refuses the whole call with InvalidInputException is assumed.
https://docs.aws.amazon.com/personalize/latest/dg/incremental-data-updates.html
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from personalize_import_handler.data_checks.dataset_types import INTERACTIONS
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.schema import Schema
from personalize_local.personalize import arns, messages
from personalize_local.personalize.errors import ServiceError, invalid_input
from personalize_local.personalize.importing.failure_reasons import reason_without_place
from personalize_local.personalize.importing.reading import read_data
from personalize_local.personalize.importing.records import Records, Row
from personalize_local.personalize.models import Dataset
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.operations.resource_kinds import require_active
from personalize_local.personalize.store import Resources, existing
from personalize_local.personalize.untrusted_json import parse_json

_USER_ID: Final = "USER_ID"
_NO_USER_YET: Final = "-"
_ACTION_INTERACTIONS: Final = "ACTION_INTERACTIONS"
_PROPERTIES: Final = "properties"
_COLUMNS: Final[Mapping[str, str]] = {
    "itemId": "ITEM_ID",
    "userId": _USER_ID,
    "actionId": "ACTION_ID",
    "eventType": "EVENT_TYPE",
    "eventValue": "EVENT_VALUE",
    "impression": "IMPRESSION",
    "recommendationId": "RECOMMENDATION_ID",
    "sentAt": "TIMESTAMP",
    "timestamp": "TIMESTAMP",
}
"""The columns of a record's members, except `properties`."""

Cells = Mapping[str, str]
"""The values of a record by column."""


@dataclass(frozen=True)
class _PutOperation:
    """An operation that adds items, users or actions to a dataset of one type."""

    member: str
    dataset_type: str

    def __call__(self, call: Call) -> None:
        """Add the records; each replaces the record with the same id."""
        with call.resources() as (resources, now):
            dataset = existing(resources.datasets, call.parameters["datasetArn"])
            if dataset.dataset_type != self.dataset_type:
                raise invalid_input(messages.dataset_of_another_type(dataset.arn, self.dataset_type))
            schema = _schema(dataset, resources, now)
            rows = _checked_rows([_cells(each, schema) for each in call.parameters[self.member]], schema, dataset)
            recorded = dataset.recorded.merged_with(dataset.recorded.emptied().filled(rows))
            resources.datasets[dataset.arn] = replace(dataset, recorded=recorded)


def put_events(call: Call) -> None:
    """Add item interactions of a session to the Item interactions dataset of the event tracker's dataset group."""
    with call.resources() as (resources, now):
        tracker = resources.event_tracker(call.parameters["trackingId"])
        if tracker is None:
            raise invalid_input(messages.unknown_tracking_id(call.parameters["trackingId"]))
        require_active(tracker, now)
        arn = arns.dataset_arn(tracker.members["datasetGroupArn"], INTERACTIONS)
        dataset = existing(resources.datasets, arn)
        schema = _schema(dataset, resources, now)
        events = [
            {**event, **event.get("metricAttribution", {}), "userId": call.parameters.get("userId")}
            for event in call.parameters["eventList"]
        ]
        cells = [_cells(event, schema) for event in events]
        resources.datasets[arn] = _with_events(dataset, schema, call.parameters["sessionId"], cells)


def put_action_interactions(call: Call) -> None:
    """Add action interactions to the dataset with the tracking id."""
    tracking_id = call.parameters["trackingId"]
    with call.resources() as (resources, now):
        dataset = next((each for each in resources.datasets.values() if each.tracking_id == tracking_id), None)
        if dataset is None:
            raise invalid_input(messages.unknown_tracking_id(tracking_id))
        schema = _schema(dataset, resources, now)
        for each in call.parameters["actionInteractions"]:
            dataset = _with_events(dataset, schema, each["sessionId"], [_cells(each, schema)])
        resources.datasets[dataset.arn] = dataset


def _with_events(dataset: Dataset, schema: Schema, session: str, events: Sequence[Cells]) -> Dataset:
    """Return a dataset with more events of a session.

    Events without a user wait until the session has one, which the service documents for signing in. Of events with the
    same time and properties, one is kept.
    """
    rows = _checked_rows([{**cells, _USER_ID: cells[_USER_ID] or _NO_USER_YET} for cells in events], schema, dataset)
    waiting = dataset.events_without_user.get(session, ())
    users = {cells[_USER_ID] for cells in events} - {""}
    if not users:
        waiting_rows = (*waiting, *(tuple(row) for row in rows))
        return replace(dataset, events_without_user={**dataset.events_without_user, session: waiting_rows})
    place = [column.name.upper() for column in dataset.recorded.columns].index(_USER_ID)
    (user,) = users
    known = {tuple(row) for row in dataset.recorded.rows()}
    named = [(*row[:place], user, *row[place + 1 :]) for row in (*waiting, *rows)]
    new = [row for row in dict.fromkeys(named) if row not in known]
    others = {other: rows for other, rows in dataset.events_without_user.items() if other != session}
    recorded: Records = dataset.recorded.merged_with(dataset.recorded.emptied().filled(new))
    return replace(dataset, recorded=recorded, events_without_user=others)


def _schema(dataset: Dataset, resources: Resources, now: float) -> Schema:
    """Return the schema of a dataset; raise ResourceInUseException if the dataset isn't ACTIVE."""
    require_active(dataset, now)
    return existing(resources.schemas, dataset.schema_arn).avro


def _cells(record: Mapping[str, Any], schema: Schema) -> Cells:
    """Return a record's values by column; those of members for which the schema has no column are left out."""
    columns = {field.key for field in schema.fields}
    cells = {_COLUMNS[name]: _cell(name, value) for name, value in record.items() if name in _COLUMNS}
    if "eventAttributionSource" in record:
        cells["EVENT_ATTRIBUTION_SOURCE"] = record["eventAttributionSource"]
    properties = _properties(record.get(_PROPERTIES, "{}"), schema)
    return {**dict.fromkeys(columns, ""), **{name: cells[name] for name in cells if name in columns}, **properties}


def _properties(text: str, schema: Schema) -> Cells:
    """Return the values of the properties by column: `numberOfRatings` is the column NUMBER_OF_RATINGS."""
    try:
        properties = parse_json(text)
    except ValueError as error:
        raise invalid_input(messages.not_json(str(error))) from error
    if not isinstance(properties, dict):
        raise invalid_input(messages.PROPERTIES_NOT_AN_OBJECT)
    columns = {_letters(field.name): field.key for field in schema.fields}
    if unknown := [name for name in properties if _letters(name) not in columns]:
        raise invalid_input(messages.unknown_properties(unknown))
    return {columns[_letters(name)]: _cell(name, value) for name, value in properties.items()}


def _letters(name: str) -> str:
    """Return a name without case and underscores, by which column names must differ."""
    return name.replace("_", "").upper()


def _cell(name: str, value: object) -> str:
    """Return a value as the cell of a CSV file."""
    if name in ("sentAt", "timestamp"):
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ServiceError("SerializationException", messages.not_convertible(name, "timestamp"))
        return str(int(value))
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return "|".join(str(each) for each in value)
        case dict():
            raise invalid_input(messages.unknown_properties([name]))
    return str(value)


def _checked_rows(records: Iterable[Cells], schema: Schema, dataset: Dataset) -> list[Row]:
    """Return the rows as an import would store them; raise InvalidInputException if an import of them would fail."""
    text = io.StringIO(newline="")
    names = [field.key for field in schema.fields]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    content = text.getvalue().encode(errors="replace")
    file = DataFile("the request", len(content), lambda: iter([content]))
    rows = dataset.recorded.emptied()
    if error := read_data(Data(location=file.name, files=[file]), schema, rows):
        raise invalid_input(reason_without_place(error, schema))
    return list(rows.rows())


OPERATIONS: Final[Mapping[str, Operation]] = {
    "PutEvents": put_events,
    "PutActionInteractions": put_action_interactions,
    "PutItems": _PutOperation("items", "ITEMS"),
    "PutUsers": _PutOperation("users", "USERS"),
    "PutActions": _PutOperation("actions", "ACTIONS"),
}
