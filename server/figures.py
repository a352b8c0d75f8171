"""How many requests there were, and how long they took: counted cheaply, told when asked."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NAMES = (*map(str, _BOUNDS), "+Inf")


class Figures(Collector):
    """Plain numbers of one process, which one thread counts.

    The library's own take a lock for each of a dozen steps: on a short answer, a tenth of its time.
    """

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests[route, status] += 1
        buckets = self._buckets.get(route)
        if buckets is None:
            buckets = self._buckets[route] = [0] * len(_NAMES)
            self._seconds[route] = 0.0
        buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[route] += seconds

    def collect(self) -> Iterator[Metric]:
        """What was counted so far, as it is served."""
        requests = CounterMetricFamily(
            "coeffection_requests",
            "HTTP requests, by route and status.",
            labels=["route", "status"],
        )
        for (route, status), count in self._requests.copy().items():
            requests.add_metric([route, str(status)], count)
        yield requests
        seconds = HistogramMetricFamily(
            "coeffection_request_seconds", "How long requests took.", labels=["route"]
        )
        for route, buckets in self._buckets.copy().items():
            below = list(zip(_NAMES, accumulate(buckets), strict=True))
            seconds.add_metric([route], below, self._seconds[route])
        yield seconds


FIGURES = Figures()
REGISTRY.register(FIGURES)
