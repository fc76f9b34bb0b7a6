"""What a relay shows to Prometheus, one series per service."""

from prometheus_client import Counter, Gauge

EVENTS_PUBLISHED = Counter("lotsen_relay_events_published", "Facts acknowledged by the broker.", ["service"])
EVENTS_REPUBLISHED = Counter("lotsen_relay_events_republished", "Facts sent again on request.", ["service"])
BATCHES_PUBLISHED = Counter("lotsen_relay_batches_published", "Batches acknowledged by the broker.", ["service"])
NEWEST_AGE_S = Gauge(
    "lotsen_relay_newest_published_age_seconds",
    "Age of the newest published fact when the broker acknowledged it.",
    ["service"],
)
OLDEST_WAITING_AGE_S = Gauge(
    "lotsen_relay_oldest_waiting_age_seconds",
    "Age of the first fact that is recorded and not yet published; 0 when none waits.",
    ["service"],
)
NEWEST_WAITING_AGE_S = Gauge(
    "lotsen_relay_newest_waiting_age_seconds",
    "Age of the newest fact that is recorded and not yet published; 0 when none waits.",
    ["service"],
)
SWEEPS = Counter("lotsen_relay_sweeps", "Times the whole log was published again, by cause.", ["service", "cause"])
PRODUCER_REBUILDS = Counter("lotsen_relay_producer_rebuilds", "Producers thrown away after a failure.", ["service"])
INTERRUPTIONS = Counter(
    "lotsen_relay_interruptions", "Times the relay backed off, by what was unavailable.", ["service", "cause"]
)
LEADING = Gauge("lotsen_relay_leading", "1 while this process holds the lease of the service's relay.", ["service"])
