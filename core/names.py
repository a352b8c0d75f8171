"""One name in the spellings of its readers: Python, clients, sentences."""


def titled(constant: str) -> str:
    """A constant as people read it: FULLY_SIGNED is Fully Signed."""
    return constant.replace("_", " ").title()


def camel(name: str) -> str:
    """`first_name` as clients write it: `firstName`."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def pascal(name: str) -> str:
    """`team_create` as types are named: `TeamCreate`."""
    return "".join(part.capitalize() for part in name.split("_"))


def snake(name: str) -> str:
    """`PipelineStage` or `firstName` as Python writes it: `pipeline_stage`."""
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")


def spaced(name: str) -> str:
    """`PipelineStage` as a sentence writes it: `pipeline stage`."""
    return snake(name).replace("_", " ")
