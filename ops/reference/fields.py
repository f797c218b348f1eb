"""What each field means, with an example: by its name, or by model and name where one model means something else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field: a sentence, and a value that its model takes."""

    means: str
    example: object


ANN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
GRACE = "c0a8f1d2-5b7e-4f3a-9c61-8e2d4b6a1f05"
ACME = "3f333df6-90a4-4fda-8dd3-9485d27cee36"
CURSOR = "AAZIM5Yy1oCZ8ZaT0k9Jn7ySDi1mPxqb"

FIELDS = {
    "aal": Field("How the person signed in: aal2 with a second factor; null for a key.", "aal1"),
    "acceptedAt": Field("When it was accepted; null while it was not.", None),
    "activeConnections": Field("Connections that are open to the database.", 14),
    "activeSubscriptions": Field("Subscriptions that are active now; null while there is no billing.", None),
    "allowed": Field("Whether it would be let in.", example=True),
    "allowedCidrs": Field("The addresses and networks that it is taken from; null for all.", ["203.0.113.0/24"]),
    "api": Field("What was served.", None),
    "apiKeysCreated": Field("API keys made in the last 30 days.", 12),
    "asOf": Field("The moment of the numbers, by the database's clock.", "2026-11-21T02:31:12.123456Z"),
    "at": Field("When it begins.", "2026-11-21T02:30:00Z"),
    "avatarUrl": Field(
        "The address of a picture, beginning with https://; null for none.", "https://example.com/ann.png"
    ),
    "avg": Field("The mean, in milliseconds; null without requests.", 42.5),
    "billingEvents": Field("Events of billing in the last 30 days; null while there is no billing.", None),
    "buckets": Field("One for each step of the span, without gaps; the last is not yet over.", None),
    "budget": Field("How many requests it may make in a period, in all; null for any number.", 100_000),
    "budgetLeft": Field("How many of them are left; null without a budget.", 99_871),
    "budgetPeriod": Field("When the budget begins anew: each day or each month, in UTC; null for never.", "month"),
    "business": Field("The last 30 days.", None),
    "cache": Field("How the caches of all instances did.", None),
    "category": Field("What sort of error: a word of the client's own, such as where it happened.", "checkout"),
    "code": Field("Why, for programs.", "scope_missing"),
    "commit": Field("The commit that runs.", "4f2a91c"),
    "createdAt": Field("When it was made.", "2026-11-21T02:31:00.123456Z"),
    "cursor": Field("The nextCursor of the page before, unchanged. Without it, the first page.", CURSOR),
    "database": Field("How busy the database is.", None),
    "dead": Field("Jobs that were given up.", 0),
    "displayName": Field("The name that others see. Spaces around it are removed.", "Ann"),
    "email": Field("An e-mail address. It is compared in lower case.", "grace@example.com"),
    "errorRate": Field("Which part was answered with 500 or above; null without requests.", 0.0004),
    "errorsPage": Field("From which share of errors on somebody is paged.", 0.05),
    "errorsTotal": Field("How many of them ended in an error of ours.", 1),
    "errorsWarn": Field("From which share of errors on somebody is warned.", 0.01),
    "expiresAt": Field("When it ends by itself; null for never.", "2027-11-21T00:00:00Z"),
    "explain": Field("A scope: the answer says whether a call that needs it would be let in.", "api-keys:read"),
    "explanation": Field("Whether a call would be let in; null unless asked.", None),
    "failed": Field("Events that were given up; null while there is no inbox.", None),
    "firstSeenAt": Field("When it was first reported.", "2026-11-20T08:00:00.123456Z"),
    "flags": Field("Which features are on: their names, with true or false.", {"new_editor": True}),
    "format": Field("The form of the answer; left out, `Accept` says it.", "json"),
    "generation": Field("Which generation it is: 1, and one more with each rotation.", 1),
    "hasMore": Field("Whether another page follows.", example=False),
    "hitRate": Field("In which part of that they knew; null where none was asked.", 0.93),
    "id": Field("Its id.", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
    "idleDays": Field("After how many days without use it ends; null for never.", 90),
    "inbox": Field("How events from outside are doing.", None),
    "invitedBy": Field("Who invited; null when they have been erased.", ANN),
    "ip": Field("The address from which it was last used.", "203.0.113.9"),
    "isCurrent": Field("Whether it is the one that this request came with.", example=True),
    "items": Field("The entries.", None),
    "key": Field("The whole key. It is shown this once and cannot be read again.", "mainstay_sk_test_…"),
    "kind": Field("Who is calling.", "key"),
    "lastRequestId": Field("The request with which it was last reported, as in the log.", "5f2b8c1e9a4d4b7f"),
    "lastSeenAt": Field("When it was last reported.", "2026-11-21T02:31:00.123456Z"),
    "lastUsedAgent": Field("The program that last used it, as that calls itself.", "nightly/1.4"),
    "lastUsedAt": Field("When it was last used, to within minutes; null for never.", "2026-11-21T09:05:00Z"),
    "lastUsedIp": Field("The address from which it was last used.", "203.0.113.9"),
    "latency": Field("How long requests took.", None),
    "left": Field("How many requests are left of it now.", 97),
    "limit": Field("How many entries a page has at most.", 20),
    "limits": Field("How the limits stand.", None),
    "lineageId": Field("What all generations of it have in common.", "5d0e3c6a-7f4b-4f0e-8a9d-1b2c3d4e5f60"),
    "lookup": Field("The public part of the key, by which it is recognized.", "31X4Be3aHJMh"),
    "lookups": Field("How often caches were asked.", 1200),
    "makerId": Field("The person who made it. A key may never do more than they may.", ANN),
    "maxConnections": Field("Connections that the database takes.", 60),
    "message": Field("What to do about it, for people.", "Ask an owner of the organization for the permission."),
    "metadata": Field("Notes of your own about it, up to 4 KB of JSON.", {"team": "billing"}),
    "minutes": Field("Of how many minutes, the present one besides.", 60),
    "name": Field(
        "A name to recognize it by. Spaces around it are removed, and something must remain.", "nightly export"
    ),
    "nextCursor": Field("What to send as `cursor` for the next page; null on the last.", None),
    "objectives": Field("What we hold ourselves to, to compare with.", None),
    "occurrences": Field("How often it was reported.", 17),
    "oldestWaitingSeconds": Field("Since when the oldest of them waits.", 0.0),
    "orgId": Field("The organization that it belongs to.", ACME),
    "organizations": Field("The organizations that the caller is in.", None),
    "overlapSeconds": Field("For how many seconds the old generation is still taken.", 86_400),
    "p50": Field("Within which half were answered, in milliseconds.", 31.0),
    "p95": Field("Within which 95 of 100 were.", 96.4),
    "p95Ms": Field("Within how many milliseconds 95 of 100 are to be answered.", 500.0),
    "p99": Field("Within which 99 of 100 were.", 181.2),
    "plan": Field("The plan that the limits come from.", "free"),
    "quantity": Field("How many requests it is of.", 100),
    "queryLatency": Field("How long requests' calls to the database took on average, in milliseconds.", 6.2),
    "queue": Field("How the jobs are doing.", None),
    "reasons": Field("Every reason why not.", None),
    "received": Field("Always true: it was taken.", example=True),
    "release": Field("The release that runs.", "4f2a91c"),
    "reopened": Field("How often it came back after it was resolved.", 0),
    "replicationLagSeconds": Field("How far the slowest standby is behind; null without one.", None),
    "requests": Field("How many were served.", 206),
    "requestsPerMinute": Field("A limit of its own, beside the general ones; null for none.", 60),
    "requestsTotal": Field("How many were served in the window.", 12_450),
    "reset": Field("In how many seconds it is full again.", 2),
    "resolved": Field("Those that are resolved, rather than those that are open.", example=False),
    "resolvedAt": Field("When it was resolved; null while it is open.", None),
    "resolvedBy": Field("Who resolved it; null while it is open, and when they have been erased.", None),
    "revenue": Field("In minor units, by currency; null while there is no billing.", None),
    "revoked": Field("How many were ended.", 1),
    "revokedAt": Field("When it was revoked; null while it was not.", None),
    "role": Field("A role: owner, admin, billing or member, never with more permissions than one's own.", "member"),
    "rotated": Field("Whether a newer generation is there; null for a person.", example=False),
    "scopes": Field("What it may do: permissions such as `profile:read`.", ["profile:read"]),
    "sends": Field("How often its mail was sent.", 1),
    "settings": Field("What is set for everybody, by name.", {"support_hours": "9 to 17"}),
    "severity": Field("How bad it is: low, medium, high or critical.", "high"),
    "signUps": Field("People who signed up in the last 30 days.", 34),
    "span": Field("The time that is shown: 1h in minutes, 24h in quarters of an hour, or 30d in days of UTC.", "1h"),
    "stepSeconds": Field("How long a bucket is.", 60),
    "system": Field("What runs.", None),
    "token": Field("The token from the mail.", "the-token-from-the-mail"),
    "updatedAt": Field("When it was last changed.", "2026-11-21T02:31:00.123456Z"),
    "userAgent": Field("The program it is used with, as that calls itself.", "Mozilla/5.0"),
    "userId": Field("The person.", ANN),
    "version": Field("The version that runs.", "0.1.0"),
    "wait": Field("In how many seconds there is one more; 0 while there is one.", 0),
    "waiting": Field("Those whose time has come and that nobody works on.", 0),
    "window": Field("In how many seconds they are counted.", 60),
    "windowSeconds": Field("How long the window is, the present minute included.", 3627.4),
    "Api.requestsPerMinute": Field("How many were served in a minute, on average.", 206.1),
    "ApiKeyChange.name": Field("A new name. Spaces around it are removed; something must remain.", "nightly export"),
    "Bucket.errors": Field("How many of them ended in an error of ours.", 1),
    "Bucket.revenue": Field("In minor units, by currency; null while that is not recorded.", None),
    "Bucket.signUps": Field("People who signed up.", 3),
    "Ended.revoked": Field("Always true: the key has ended.", example=True),
    "ErrorReport.message": Field(
        "What went wrong, as last reported, without secrets and addresses.", "Cannot read the cart."
    ),
    "ErrorReport.metadata": Field(
        "What was reported beside it the last time, without secrets and addresses.", {"page": "/cart"}
    ),
    "ErrorReport.organizations": Field("How many organizations reported it.", 3),
    "ErrorReport.severity": Field("The worst that was said of it.", "high"),
    "ErrorReports.severity": Field("Only those that are so bad: low, medium, high or critical.", "high"),
    "Explanation.allowed": Field("Whether a call that needs the scope would be let in now.", example=True),
    "Figures.errors": Field("The ten worst kinds that nobody has resolved.", None),
    "Figures.requestsTotal": Field("How many were served in the span.", 12_450),
    "Identity.name": Field("The key's name; null for a person.", "nightly export"),
    "Inbox.oldestWaitingSeconds": Field("Since when the oldest of them waits; null while there is no inbox.", None),
    "Inbox.waiting": Field("Events that nobody has applied; null while there is no inbox.", None),
    "Invitation.createdAt": Field("When it was made.", "2026-11-21T02:31:00.123456Z"),
    "Invitation.expiresAt": Field("Until when it can be accepted.", "2026-11-28T02:31:00.123456Z"),
    "LeakedKey.key": Field("The key, whole. Spaces around it are removed.", "mainstay_sk_test_…"),
    "NewApiKey.orgId": Field("The organization that it is to belong to; left out, the personal one.", ACME),
    "NewErrorReport.message": Field(
        "What went wrong. Reports that differ in numbers, UUIDs or hex count as one.", "Cannot read the cart."
    ),
    "NewErrorReport.metadata": Field("What else helps: up to 40 members, nested 4 deep.", {"page": "/cart"}),
    "OfOrganization.orgId": Field("The organization.", ACME),
    "OpenError.message": Field(
        "What clients wrote, without secrets and addresses; null for whoever has the metrics token.",
        "Cannot read the cart.",
    ),
    "OpenError.organizations": Field("How many organizations reported it.", 3),
    "OpenError.severity": Field("The worst that was said of it.", "high"),
    "Organization.name": Field("Its name.", "Acme"),
    "Organization.role": Field("The person's role there; null for a key.", "owner"),
    "Organization.scopes": Field("What the person may do there; null for a key.", ["profile:read"]),
    "Question.orgId": Field(
        "The organization that the explanation is about; left out, the personal one, or a key's own.",
        ACME,
    ),
    "Rotation.expiresAt": Field("When the new generation ends; left out or null, when the old one would have.", None),
    "Session.createdAt": Field("When the person signed in.", "2026-11-21T02:31:00.123456Z"),
    "Standing.name": Field("The name of the limit.", "burst"),
    "Which.orgId": Field("The organization; left out, a key's own, or a person's personal one.", ACME),
}


def entry(model: str, name: str) -> Field | None:
    """Return what is written of a model's field, by its outside name."""
    return FIELDS.get(f"{model}.{name}") or FIELDS.get(name)


def description_of(model: str, name: str) -> dict[str, str]:
    """Return the description member of a field's schema; none where nothing is written."""
    found = entry(model, name)
    return {"description": found.means} if found else {}
