"""What we hold ourselves to. The alerts in ops/alerts.yml compare with these, and a test holds them together."""

AVAILABILITY = 0.999
P95_SECONDS = 0.5
# Google's SRE workbook, "Alerting on SLOs": how many times faster than allowed the budget of 30 days is spent, and
# over which windows, long and short.
BURN_RATES = {14.4: ("1h", "5m"), 6.0: ("6h", "30m"), 1.0: ("3d", "6h")}
ERRORS_WARN = 0.01
ERRORS_PAGE = 0.05
DATABASE_SECONDS = 1.0
# Of what it takes: then one more instance may find none left.
CONNECTIONS_USED = 0.9
REPLICATION_SECONDS = 30.0
QUEUE_SECONDS = 300.0
QUEUE_PAGE_SECONDS = 1800.0
INBOX_SECONDS = 300.0
# Half of the leeway that Auth gives a token.
CLOCK_SECONDS = 5.0
