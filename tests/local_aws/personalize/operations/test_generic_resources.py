"""Solutions, campaigns, event trackers and the other kinds of generic resources, and recipes."""

from typing import Any

import pytest

from personalize_local.personalize.generic_kinds import GENERIC_KINDS, GenericKind
from personalize_local.personalize.limits import Settings
from personalize_local.personalize.service_model import has_operation
from tests.local_aws.support.fakes import Refused, World, new_world
from tests.local_aws.support.service_setup import (
    DOMAIN_RECIPE,
    METRIC,
    RECIPE,
    Shop,
    make_group,
    refusal,
    start_job,
)


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def described(world: World, kind: str, arn: str) -> dict[str, Any]:
    member = kind[:1].lower() + kind[1:]
    description: dict[str, Any] = world.client(f"Describe{kind}", **{f"{member}Arn": arn})[member]
    return description


def statuses(world: World, kind: str, arn: str, step: float, count: int) -> list[str]:
    """Return the statuses of a resource now and after each of some steps of time."""
    seen = [described(world, kind, arn)["status"]]
    for _ in range(count):
        world.clock.time += step
        seen.append(described(world, kind, arn)["status"])
    return seen


@pytest.mark.parametrize("kind", GENERIC_KINDS.values(), ids=lambda kind: kind.name)
def test_a_generic_resource_is_created_described_listed_tagged_and_deleted(shop: Shop, kind: GenericKind) -> None:
    world = shop.world
    arn = shop.create(kind.name)
    assert described(world, kind.name, arn)["status"] == kind.statuses[0]
    world.clock.time += 60
    description = described(world, kind.name, arn)
    assert description["status"] == kind.statuses[-1]
    assert description[kind.arn_member] == arn
    (key, listed) = next(
        (key, value)
        for key, value in world.client(f"List{kind.name}s").items()
        if key.lower() == f"{kind.name.lower()}s"
    )
    assert arn in [each[kind.arn_member] for each in listed], key
    if kind.is_taggable:
        world.client("TagResource", resourceArn=arn, tags=[{"tagKey": "a", "tagValue": "1"}])
        assert world.client("ListTagsForResource", resourceArn=arn)["tags"] == [{"tagKey": "a", "tagValue": "1"}]
    else:
        assert refusal(world, "ListTagsForResource", resourceArn=arn).code == "ResourceNotFoundException"
    if has_operation(f"Delete{kind.name}"):
        world.client(f"Delete{kind.name}", **{kind.arn_member: arn})
        assert described(world, kind.name, arn)["status"] == "DELETE PENDING"
        world.clock.time += 60
        assert refusal(world, f"Describe{kind.name}", **{kind.arn_member: arn}).code == "ResourceNotFoundException"


@pytest.mark.parametrize("kind", GENERIC_KINDS.values(), ids=lambda kind: kind.name)
def test_a_generic_resource_needs_the_resources_that_it_refers_to(shop: Shop, kind: GenericKind) -> None:
    for member in kind.parents:
        missing = {**shop.parameters(kind.name), member: "arn:aws:personalize:eu-west-1:111122223333:x/none"}
        error = refusal(shop.world, f"Create{kind.name}", **missing)
        assert (error.code, error.message) == (
            "ResourceNotFoundException",
            "Resource Arn arn:aws:personalize:eu-west-1:111122223333:x/none does not exist.",
        )


@pytest.mark.parametrize("kind", [k for k in GENERIC_KINDS.values() if "{id}" not in k.arn_path], ids=lambda k: k.name)
def test_the_name_of_a_generic_resource_can_be_used_once(shop: Shop, kind: GenericKind) -> None:
    shop.create(kind.name)
    assert refusal(shop.world, f"Create{kind.name}", **shop.parameters(kind.name)).code == (
        "ResourceAlreadyExistsException"
    )


def test_describe_loops_see_a_solution_version_become_active(shop: Shop) -> None:
    world, arn = shop.world, shop.create("SolutionVersion")
    assert statuses(world, "SolutionVersion", arn, 10, 2) == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
    version = described(world, "SolutionVersion", arn)
    assert arn.startswith(f"{shop.arns['Solution']}/")
    assert (version["recipeArn"], version["trainingMode"], version["performHPO"]) == (RECIPE, "FULL", False)
    latest = described(world, "Solution", shop.arns["Solution"])["latestSolutionVersion"]
    assert (latest["solutionVersionArn"], latest["status"]) == (arn, "ACTIVE")


