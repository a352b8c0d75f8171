"""The queue in front of a subscriber: in order, bounded, and never silent about it."""

from subscriptions.frames import MOST_QUEUED, Frame, Queue


def frames(*numbers):
    return [Frame(str(number), str(number), number) for number in numbers]


async def taken(queue):
    found = []
    queue.end()
    while (frame := await queue.next()) is not None:
        found.append(frame.payload)
    return found


def queue_of(floor=0):
    async def resync():
        return Frame("resync")

    return Queue(resync=resync, floor=floor)


async def test_gql_03_messages_come_in_their_order():
    queue = queue_of()
    queue.push(frames(1, 2))
    queue.push(frames(3))

    assert await taken(queue) == ["1", "2", "3"]


async def test_gql_03_what_a_snapshot_holds_is_not_told():
    queue = queue_of(floor=2)
    queue.push(frames(1, 2, 3))

    assert await taken(queue) == ["3"]


async def test_gql_03_a_slow_reader_is_told_that_it_missed_something():
    queue = queue_of()
    queue.push(frames(*range(1, MOST_QUEUED + 2)))
    queue.push(frames(MOST_QUEUED + 2))
    first = await queue.next()
    queue.push(frames(MOST_QUEUED + 3))

    assert first is not None
    assert [first.payload, *await taken(queue)] == ["resync", str(MOST_QUEUED + 3)]
