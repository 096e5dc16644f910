"""What the house counts about itself, for /metrics (Prometheus text)."""

from prometheus_client import Counter, Gauge, Histogram

TURNS = Counter("changxing_turns_total", "Messages played, by channel and outcome", ["channel", "outcome"])
TURN_SECONDS = Histogram(
    "changxing_turn_seconds",
    "From a parsed message to its committed reply",
    ["channel"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
SENDS = Counter("changxing_sends_total", "Messages handed to a channel, by outcome", ["channel", "outcome"])
SEND_WAIT = Histogram(
    "changxing_send_wait_seconds",
    "From the moment a message was due until the provider had it",
    ["channel"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600),
)
OUTBOX_DEPTH = Gauge("changxing_outbox_depth", "Messages that wait to be sent (counted up to 10,000)")
OUTBOX_AGE = Gauge("changxing_outbox_age_seconds", "How long the oldest message has been due")
JOBS = Counter("changxing_jobs_total", "Scheduled jobs run, by outcome", ["job", "outcome"])
