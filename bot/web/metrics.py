"""Figures for Prometheus: counts and times only, never a text, a name or an id of a person."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.web.pulse import Pulse


class Figures(Collector):
    """What was counted when it was asked for."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse

    def collect(self) -> Iterator[Metric]:
        """Give every figure once."""
        pulse = self._pulse
        rows = GaugeMetricFamily("batchmates_outbox_rows", "Rows of the outbox by state.", labels=["state"])
        for state, count in pulse.rows.items():
            rows.add_metric([state], count)
        yield rows
        events = GaugeMetricFamily("batchmates_inbox_events", "Events of the inbox by state.", labels=["state"])
        for state, count in pulse.events.items():
            events.add_metric([state], count)
        yield events
        yield from _judged(pulse)
        role = GaugeMetricFamily("batchmates_role", "What this process does; always 1.", labels=["role"])
        role.add_metric([pulse.app.role.value], 1)
        yield role
        yield CounterMetricFamily("batchmates_errors", "Bugs met since the start.", value=pulse.errors)
        yield CounterMetricFamily("batchmates_beats", "Rounds of tick and delivery since the start.", value=pulse.beats)
        yield GaugeMetricFamily("batchmates_beat_seconds", "How long the last beat took.", value=pulse.beat_seconds)
        yield GaugeMetricFamily(
            "batchmates_since_beat_seconds", "How long ago the last beat ended.", value=pulse.since_beat()
        )
        yield GaugeMetricFamily("batchmates_loop_lag_seconds", "How late the event loop was at last.", value=pulse.lag)


def _judged(pulse: Pulse) -> Iterator[Metric]:
    """What waits to be judged by any process, and what this one has judged."""
    queue = GaugeMetricFamily("batchmates_judge_queue", "Programs without a verdict by state.", labels=["state"])
    for state, count in (("queued", pulse.queue.queued), ("running", pulse.queue.running)):
        queue.add_metric([state], count)
    yield queue
    yield GaugeMetricFamily(
        "batchmates_judge_oldest_seconds",
        "How long ago the oldest program without a verdict was sent; 0 where there is none.",
        value=pulse.waits_for_a_verdict(),
    )
    told = CounterMetricFamily("batchmates_verdicts", "Verdicts of this process by outcome.", labels=["outcome"])
    for outcome, count in (pulse.app.judges.verdicts if pulse.app.judges else {}).items():
        told.add_metric([outcome.replace(" ", "-")], count)
    yield told


def exposition(pulse: Pulse) -> bytes:
    """The figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Figures(pulse))
    return generate_latest(registry)