def test_the_creation_of_a_solution_version_can_be_stopped(shop: Shop) -> None:
    world = shop.world
    for wait, expected in ((0, ["CREATE STOPPED"]), (12, ["CREATE STOPPING", "CREATE STOPPED"])):
        arn = shop.create("SolutionVersion", name=f"v{wait}")
        world.clock.time += wait
        world.client("StopSolutionVersionCreation", solutionVersionArn=arn)
        assert statuses(world, "SolutionVersion", arn, 60, len(expected) - 1) == expected
    error = refusal(world, "StopSolutionVersionCreation", solutionVersionArn=arn)
    assert error.code == "ResourceInUseException"
    assert error.message.endswith("must be CREATE PENDING or CREATE IN_PROGRESS, but it is CREATE STOPPED.")


def test_metrics_are_those_of_an_active_version(shop: Shop) -> None:
    arn = shop.create("SolutionVersion")
    assert refusal(shop.world, "GetSolutionMetrics", solutionVersionArn=arn).code == "ResourceInUseException"
    shop.world.clock.time += 60
    metrics = shop.world.client("GetSolutionMetrics", solutionVersionArn=arn)["metrics"]
    assert metrics["precision_at_5"] > 0
    assert len(metrics) == 8


def test_a_recommender_is_stopped_and_started(shop: Shop) -> None:
    world, arn = shop.world, shop.create("Recommender")
    world.clock.time += 60
    world.client("StopRecommender", recommenderArn=arn)
    assert statuses(world, "Recommender", arn, 10, 2) == ["STOP PENDING", "STOP IN_PROGRESS", "INACTIVE"]
    assert refusal(world, "StopRecommender", recommenderArn=arn).code == "ResourceInUseException"
    assert world.client("StartRecommender", recommenderArn=arn)["recommenderArn"] == arn
    assert statuses(world, "Recommender", arn, 10, 2) == ["START PENDING", "START IN_PROGRESS", "ACTIVE"]


