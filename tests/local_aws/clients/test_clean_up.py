"""A script that lists all resources of a dataset group, of every kind, and deletes them in the order they allow."""

from collections.abc import Callable
from functools import partial
from typing import Any

from personalize_local.personalize.service import OPERATIONS
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import error_of, finished, make_import_role, start_job
from tests.local_aws.support.service_setup import INTERACTION_FIELDS, interactions, schema_text
from tests.support.until import until

# The operation, member and ARN of lists by dataset group, in the order in which the resources can be deleted.
KINDS = {
    "recommender": ("list_recommenders", "recommenders", "recommenderArn"),
    "event_tracker": ("list_event_trackers", "eventTrackers", "eventTrackerArn"),
    "filter": ("list_filters", "Filters", "filterArn"),
    "metric_attribution": ("list_metric_attributions", "metricAttributions", "metricAttributionArn"),
    "solution": ("list_solutions", "solutions", "solutionArn"),
    "dataset": ("list_datasets", "datasets", "datasetArn"),
}
CAMPAIGNS_OF_SOLUTION = ("list_campaigns", "campaigns", "campaignArn")
EXPRESSION = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")'
METRICS = [{"eventType": "click", "metricName": "clicks", "expression": "SAMPLECOUNT()"}]


def is_supported(operation: str) -> bool:
    return operation.title().replace("_", "") in OPERATIONS


def listed(personalize: Any, operation: str, member: str, **filters: str) -> list[dict[str, Any]]:
    if not is_supported(operation):
        return []
    pages = personalize.get_paginator(operation).paginate(**filters, PaginationConfig={"PageSize": 1})
    return [item for page in pages for item in page[member]]


def is_not_in_use(call: Callable[[], object]) -> bool:
    return error_of(call) != "ResourceInUseException"


def delete_all(personalize: Any, kind: str, operation: str, member: str, arn: str, **filters: str) -> int:
    """Delete the resources of a kind as soon as they can be, wait until they are gone, and return their number."""
    found = listed(personalize, operation, member, **filters)
    delete = getattr(personalize, f"delete_{kind}")
    for item in found:
        until(partial(is_not_in_use, partial(delete, **{arn: item[arn]})))
    until(lambda: not listed(personalize, operation, member, **filters))
    return len(found)


def clean_up(personalize: Any, group: str) -> dict[str, int]:
    """Delete a group with everything in it, and return the number of resources of each kind."""
    solutions = listed(personalize, "list_solutions", "solutions", datasetGroupArn=group)
    campaigns = [
        delete_all(personalize, "campaign", *CAMPAIGNS_OF_SOLUTION, solutionArn=solution["solutionArn"])
        for solution in solutions
    ]
    deleted = {kind: delete_all(personalize, kind, *members, datasetGroupArn=group) for kind, members in KINDS.items()}
    personalize.delete_dataset_group(datasetGroupArn=group)
    groups = ("list_dataset_groups", "datasetGroups")
    until(lambda: group not in [item["datasetGroupArn"] for item in listed(personalize, *groups)])
    return {"campaign": sum(campaigns), **deleted}


def create_group_with_data(cloud: Cloud, name: str, role: str) -> str:
    """Create a dataset group with interactions, and return its ARN."""
    personalize: Any = cloud.personalize
    group = str(personalize.create_dataset_group(name=name)["datasetGroupArn"])
    until(lambda: personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] == "ACTIVE")
    schema = personalize.create_schema(name=name, schema=schema_text("Interactions", INTERACTION_FIELDS))["schemaArn"]
    properties = {"schemaArn": schema, "datasetGroupArn": group, "datasetType": "Interactions"}
    dataset = personalize.create_dataset(name=name, **properties)["datasetArn"]
    until(lambda: personalize.describe_dataset(datasetArn=dataset)["dataset"]["status"] == "ACTIVE")
    location = cloud.put(name, "interactions.csv", interactions())
    assert finished(cloud, start_job(personalize, name, dataset, location, role))["status"] == "ACTIVE"
    return group


def create_resources(cloud: Cloud, name: str, group: str, role: str) -> set[str]:
    """Create a resource of each supported kind that a group without a domain can have, and return the kinds."""
    personalize: Any = cloud.personalize
    common = {"name": name, "datasetGroupArn": group}
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
    solution = personalize.create_solution(**common, recipeArn=recipe)["solutionArn"]
    created = {"dataset", "solution"}
    if is_supported("create_event_tracker"):
        personalize.create_event_tracker(**common)
        created.add("event_tracker")
    if is_supported("create_filter"):
        personalize.create_filter(**common, filterExpression=EXPRESSION)
        created.add("filter")
    if is_supported("create_metric_attribution"):
        personalize.create_metric_attribution(**common, metrics=METRICS, metricsOutputConfig={"roleArn": role})
        created.add("metric_attribution")
    if is_supported("create_campaign"):
        version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        describe = personalize.describe_solution_version
        until(lambda: describe(solutionVersionArn=version)["solutionVersion"]["status"] == "ACTIVE")
        personalize.create_campaign(name=name, solutionVersionArn=version)
        created.add("campaign")
    return created


def test_a_clean_up_lists_and_deletes_every_kind(cloud: Cloud, name: str) -> None:
    role = make_import_role(cloud, name)
    group = create_group_with_data(cloud, name, role)
    created = create_resources(cloud, name, group, role)
    deleted = clean_up(cloud.personalize, group)
    assert {kind for kind, number in deleted.items() if number == 1} == created
    describe = cloud.personalize.describe_dataset_group
    assert error_of(lambda: describe(datasetGroupArn=group)) == "ResourceNotFoundException"
    schema = f"arn:aws:personalize:eu-west-1:000000000000:schema/{name}"
    cloud.personalize.delete_schema(schemaArn=schema)
    assert name not in [item["name"] for item in listed(cloud.personalize, "list_schemas", "schemas")]
