"""CloudWatch's embedded metric format: what makes metrics of a log line, without a library and without a call.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
from typing import Any

SERVICE = "mainstay"
# Every set of dimensions is a metric that is paid for: the service as a whole, and each route.
DIMENSIONS = [["service"], ["service", "endpoint"]]
METRICS = [
    {"Name": "requests", "Unit": "Count"},
    {"Name": "errors", "Unit": "Count"},
    {"Name": "durationMs", "Unit": "Milliseconds"},
    {"Name": "upstreamMs", "Unit": "Milliseconds"},
]


def embedded(namespace: str, endpoint: str, *, failed: bool) -> dict[str, Any]:
    """Return the members that a request's log line needs besides durationMs and upstreamMs, which it has."""
    directive = {"Namespace": namespace, "Dimensions": DIMENSIONS, "Metrics": METRICS}
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        "service": SERVICE,
        "endpoint": endpoint,
        "requests": 1,
        "errors": int(failed),
    }
