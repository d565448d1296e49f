"""Ids of synth warnings."""

from typing import Final

WARNING_ID_PREFIX: Final = "cdk-personalize-import:"
"""All warning ids begin with it. `Annotations.acknowledge_warning` suppresses the warning of an id."""
