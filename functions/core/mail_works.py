"""The work of jobs of kind mail.*: one row of the outbox, looked up now and sent to each of its people once."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from functions.core.mail_links import link_of, unsubscribe_link
from functions.core.mail_text import write
from shared import mail
from shared.config import Settings
from shared.errors import Problem, Unavailable, UpstreamFailed, UpstreamTimeout
from shared.message import Message, Refused, plain_name
from shared.work import Hopeless, Task

ROLE = "job_runner"
LEASE_SECONDS = 60

logger = logging.getLogger("mainstay")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outbox row and what the database says of its mail: {to, template, values, essential, sender_name?, token?}."""

    row: str
    found: Mapping[str, Any]

    @classmethod
    def of(cls, task: Task) -> "Outgoing | None":
        """Look a job's mail up; None where there is nothing to be said any more."""
        row = str(task.job.payload["outbox_id"])
        found: dict[str, Any] | None = task.door.call("outbox_mail", {"outbox_id": row}, role=ROLE)
        return None if found is None else cls(row, found)

    def message(self, settings: Settings, address: str, delivery: UUID) -> Message:
        """Return the mail for one address: always the same, as long as what it is made of is."""
        told, essential = {"product": settings.mail_name, **self.found["values"]}, self.found["essential"]
        told |= {"link": link} if (link := link_of(settings, self.found)) else {}
        headers = {"Auto-Submitted": "auto-generated"}
        if not essential:
            told["unsubscribe"] = unsubscribe_link(settings, delivery)
            # RFC 8058: with both, a mail program unsubscribes by itself, in one click.
            headers["List-Unsubscribe"] = f"<{told['unsubscribe']}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter = write(self.found["template"], told, essential=essential)
        # Cut by itself, so that whose product this is stays to be seen behind the longest name.
        of = plain_name(self.found.get("sender_name") or "")
        return Message(
            to=address,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            sender_name=f"{of} via {settings.mail_name}" if of else settings.mail_name,
            idempotency_key=hashlib.sha256(f"{self.row}:{address}".encode()).hexdigest(),
            headers=headers,
        )


def send(task: Task) -> None:
    """Send an outbox row's mail to everybody who is to get it; who got it before gets no second one.

    Whatever keeps a mail from one of them keeps none from the others. After that, what a later try may mend is raised;
    otherwise Hopeless, where a mail was refused for what it says or could not be written.
    """
    outgoing = Outgoing.of(task)
    if outgoing is None:
        return
    failures: list[Exception] = []
    for address in outgoing.found["to"]:
        if not task.has_time():
            failures.append(Unavailable(cause="no time is left for the others"))
            break
        task.extend(LEASE_SECONDS)
        try:
            _send_once(task, outgoing, address)
        except (Problem, Refused, Hopeless) as expected:
            failures.append(expected)
        except Exception as error:
            logger.exception("mail failed", extra={"fields": {"jobId": task.job.id, "kind": task.job.kind}})
            failures.append(error)
    _tell(failures)


def _tell(failures: list[Exception]) -> None:
    """Raise what a later try may mend, if there is such a failure; Hopeless if all of them would come again."""
    mendable = [each for each in failures if not _is_lasting(each)]
    if mendable:
        raise mendable[0]
    if failures:
        first = failures[0]
        raise Hopeless(str(first) if isinstance(first, Refused | Hopeless) else f"not written: {type(first).__name__}")


def _is_lasting(failure: Exception) -> bool:
    # A value that cannot be written is the same the next time. Of what a connection raises some is a ValueError too.
    of_values = isinstance(failure, ValueError) and not isinstance(failure, OSError)
    return of_values or isinstance(failure, Refused | Hopeless)


def _send_once(task: Task, outgoing: Outgoing, address: str) -> None:
    """Send one mail between two calls that note it; where nobody knows how it ended, a doubt stays."""
    settings = task.door.settings
    begun = {
        "outbox_id": outgoing.row,
        "address": address,
        "repeatable": settings.mail_provider in mail.REPEATABLE,
    }
    delivery: str | None = task.door.call("mail_begin", begun, role=ROLE)
    if delivery is None:
        return
    try:
        provider_id = mail.send(settings, outgoing.message(settings, address, UUID(delivery)))
    except (UpstreamTimeout, UpstreamFailed):
        raise
    except Exception as error:
        gone = isinstance(error, Refused) and error.gone
        _end(task, delivery, "refused" if gone else "failed")
        if not gone:
            raise
        logger.warning("mail refused", extra={"fields": {"jobId": task.job.id, "cause": str(error)}})
    else:
        _end(task, delivery, "sent", provider_id)


def _end(task: Task, delivery: str, outcome: str, provider_id: str = "") -> None:
    told = {"delivery": delivery, "outcome": outcome, "provider_id": provider_id}
    task.door.call("mail_end", told, role=ROLE)