def test_an_update_applies_when_it_has_ended(shop: Shop) -> None:
    world, campaign = shop.world, shop.create("Campaign")
    world.clock.time += 60
    world.client("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=7)
    description = described(world, "Campaign", campaign)
    assert (description["status"], description["minProvisionedTPS"]) == ("ACTIVE", 1)
    update = description["latestCampaignUpdate"]
    assert (update["status"], update["minProvisionedTPS"]) == ("CREATE PENDING", 7)
    assert refusal(world, "UpdateCampaign", campaignArn=campaign).code == "ResourceInUseException"
    world.clock.time += 60
    description = described(world, "Campaign", campaign)
    assert (description["minProvisionedTPS"], description["latestCampaignUpdate"]["status"]) == (7, "ACTIVE")


def test_a_campaign_keeps_its_solution(shop: Shop) -> None:
    world, campaign = shop.world, shop.create("Campaign")
    other = world.client("CreateSolution", name="other", datasetGroupArn=shop.group, recipeArn=RECIPE)["solutionArn"]
    version = world.client("CreateSolutionVersion", solutionArn=other)["solutionVersionArn"]
    world.clock.time += 60
    error = refusal(world, "UpdateCampaign", campaignArn=campaign, solutionVersionArn=version)
    assert error.code == "InvalidInputException"
    assert error.message.endswith("belongs to another solution than the campaign.")
    again = shop.create("SolutionVersion", name="v2")
    assert refusal(world, "UpdateCampaign", campaignArn=campaign, solutionVersionArn=again).code == (
        "ResourceInUseException"
    )
    world.clock.time += 60
    assert world.client("UpdateCampaign", campaignArn=campaign, solutionVersionArn=again)


def test_a_solution_keeps_the_rest_of_its_configuration_in_an_update(shop: Shop) -> None:
    world, arn = shop.world, shop.create("Solution", solutionConfig={"eventValueThreshold": "0.5"})
    schedule = {"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}}
    world.client("UpdateSolution", solutionArn=arn, performAutoTraining=False, solutionUpdateConfig=schedule)
    assert described(world, "Solution", arn)["latestSolutionUpdate"]["solutionUpdateConfig"] == schedule
    world.clock.time += 60
    solution = described(world, "Solution", arn)
    assert solution["performAutoTraining"] is False
    assert solution["solutionConfig"] == {"eventValueThreshold": "0.5", **schedule}


def test_a_campaign_can_follow_the_latest_version_of_its_solution(shop: Shop) -> None:
    world = shop.world
    latest = f"{shop.arns['Solution']}/$LATEST"
    assert refusal(world, "CreateCampaign", name="c", solutionVersionArn=latest).code == "ResourceNotFoundException"
    shop.create("SolutionVersion")
    assert refusal(world, "CreateCampaign", name="c", solutionVersionArn=latest).code == "ResourceInUseException"
    world.clock.time += 60
    arn = world.client("CreateCampaign", name="c", solutionVersionArn=latest)["campaignArn"]
    assert described(world, "Campaign", arn)["solutionVersionArn"] == latest
    listed = world.client("ListCampaigns", solutionArn=shop.arns["Solution"])["campaigns"]
    assert [each["campaignArn"] for each in listed] == [arn]


def test_a_solution_is_deleted_with_its_versions_after_its_campaigns(shop: Shop) -> None:
    world, campaign = shop.world, shop.create("Campaign")
    world.clock.time += 60
    solution, version = shop.arns["Solution"], shop.arns["SolutionVersion"]
    error = refusal(world, "DeleteSolution", solutionArn=solution)
    assert (error.code, error.message) == (
        "ResourceInUseException",
        f"The resource {solution} is in use by {campaign}.",
    )
    world.client("DeleteCampaign", campaignArn=campaign)
    world.clock.time += 60
    running = shop.create("SolutionVersion", name="v2")
    assert running in refusal(world, "DeleteSolution", solutionArn=solution).message
    world.clock.time += 60
    world.client("DeleteSolution", solutionArn=solution)
    world.clock.time += 60
    assert refusal(world, "DescribeSolutionVersion", solutionVersionArn=version).code == "ResourceNotFoundException"
    assert world.client("ListSolutionVersions")["solutionVersions"] == []


@pytest.mark.parametrize("kind", ["EventTracker", "Filter", "Campaign"])
def test_a_dataset_and_its_group_are_kept_by_what_uses_them(shop: Shop, kind: str) -> None:
    arn = shop.create(kind)
    shop.world.clock.time += 60
    assert arn in refusal(shop.world, "DeleteDataset", datasetArn=shop.dataset).message
    assert refusal(shop.world, "DeleteDatasetGroup", datasetGroupArn=shop.group).code == "ResourceInUseException"


def test_a_running_solution_version_keeps_the_datasets(shop: Shop) -> None:
    arn = shop.create("SolutionVersion")
    assert arn in refusal(shop.world, "DeleteDataset", datasetArn=shop.dataset).message
    shop.world.clock.time += 60
    shop.world.client("DeleteDataset", datasetArn=shop.dataset)


def test_an_event_tracker_has_a_tracking_id(shop: Shop) -> None:
    world = shop.world
    created = world.client("CreateEventTracker", name="clicks", datasetGroupArn=shop.group)
    tracker = described(world, "EventTracker", created["eventTrackerArn"])
    assert (tracker["trackingId"], tracker["accountId"]) == (created["trackingId"], "111122223333")
    with world.service.store.locked(world.client.caller.at) as (resources, _now):
        found = resources.event_tracker(created["trackingId"])
        assert found is not None
        assert found.arn == created["eventTrackerArn"]
        assert resources.event_tracker("none") is None
    error = refusal(world, "CreateEventTracker", name="more", datasetGroupArn=shop.group)
    assert error.message.startswith("Cannot create an event tracker. More than 1 resources in ACTIVE state.")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("ItemID", "Could not create filter. Invalid Expression"),
        (
            "EXCLUDE ItemID WHERE Items.GENRE NOT IN ($GENRES)",
            (
                "Could not create filter. Invalid input symbol: $GENRES. "
                "Placeholders are not allowed with NOT_IN operator."
            ),
        ),
    ],
)
def test_an_invalid_filter_is_refused(shop: Shop, expression: str, message: str) -> None:
    error = refusal(shop.world, "CreateFilter", name="f", datasetGroupArn=shop.group, filterExpression=expression)
    assert (error.code, error.message) == ("InvalidInputException", message)


def test_the_metrics_of_a_metric_attribution_are_listed_and_changed(shop: Shop) -> None:
    world, arn = shop.world, shop.create("MetricAttribution")
    assert world.client("ListMetricAttributionMetrics", metricAttributionArn=arn)["metrics"] == [METRIC]
    more = [{**METRIC, "metricName": f"m{number}"} for number in range(3)]
    world.clock.time += 60
    world.client("UpdateMetricAttribution", metricAttributionArn=arn, addMetrics=more, removeMetrics=["clicks"])
    first = world.client("ListMetricAttributionMetrics", metricAttributionArn=arn, maxResults=2)
    second = world.client("ListMetricAttributionMetrics", metricAttributionArn=arn, nextToken=first["nextToken"])
    assert sorted(each["metricName"] for each in first["metrics"] + second["metrics"]) == ["m0", "m1", "m2"]
    for wrong, code in (
        ({"addMetrics": [METRIC] * 2}, "InvalidInputException"),
        (
            {"addMetrics": [{**METRIC, "metricName": f"x{number}"} for number in range(8)]},
            "LimitExceededException",
        ),
    ):
        assert refusal(world, "UpdateMetricAttribution", metricAttributionArn=arn, **wrong).code == code
    assert "metricAttributionArn is missing" in refusal(world, "UpdateMetricAttribution").message


