"""How likely two records are the same, of the reasons to think so."""

from collections.abc import Sequence

CERTAIN = 100


def score(scores: Sequence[int]) -> int:
    """Several reasons together: what doubt each leaves, of what the others left."""
    doubt = CERTAIN
    for one in scores:
        doubt = doubt * (CERTAIN - one) // CERTAIN
    return CERTAIN - doubt
