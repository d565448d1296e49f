"""The sample data of the demo: generated interactions of a small shop, the same in each run."""

import csv
import random
from pathlib import Path
from typing import Final

SCHEMA: Final = Path(__file__).parent / "interactions.schema.json"

_SEED: Final = 2018
_USERS: Final = 400
_ITEMS: Final = 150
_INTERACTIONS: Final = 6000
_FIRST_DAY: Final = 1_700_000_000  # 14 November 2023
_DAYS: Final = 90
_SECONDS_A_DAY: Final = 86_400
# Of ten events, seven are views, two are additions to the cart, and one is a purchase.
_EVENTS: Final = {"view": 7, "cart": 2, "purchase": 1}


def write_sample(path: Path) -> Path:
    """Write the interactions to `path` as a CSV file for `SCHEMA`, oldest first; return the path."""
    chance = random.Random(_SEED)  # noqa: S311 - generated data, not a secret
    rows = sorted(_interactions(chance), key=lambda row: row[2])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"))
        writer.writerows(rows)
    return path


def _interactions(chance: random.Random) -> list[tuple[str, str, int, str, str]]:
    """Generate interactions in which few items are popular and few users are frequent."""
    prices = [round(chance.lognormvariate(3, 0.7), 2) for _ in range(_ITEMS)]
    demand = [1 / (rank + 1) for rank in range(_ITEMS)]
    visits = [1 / (rank + 10) for rank in range(_USERS)]
    users = chance.choices(range(_USERS), visits, k=_INTERACTIONS)
    items = chance.choices(range(_ITEMS), demand, k=_INTERACTIONS)
    events = chance.choices(list(_EVENTS), list(_EVENTS.values()), k=_INTERACTIONS)
    return [
        (
            f"user-{user:04}",
            f"item-{item:04}",
            _FIRST_DAY + chance.randrange(_DAYS * _SECONDS_A_DAY),
            event,
            str(prices[item]) if event == "purchase" else "",
        )
        for user, item, event in zip(users, items, events, strict=True)
    ]
