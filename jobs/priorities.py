"""How urgent kinds of work are: each priority has a queue, and threads that do nothing else."""

from enum import IntEnum


class Priority(IntEnum):
    """How urgent work is; the number is the row's `lane`."""

    URGENT = 0
    """Somebody or something waits for it: mail, notifications, the steps of a workflow."""
    USUAL = 1
    BULK = 2
    """Minutes of work, or so much that nothing else would get a turn: imports, housekeeping."""

    @property
    def queue(self) -> str:
        """The queue of its messages."""
        return self.name.lower()

    @property
    def most_of_one(self) -> int:
        """How much of one workspace is sent or done at once."""
        return 2 if self is Priority.BULK else 32

    def threads(self, usual: int) -> int:
        """How many of it a worker does at once, which does so many of the others."""
        return max(2, usual - 1) if self is Priority.BULK else usual
