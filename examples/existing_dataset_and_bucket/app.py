"""Data in a bucket of another app, imported into a dataset of another app."""

import aws_cdk as cdk

from personalize_import import DatasetImportJob, DataSource, Reimport

app = cdk.App()
stack = cdk.Stack(app, "PersonalizeExisting")
job = DatasetImportJob(
    stack,
    "Import",
    dataset=app.node.get_context("dataset"),
    data_source=DataSource.from_s3_uri(app.node.get_context("location")),
    reimport=Reimport.when_data_changes(),
)
cdk.CfnOutput(stack, "Job", value=job.dataset_import_job_name)
app.synth()
