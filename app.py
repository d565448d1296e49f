"""The demo app: Schema, DatasetGroup, Dataset, DatasetImportJob, Solution. The stacks are in demo/stacks.py.

Context values: `data`, the path of a CSV file, or of a folder of CSV files, to upload as an asset (default: create a
bucket for the data); `schema`, the path of an Avro schema (default: a schema that is proposed for the data and printed,
or demo/interactions.schema.json without data); and `reimport_token`, which imports the data again when it changes.
"""

import sys
from pathlib import Path

import aws_cdk as cdk
from demo.schema import DemoSchema
from demo.stacks import DataStack, DemoStack

HERE = Path(__file__).parent


def schema_for(path: str | None, data: str | None) -> DemoSchema:
    """Return the schema at a path; by default propose one for the data, and print it."""
    if path or not data:
        return DemoSchema.from_file(HERE / (path or "demo/interactions.schema.json"))
    schema = DemoSchema.proposed_for(Path(data))
    sys.stderr.write(f"{schema.as_proposal(data)}\nTo change it, save it to a file, and add -c schema=FILE.\n")
    return schema


app = cdk.App()
path = app.node.try_get_context("data")
try:
    schema = schema_for(app.node.try_get_context("schema"), path)
    DemoStack(
        app,
        schema.stack_name,
        schema=schema,
        data=Path(path) if path else DataStack(app, schema.data_stack_name).bucket,
        reimport_token=app.node.try_get_context("reimport_token"),
    )
except ValueError as error:
    sys.exit(str(error))
app.synth()
