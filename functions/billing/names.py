"""What this module calls things in the database, for files that must not import the SDK."""

PROVIDER = "stripe"
WRITER = "billing_writer"
RUNNER = "job_runner"
