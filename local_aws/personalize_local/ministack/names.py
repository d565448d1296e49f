"""Names that CloudFormation generates: the stack's name, the logical id and a suffix, cut to the service's limit.

ministack keeps the whole name of the stack and cuts the logical id alone, and forgets the logical id of a resource in a
stack with a long name. CloudFormation cuts both, as generated names in public repositories show: the suffix has 12
characters, the shorter of the two parts is kept whole where it fits, and two long parts get half of the room each.
"""

from typing import Final

from ministack.services.cloudformation import provisioners

_SUFFIX_LENGTH: Final = 12
_LENGTH_MAX: Final = 128


def generate_names_as_aws_does() -> None:
    """Generate names with CloudFormation's cuts, which differ from those of an earlier stack of the same name.

    ministack makes the suffix of the stack's name, so that a role would have its old ARN in a stack that is created
    again.
    """
    known, seed = provisioners._physical_name, provisioners._NAME_SEED  # noqa: SLF001

    def physical_name(
        stack_name: str, logical_id: str, *, max_len: int = _LENGTH_MAX, lowercase: bool = False, seeded: bool = True
    ) -> str:
        before = seed.set(f"{seed.get()}{provisioners._cr_stack_id(stack_name)}")  # noqa: SLF001
        try:
            suffix = known(stack_name, logical_id, max_len=_SUFFIX_LENGTH, seeded=seeded)
        finally:
            seed.reset(before)
        name = cut_name(stack_name, logical_id, suffix, max_len)
        return name.lower() if lowercase else name

    provisioners._physical_name = physical_name  # noqa: SLF001


def cut_name(stack_name: str, logical_id: str, suffix: str, length_max: int) -> str:
    """Join the parts of a name, with the first two cut so that the name fits."""
    room = length_max - len(suffix) - 2
    of_stack = max(room - len(logical_id), (room + 1) // 2)
    stack_part = stack_name[:of_stack]
    return f"{stack_part}-{logical_id[: room - len(stack_part)]}-{suffix}"
