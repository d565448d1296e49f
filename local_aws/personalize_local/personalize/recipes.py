"""The recipes of Personalize, with their algorithms and feature transformations.

From the recipes' pages, https://docs.aws.amazon.com/personalize/latest/dg/working-with-predefined-recipes.html, and
https://docs.aws.amazon.com/personalize/latest/dg/domain-use-cases.html. The pages of domain recipes name no algorithm.
The times of creation are not documented: one fixed time stands for all. The ARNs are those of the partition `aws`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from personalize_local.personalize.models import GenericResource
from personalize_local.personalize.resource_status import ACTIVE, starting

_ARN: Final = "arn:aws:personalize:::"
_CREATED_AT: Final = 1_560_000_000.0

# Type of recipe, and by recipe: its algorithm (by default, the recipe's name) and its feature transformation.
_CUSTOM: Final[Mapping[str, Mapping[str, tuple[str | None, str | None]]]] = {
    "USER_PERSONALIZATION": {
        "aws-user-personalization-v2": (None, None),
        "aws-user-personalization": (None, None),
        "aws-popularity-count": (None, "sims"),
        "aws-trending-now": ("aws-trending-now-custom", None),
        "aws-hrnn": (None, "JSON-percentile-filtering"),
        "aws-hrnn-metadata": (None, "featurize_metadata"),
        "aws-hrnn-coldstart": (None, "featurize_coldstart"),
    },
    "PERSONALIZED_RANKING": {
        "aws-personalized-ranking-v2": (None, None),
        "aws-personalized-ranking": (None, "JSON-percentile-filtering"),
    },
    "RELATED_ITEMS": {
        "aws-similar-items": (None, None),
        "aws-semantic-similarity": (None, "aws-semantic-similarity"),
        "aws-sims": (None, "sims"),
    },
    "USER_SEGMENTATION": {
        "aws-item-affinity": (None, "item-affinity"),
        "aws-item-attribute-affinity": (None, "item-attribute-affinity"),
    },
    "PERSONALIZED_ACTIONS": {"aws-next-best-action": (None, None)},
}
_DOMAIN: Final[Mapping[str, Mapping[str, str]]] = {
    "ECOMMERCE": {
        "aws-ecomm-popular-items-by-views": "USER_PERSONALIZATION",
        "aws-ecomm-popular-items-by-purchases": "USER_PERSONALIZATION",
        "aws-ecomm-frequently-bought-together": "RELATED_ITEMS",
        "aws-ecomm-customers-who-viewed-x-also-viewed": "RELATED_ITEMS",
        "aws-ecomm-recommended-for-you": "USER_PERSONALIZATION",
    },
    "VIDEO_ON_DEMAND": {
        "aws-vod-because-you-watched-x": "RELATED_ITEMS",
        "aws-vod-more-like-x": "RELATED_ITEMS",
        "aws-vod-most-popular": "USER_PERSONALIZATION",
        "aws-vod-trending-now": "USER_PERSONALIZATION",
        "aws-vod-top-picks": "USER_PERSONALIZATION",
    },
}


def _custom_recipes() -> Iterator[GenericResource]:
    for recipe_type, recipes in _CUSTOM.items():
        for name, (algorithm, transformation) in recipes.items():
            members = {"recipeType": recipe_type, "algorithmArn": f"{_ARN}algorithm/{algorithm or name}"}
            if transformation is not None:
                members["featureTransformationArn"] = f"{_ARN}feature-transformation/{transformation}"
            yield _generic("Recipe", f"recipe/{name}", members)


def _domain_recipes() -> Iterator[GenericResource]:
    for domain, recipes in _DOMAIN.items():
        for name, recipe_type in recipes.items():
            yield _generic("Recipe", f"recipe/{name}", {"recipeType": recipe_type, "domain": domain})


def _generic(kind: str, path: str, members: Mapping[str, object]) -> GenericResource:
    name, arn = path.partition("/")[2], f"{_ARN}{path}"
    life = starting(_CREATED_AT, 0, (ACTIVE,))
    return GenericResource(kind=kind, name=name, arn=arn, life=life, members={**members, "recipeProvider": "SERVICE"})


def _used_by_recipes(member: str, kind: str) -> dict[str, GenericResource]:
    arns = sorted({recipe.members[member] for recipe in RECIPES.values() if member in recipe.members})
    return {arn: _generic(kind, arn.removeprefix(_ARN), {}) for arn in arns}


RECIPES: Final = {recipe.arn: recipe for recipe in (*_custom_recipes(), *_domain_recipes())}
"""The recipes by ARN."""
ALGORITHMS: Final = _used_by_recipes("algorithmArn", "Algorithm")
FEATURE_TRANSFORMATIONS: Final = _used_by_recipes("featureTransformationArn", "FeatureTransformation")