def test_an_import_publishes_metrics_only_with_a_metric_attribution(shop: Shop) -> None:
    error = refusal_of_job(shop, publishAttributionMetricsToS3=True)
    assert error.code == "InvalidInputException"
    assert "metric attribution" in error.message
    shop.create("MetricAttribution")
    job = start_job(shop.world, shop.dataset, "metrics", publishAttributionMetricsToS3=True)
    described_job = shop.world.client("DescribeDatasetImportJob", datasetImportJobArn=job)["datasetImportJob"]
    assert described_job["publishAttributionMetricsToS3"] is True


def refusal_of_job(shop: Shop, **parameters: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        start_job(shop.world, shop.dataset, "refused", **parameters)
    return refused.value


def test_recipes_are_listed_by_domain_and_described(world: World) -> None:
    names = [recipe["name"] for recipe in world.client("ListRecipes")["recipes"]]
    assert {"aws-user-personalization-v2", "aws-sims", "aws-vod-top-picks"} < set(names)
    shops = world.client("ListRecipes", domain="ECOMMERCE")["recipes"]
    assert len(shops) == 5
    assert all(recipe["name"].startswith("aws-ecomm-") for recipe in shops)
    recipe = described(world, "Recipe", "arn:aws:personalize:::recipe/aws-sims")
    assert (recipe["recipeType"], recipe["status"]) == ("RELATED_ITEMS", "ACTIVE")
    assert described(world, "Algorithm", recipe["algorithmArn"])["name"] == "aws-sims"
    assert described(world, "FeatureTransformation", recipe["featureTransformationArn"])["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("recipe", "code"),
    [
        ({}, "InvalidInputException"),
        ({"recipeArn": DOMAIN_RECIPE}, "InvalidInputException"),
        ({"recipeArn": "arn:aws:personalize:::recipe/aws-none"}, "ResourceNotFoundException"),
    ],
)
def test_a_solution_needs_a_recipe_for_solutions(shop: Shop, recipe: dict[str, str], code: str) -> None:
    assert refusal(shop.world, "CreateSolution", name="x", datasetGroupArn=shop.group, **recipe).code == code
    assert shop.world.client("CreateSolution", name="x", datasetGroupArn=shop.group, performAutoML=True)


@pytest.mark.parametrize("recipe", [RECIPE, "arn:aws:personalize:::recipe/aws-vod-top-picks"])
def test_a_recommender_needs_a_recipe_of_the_groups_domain(shop: Shop, recipe: str) -> None:
    parameters = {**shop.parameters("Recommender"), "recipeArn": recipe}
    assert refusal(shop.world, "CreateRecommender", **parameters).code == "InvalidInputException"


def test_quotas_are_the_documented_ones_and_can_be_changed() -> None:
    world = new_world(dataset_groups=Settings().dataset_groups)
    for number in range(5):
        make_group(world, f"g{number}")
    error = refusal(world, "CreateDatasetGroup", name="sixth")
    assert (error.code, error.message) == (
        "LimitExceededException",
        "Cannot create a dataset group. More than 5 resources in ACTIVE state. Please delete some and try again.",
    )
    world.control("POST", "settings", dataset_groups=6, schemas=0)
    assert make_group(world, "sixth")
    assert refusal(world, "CreateDatasetGroup", name="seventh").code == "LimitExceededException"


def test_a_quota_counts_the_resources_of_one_group(shop: Shop) -> None:
    world = shop.world
    world.control("POST", "settings", filters_per_dataset_group=1)
    shop.create("Filter")
    assert refusal(world, "CreateFilter", **{**shop.parameters("Filter"), "name": "b"}).code == "LimitExceededException"
    other = make_group(world, "other")
    assert world.client("CreateFilter", **{**shop.parameters("Filter"), "name": "b", "datasetGroupArn": other})


def test_a_quota_of_running_jobs_does_not_count_ended_ones(shop: Shop) -> None:
    world = shop.world
    world.control("POST", "settings", running_batch_segment_jobs=1)
    shop.create("BatchSegmentJob")
    more = {**shop.parameters("BatchSegmentJob"), "jobName": "second"}
    error = refusal(world, "CreateBatchSegmentJob", **more)
    assert (error.code, error.message) == (
        "LimitExceededException",
        "More than 1 resources with PENDING or IN_PROGRESS status.",
    )
    world.clock.time += 60
    assert world.client("CreateBatchSegmentJob", **more)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"jobInput": {"s3DataSource": {"path": "s3:///x"}}}, "Invalid S3 input path"),
        ({"jobOutput": {"s3DataDestination": {"path": "https://x/y"}}}, "Invalid S3 output path"),
    ],
)
def test_a_batch_job_needs_locations_in_s3(shop: Shop, wrong: dict[str, Any], message: str) -> None:
    error = refusal(shop.world, "CreateBatchInferenceJob", **{**shop.parameters("BatchInferenceJob"), **wrong})
    assert (error.code, error.message) == ("InvalidInputException", message)
