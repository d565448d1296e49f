"""List prices of AWS in US dollars, for the Region Europe (Ireland), without the free tiers.

https://aws.amazon.com/lambda/pricing/ and https://aws.amazon.com/step-functions/pricing/, as of November 2026.
Rules that run on a schedule are free: https://aws.amazon.com/eventbridge/pricing/ charges only for custom events.
"""

from typing import Final

DATE: Final = "November 2026"
REGION: Final = "eu-west-1"
_PER_INVOCATION: Final = 0.20 / 1_000_000
_PER_GB_SECOND: Final = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
_PER_TRANSITION: Final = 0.025 / 1_000


def cost(invocations: int, gb_seconds: dict[str, float], transitions: int) -> float:
    """Return the cost of Lambda and Step Functions; `gb_seconds` is by architecture."""
    computing = sum(_PER_GB_SECOND[architecture] * each for architecture, each in gb_seconds.items())
    return invocations * _PER_INVOCATION + computing + transitions * _PER_TRANSITION
