"""How much filling in one text may do."""

from time import thread_time

MOST_ROUNDS = 10_000
"""Rounds of all loops of a text."""
_MOST_READ = 5_000_000
"""Characters of tags and fields that are gone through, rounds counted."""
_MOST_STEPS = 100_000
_SECONDS = 2.0
"""Of processor time: what is worked off slowly is not the text's fault."""


class Exhausted(Exception):
    """A text did more than it may; the sentence says what."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Budget:
    """What is left for a text to do."""

    def __init__(self, markup: int) -> None:
        self._markup = max(markup, 1)
        self._rounds = 0
        self._steps = 0
        self._ends = thread_time() + _SECONDS

    def step(self) -> None:
        """Count a field or a filter."""
        self._steps += 1
        if self._steps > _MOST_STEPS or thread_time() > self._ends:
            raise Exhausted("It takes too long to fill in.")

    def loop(self, length: int) -> None:
        """Count a loop, which goes through the whole text in each round at most."""
        self.step()
        self._rounds += length
        if self._rounds > MOST_ROUNDS or self._rounds * self._markup > _MOST_READ:
            raise Exhausted("Its loops go round too often.")
