"""What each kind of job of this module does."""

from shared.work import Task, Work, calling, pruning


def _roll_up(task: Task) -> None:
    """Roll requests up a few thousand rows at a time, until nothing is left or the time is up."""
    while task.door.call("jobs_roll_up_metrics", {}, role="job_runner")["left"] and task.has_time():
        task.extend(60)


def _mail(task: Task) -> None:
    """Send a mail. What that needs is imported by the first one: most runs of the jobs function send none."""
    from functions.core import mail_works  # noqa: PLC0415 - see above; it also imports this file

    mail_works.send(task)


WORKS: dict[str, Work] = {
    "audit.keep": calling("jobs_keep_audit"),
    "audit.prune": calling("jobs_prune_audit"),
    "core.prune": pruning("jobs_prune"),
    "errors.prune": calling("jobs_prune_errors"),
    "jobs.prune": pruning("jobs_prune_jobs"),
    "keys.find_expiring": calling("jobs_find_expiring_keys"),
    "mail.account_erased": _mail,
    "mail.card_expiring": _mail,
    "mail.error_report": _mail,
    "mail.errors_more": _mail,
    "mail.invitation": _mail,
    "mail.key_expiring": _mail,
    "mail.key_leaked": _mail,
    "mail.key_made": _mail,
    "mail.keys_made": _mail,
    "mail.new_device": _mail,
    "mail.payment_action": _mail,
    "mail.payment_failed": _mail,
    "mail.prune": pruning("jobs_prune_mail"),
    "mail.receipt": _mail,
    "mail.subscription_canceled": _mail,
    "mail.trial_ending": _mail,
    "metrics.roll_up": _roll_up,
}
