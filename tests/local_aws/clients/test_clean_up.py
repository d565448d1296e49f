"""A script that lists all resources of a dataset group, of every kind, and deletes them in the order they allow."""

from typing import Any

from personalize_local.personalize.service import OPERATIONS
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import error_of, finished, make_import_role, start_job, until
from tests.local_aws.support.service_setup import INTERACTION_FIELDS, interactions, schema_text

# Members of lists and ARNs, in the order in which the resources can be deleted. Campaigns are listed by solution.
KINDS = {
    "recommender": ("list_recommenders", "recommenders", "recommenderArn"),
    "event_tracker": ("list_event_trackers", "eventTrackers", "eventTrackerArn"),
    "filter": ("list_filters", "Filters", "filterArn"),
    "metric_attribution": ("list_metric_attributions", "metricAttributions", "metricAttributionArn"),
    "solution": ("list_solutions", "solutions", "solutionArn"),
    "dataset": ("list_datasets", "datasets", "datasetArn"),
}
CREATED_KINDS = {"dataset", "solution", "filter", "event_tracker"}


def is_supported(operation: str) -> bool:
    return operation.title().replace("_", "") in OPERATIONS


def listed(personalize: Any, operation: str, member: str, **filters: str) -> list[dict[str, Any]]:
    if not is_supported(operation):
        return []
    pages = personalize.get_paginator(operation).paginate(**filters, PaginationConfig={"PageSize": 1})
    return [item for page in pages for item in page[member]]


def delete_all(personalize: Any, kind: str, operation: str, member: str, arn: str, **filters: str) -> int:
    """Delete the resources of a kind as soon as they can be, wait until they are gone, and return their number."""
    found = listed(personalize, operation, member, **filters)
    delete = getattr(personalize, f"delete_{kind}")
    for item in found:
        until(lambda item=item: error_of(lambda: delete(**{arn: item[arn]})) != "ResourceInUseException")
    until(lambda: not listed(personalize, operation, member, **filters))
    return len(found)


def clean_up(personalize: Any, group: str) -> dict[str, int]:
    """Delete a group with everything in it, and return the number of resources of each kind."""
    for solution in listed(personalize, "list_solutions", "solutions", datasetGroupArn=group):
        filters = {"solutionArn": solution["solutionArn"]}
        delete_all(personalize, "campaign", "list_campaigns", "campaigns", "campaignArn", **filters)
    deleted = {kind: delete_all(personalize, kind, *members, datasetGroupArn=group) for kind, members in KINDS.items()}
    personalize.delete_dataset_group(datasetGroupArn=group)
    groups = ("list_dataset_groups", "datasetGroups")
    until(lambda: group not in [item["datasetGroupArn"] for item in listed(personalize, *groups)])
    return deleted


def create_resources(cloud: Cloud, name: str) -> str:
    """Create a dataset group with a dataset, an import and what uses them, and return its ARN."""
    personalize: Any = cloud.personalize
    group = str(personalize.create_dataset_group(name=name)["datasetGroupArn"])
    until(lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE")
    schema = personalize.create_schema(name=name, schema=schema_text("Interactions", INTERACTION_FIELDS))["schemaArn"]
    properties = {"schemaArn": schema, "datasetGroupArn": group, "datasetType": "Interactions"}
    dataset = personalize.create_dataset(name=name, **properties)["datasetArn"]
    until(lambda: personalize.describe_dataset(datasetArn=dataset)["dataset"]["status"] == "ACTIVE")
    location = cloud.put(name, "interactions.csv", interactions())
    job = finished(cloud, start_job(personalize, name, dataset, location, make_import_role(cloud, name)))
    assert job["status"] == "ACTIVE"
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
    personalize.create_solution(name=name, datasetGroupArn=group, recipeArn=recipe)
    if is_supported("create_event_tracker"):
        personalize.create_event_tracker(name=name, datasetGroupArn=group)
    if is_supported("create_filter"):
        expression = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")'
        personalize.create_filter(name=name, datasetGroupArn=group, filterExpression=expression)
    return group


def test_a_clean_up_lists_and_deletes_every_kind(cloud: Cloud, name: str) -> None:
    group = create_resources(cloud, name)
    deleted = clean_up(cloud.personalize, group)
    assert deleted == {kind: int(kind in CREATED_KINDS and is_supported(f"create_{kind}")) for kind in KINDS}
    describe = cloud.personalize.describe_dataset_group
    assert error_of(lambda: describe(datasetGroupArn=group)) == "ResourceNotFoundException"
    schema = f"arn:aws:personalize:eu-west-1:000000000000:schema/{name}"
    cloud.personalize.delete_schema(schemaArn=schema)
    assert name not in [item["name"] for item in listed(cloud.personalize, "list_schemas", "schemas")]
