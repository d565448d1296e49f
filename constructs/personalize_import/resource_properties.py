"""The properties of an import job's custom resource."""

from constructs import Construct

from personalize_import.data.data_as_of import data_as_of
from personalize_import.data.data_source_config import DataSourceConfig
from personalize_import.job_arguments import JobArguments
from personalize_import.synthesis.stack_environment import stack_scope_of
from personalize_import_handler.contract import ResourceProperties


def resource_properties(
    job: Construct, arguments: JobArguments, data: DataSourceConfig, role_arn: str
) -> ResourceProperties:
    """Return the properties of an import job, without those that depend on the place in the wait chain."""
    reference, after, reimport = arguments.reference, arguments.after, arguments.reimport
    compared = reimport if reimport and reimport.compares_data else None
    return {
        "DatasetArn": reference.arn,
        "SchemaArn": reference.schema_arn,
        "DatasetDefinition": reference.definition(job),  # type: ignore[typeddict-item]  # a token until synth
        "After": after.dataset_import_job_arn if after else None,
        "StackScope": stack_scope_of(job),
        "DataLocation": data.data_location,
        "DataFiles": [*data.files] or None,
        "RoleArn": role_arn,
        "JobName": arguments.job_name_prefix,
        "ImportMode": None if arguments.import_mode is None else str(arguments.import_mode),
        "PublishAttributionMetricsToS3": arguments.publish_attribution_metrics_to_s3,
        "Tags": None,  # added when the job gets a tag
        "ReimportToken": reimport.value if reimport else None,
        "Reimport": compared.mode.value if compared else None,
        "DataAsOf": data_as_of(job, compared.as_of) if compared else None,
        "Preflight": arguments.preflight or None,
        "Wait": arguments.wait is not False,
    }
