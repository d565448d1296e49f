"""Generated physical names: the stack's name, the logical id and a suffix, truncated to the service's limit.

ministack truncates only the logical id, and omits it in a stack with a long name. CloudFormation truncates both, as
generated names in public repositories show: the suffix has 12 characters, the shorter of the two parts is kept whole
if it fits, and two long parts get half of the space each.
"""

from typing import Final

from ministack.services.cloudformation import provisioners

_SUFFIX_LENGTH: Final = 12
_LENGTH_MAX: Final = 128


def generate_names_as_cloudformation_does() -> None:
    """Generate names as CloudFormation does, different for each stack of the same name.

    ministack derives the suffix from the stack's name, so a role would have the same ARN after its stack is deleted and
    created again.
    """
    original, seed = provisioners._physical_name, provisioners._NAME_SEED  # noqa: SLF001

    def physical_name(
        stack_name: str, logical_id: str, *, max_len: int = _LENGTH_MAX, lowercase: bool = False, seeded: bool = True
    ) -> str:
        before = seed.set(f"{seed.get()}{provisioners._cr_stack_id(stack_name)}")  # noqa: SLF001
        try:
            suffix = original(stack_name, logical_id, max_len=_SUFFIX_LENGTH, seeded=seeded)
        finally:
            seed.reset(before)
        name = truncated_name(stack_name, logical_id, suffix, max_len)
        return name.lower() if lowercase else name

    provisioners._physical_name = physical_name  # noqa: SLF001


def truncated_name(stack_name: str, logical_id: str, suffix: str, length_max: int) -> str:
    """Join the parts of a name, with the first two truncated so that the name fits."""
    space = length_max - len(suffix) - 2
    stack_space = max(space - len(logical_id), (space + 1) // 2)
    stack_part = stack_name[:stack_space]
    return f"{stack_part}-{logical_id[: space - len(stack_part)]}-{suffix}"
