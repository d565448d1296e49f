"""The demo app: Schema, DatasetGroup, Dataset, DatasetImportJob, Solution. The stacks are in demo/stacks.py.

Context values: `schema`, the path of an Avro schema (default: demo/interactions.schema.json); `data`, the path of a CSV
file, or of a folder of CSV files, to upload as an asset (default: create a bucket for the data); and `reimport_token`,
which imports the data again when it changes.
"""

from pathlib import Path

import aws_cdk as cdk
from demo.schema import DemoSchema
from demo.stacks import DataStack, DemoStack

HERE = Path(__file__).parent

app = cdk.App()
schema = DemoSchema.from_file(HERE / (app.node.try_get_context("schema") or "demo/interactions.schema.json"))
path = app.node.try_get_context("data")
DemoStack(
    app,
    schema.stack_name,
    schema=schema,
    data=Path(path) if path else DataStack(app, schema.data_stack_name).bucket,
    reimport_token=app.node.try_get_context("reimport_token"),
)
app.synth()
