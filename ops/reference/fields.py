"""What each field means, with an example: by its name, or by model and name where one model means something else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field: a sentence, and a value that its model takes."""

    means: str
    example: object


ANN = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
ACME = "3f333df6-90a4-4fda-8dd3-9485d27cee36"
CURSOR = "AAZIM5Yy1oCZ8ZaT0k9Jn7ySDi1mPxqb"

FIELDS = {
    "aal": Field("How the person signed in: aal2 with a second factor; null for a key.", "aal1"),
    "acceptedAt": Field("When it was accepted; null while it was not.", None),
    "allowed": Field("Whether it would be let in.", example=True),
    "allowedCidrs": Field("The addresses and networks that it is taken from; null for all.", ["203.0.113.0/24"]),
    "avatarUrl": Field(
        "The address of a picture, beginning with https://; null for none.", "https://example.com/ann.png"
    ),
    "budget": Field("How many requests it may make in a period, in all; null for any number.", 100_000),
    "budgetLeft": Field("How many of them are left; null without a budget.", 99_871),
    "budgetPeriod": Field("When the budget begins anew: each day or each month, in UTC; null for never.", "month"),
    "code": Field("Why, for programs.", "scope_missing"),
    "createdAt": Field("When it was made.", "2026-11-21T02:31:00.123456Z"),
    "cursor": Field("The nextCursor of the page before, unchanged. Without it, the first page.", CURSOR),
    "displayName": Field("The name that others see. Spaces around it are removed.", "Ann"),
    "email": Field("An e-mail address. It is compared in lower case.", "grace@example.com"),
    "expiresAt": Field("When it ends by itself; null for never.", "2027-11-21T00:00:00Z"),
    "explain": Field("A scope: the answer says whether a call that needs it would be let in.", "api-keys:read"),
    "explanation": Field("Whether a call would be let in; null unless asked.", None),
    "generation": Field("Which generation it is: 1, and one more with each rotation.", 1),
    "hasMore": Field("Whether another page follows.", example=False),
    "id": Field("Its id.", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
    "idleDays": Field("After how many days without use it ends; null for never.", 90),
    "invitedBy": Field("Who invited; null when they have been erased.", ANN),
    "ip": Field("The address from which it was last used.", "203.0.113.9"),
    "isCurrent": Field("Whether it is the one that this request came with.", example=True),
    "items": Field("The entries.", None),
    "key": Field("The whole key. It is shown this once and cannot be read again.", "mainstay_sk_test_…"),
    "kind": Field("Who is calling.", "key"),
    "lastUsedAgent": Field("The program that last used it, as that calls itself.", "nightly/1.4"),
    "lastUsedAt": Field("When it was last used, to within minutes; null for never.", "2026-11-21T09:05:00Z"),
    "lastUsedIp": Field("The address from which it was last used.", "203.0.113.9"),
    "left": Field("How many requests are left of it now.", 97),
    "limit": Field("How many entries a page has at most.", 20),
    "limits": Field("How the limits stand.", None),
    "lineageId": Field("What all generations of it have in common.", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
    "lookup": Field("The public part of the key, by which it is recognized.", "31X4Be3aHJMh"),
    "makerId": Field("The person who made it. A key may never do more than they may.", ANN),
    "message": Field("What to do about it, for people.", "Ask an owner of the organization for the permission."),
    "metadata": Field("Notes of your own about it, up to 4 KB of JSON.", {"team": "billing"}),
    "name": Field(
        "A name to recognize it by. Spaces around it are removed, and something must remain.", "nightly export"
    ),
    "nextCursor": Field("What to send as `cursor` for the next page; null on the last.", None),
    "orgId": Field("The organization that it belongs to.", ACME),
    "organizations": Field("The organizations that the caller is in.", None),
    "overlapSeconds": Field("For how many seconds the old generation is still taken.", 86_400),
    "plan": Field("The plan that the limits come from.", "free"),
    "quantity": Field("How many requests it is of.", 100),
    "reasons": Field("Every reason why not.", None),
    "requestsPerMinute": Field("A limit of its own, beside the general ones; null for none.", 60),
    "reset": Field("In how many seconds it is full again.", 2),
    "revoked": Field("How many were ended.", 1),
    "revokedAt": Field("When it was revoked; null while it was not.", None),
    "role": Field("A role: owner, admin, billing or member, never with more permissions than one's own.", "member"),
    "rotated": Field("Whether a newer generation is there; null for a person.", example=False),
    "scopes": Field("What it may do: permissions such as `profile:read`.", ["profile:read"]),
    "sends": Field("How often its mail was sent.", 1),
    "token": Field("The token from the mail.", "the-token-from-the-mail"),
    "updatedAt": Field("When it was last changed.", "2026-11-21T02:31:00.123456Z"),
    "userAgent": Field("The program it is used with, as that calls itself.", "Mozilla/5.0"),
    "userId": Field("The person.", ANN),
    "wait": Field("In how many seconds there is one more; 0 while there is one.", 0),
    "window": Field("In how many seconds they are counted.", 60),
    "ApiKeyChange.name": Field("A new name. Spaces around it are removed; something must remain.", "nightly export"),
    "Ended.revoked": Field("Always true: the key has ended.", example=True),
    "Explanation.allowed": Field("Whether a call that needs the scope would be let in now.", example=True),
    "Identity.name": Field("The key's name; null for a person.", "nightly export"),
    "Invitation.createdAt": Field("When it was made.", "2026-11-21T02:31:00.123456Z"),
    "Invitation.expiresAt": Field("Until when it can be accepted.", "2026-11-28T02:31:00.123456Z"),
    "LeakedKey.key": Field("The key, whole. Spaces around it are removed.", "mainstay_sk_test_…"),
    "NewApiKey.orgId": Field("The organization that it is to belong to; left out, the personal one.", ACME),
    "OfOrganization.orgId": Field("The organization.", ACME),
    "Organization.name": Field("Its name.", "Acme"),
    "Organization.role": Field("The person's role there; null for a key.", "owner"),
    "Organization.scopes": Field("What the person may do there; null for a key.", ["profile:read"]),
    "Question.orgId": Field("The organization that the explanation is about; left out, the personal one.", ACME),
    "Rotation.expiresAt": Field("When the new generation ends; left out or null, when the old one would have.", None),
    "Session.createdAt": Field("When the person signed in.", "2026-11-21T02:31:00.123456Z"),
    "Standing.name": Field("The name of the limit.", "burst"),
}


def entry(model: str, name: str) -> Field | None:
    """Return what is written of a model's field, by its outside name."""
    return FIELDS.get(f"{model}.{name}") or FIELDS.get(name)


def description_of(model: str, name: str) -> dict[str, str]:
    """Return the description member of a field's schema; none where nothing is written."""
    found = entry(model, name)
    return {"description": found.means} if found else {}
