"""Stories of invitations: who invites whom to what, and what it takes to accept."""

from tests.policies.story import LOCKS, TICK, Story

INVITE = "select public.create_invitation('{{firm}}', '{}', '{}', gen_random_uuid(), 1, {})"
DIGEST = "repeat('0', 64)"
ACCEPT = "select public.accept_invitation('{}')"
JOINED = "select role = 'member' and (select array_agg(i.id) = '{{{invitation}}}' from invitations as i where i.accepted_at = now()) from memberships where org_id = '{firm}' and user_id = '{guest}'"
OPEN = "update invitations set {} where id = '{{invitation}}'"

INVITING = [
    ("owner", "owner", ""),
    ("owner", "billing", ""),
    ("admin", "admin", ""),
    ("admin", "owner", "PT403"),
    ("admin", "billing", "PT403"),
    ("billing", "member", "PT403"),
    ("member", "member", "PT403"),
    ("outsider", "member", "PT404"),
    ("owner", "emperor", "PT400"),
]
# What ends an open invitation, or does not.
ENDINGS = [
    ("nothing happened", "", ""),
    ("expired now", OPEN.format("expires_at = now()"), "PT404"),
    ("expires in a second", OPEN.format("expires_at = now() + interval '1 second'"), ""),
    ("revoked", OPEN.format("revoked_at = now()"), "PT404"),
    ("accepted", OPEN.format("accepted_at = now()"), "PT404"),
    ("unconfirmed address", "update auth.users set email_confirmed_at = null where id = '{guest}'", "PT404"),
    ("another address", OPEN.format("email = 'other@example.com'"), "PT404"),
    ("address in capitals", "update auth.users set email = upper(email) where id = '{guest}'", ""),
    ("signed out", "delete from auth.sessions where user_id = '{guest}'", "PT404"),
    ("the inviter is gone", "delete from auth.users where id = '{admin}'", "PT404"),
    ("the inviter left", "delete from memberships where org_id = '{firm}' and user_id = '{admin}'", "PT404"),
    ("the inviter is banned", "update auth.users set banned_until = 'infinity' where id = '{admin}'", "PT404"),
    (
        "the inviter may invite no more",
        "update memberships set role = 'member' where org_id = '{firm}' and user_id = '{admin}'",
        "PT404",
    ),
    ("to more than the inviter may", OPEN.format("role = 'owner'"), "PT404"),
    ("the organization is frozen", "update organizations set ownerless_at = now() where id = '{firm}'", "PT404"),
    (
        "another's token",
        "update private.invitation_digests set digest = sha256('x') where invitation_id = '{invitation}'",
        "PT404",
    ),
]
FOR = "update invitations set email = 'x@example.com', sends = {} where id = '{{invitation}}'"
RESEND, REVOKE = "select public.resend_invitation('{}')", "select public.revoke_invitation('{}')"
SENT = "select count(*) = {} from private.outbox where payload ->> 'invitation_id' = '{{invitation}}'"
QUOTA = "insert into private.invitation_sends (org_id, created_at) select '{firm}', now() - interval '%s' from generate_series(1, %s)"

# A membership that comes before every other, both in the order of insertion and in that of ids.
FIRST = "00000000-0000-4000-8000-000000000000"
ELSEWHERE = f"""
insert into organizations (id, name) values ('{FIRST}', 'First');
insert into memberships (org_id, user_id, role) values ('{FIRST}', '{{guest}}', 'member')"""

# Beside the one that has expired: elsewhere, for another address, accepted, and revoked; none of them is touched.
OTHERS = """
update invitations set expires_at = now() where id in ('{to_own}', '{invitation}');
insert into invitations (id, org_id, email, role, expires_at, accepted_at, revoked_at) values
(gen_random_uuid(), '{small}', 'new@example.com', 'member', now(), null, null),
(gen_random_uuid(), '{firm}', 'new@example.com', 'member', now(), now(), null),
(gen_random_uuid(), '{firm}', 'new@example.com', 'member', now(), null, '2020-01-01')
"""
ONE_ENDED = "select array_agg(id) = '{{{to_own}}}' from invitations where revoked_at = now()"
MINE = "insert into private.invitation_sends (sender, created_at) select '{owner}', now() - interval '%s' from generate_series(1, %s)"

STORIES = [
    Story(
        "only what expired here is ended",
        "owner",
        INVITE.format("new@example.com", "member", DIGEST),
        function="auth",
        before=OTHERS,
        then=ONE_ENDED,
    ),
    Story(
        "the answer is the new membership",
        "guest",
        "select 1 / ((m.org_id, m.user_id) = ('{firm}'::uuid, '{guest}'::uuid))::int from public.accept_invitation('token') as m",
        before=ELSEWHERE,
    ),
    *(
        Story(f"{verb} locks", "admin", f"select public.{verb}_invitation('{{invitation}}')", before=TICK, then=LOCKS)
        for verb in ("revoke",)
    ),
    *(
        Story(f"{a} invites to {r}", a, INVITE.format("x@example.com", r, DIGEST), s, function="auth")
        for a, r, s in INVITING
    ),
    Story("invited directly", "owner", INVITE.format("x@example.com", "member", DIGEST), "PT403"),
    Story(
        "invited by another function",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        "PT403",
        function="core",
    ),
    Story("a bad digest", "owner", INVITE.format("x@example.com", "member", "'abcd'"), "PT400", function="auth"),
    Story("no digest", "owner", INVITE.format("x@example.com", "member", "null"), "PT400", function="auth"),
    Story(
        "invited home",
        "owner",
        INVITE.replace("{{firm}}", "{{home_of_owner}}").format("x@example.com", "member", DIGEST),
        "PT409",
        function="auth",
    ),
    Story(
        "invited twice",
        "owner",
        INVITE.format("new@example.com", "member", DIGEST),
        "PT409",
        function="auth",
        says="open",
    ),
    Story(
        "invited again after the end",
        "owner",
        INVITE.format("NEW@example.com", "member", DIGEST),
        function="auth",
        before="update invitations set expires_at = now() where id = '{to_own}'",
    ),
    Story(
        "invited again after revoking",
        "owner",
        INVITE.format("new@example.com", "member", DIGEST),
        function="auth",
        before="update invitations set revoked_at = now() where id = '{to_own}'",
    ),
    Story(
        "inviting mails",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        function="auth",
        then="select count(*) = 1 from private.outbox where kind = 'mail.invitation' and created_at = now()",
    ),
    Story(
        "the last of the day",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        function="auth",
        before=QUOTA % ("1 hour", 49),
    ),
    Story(
        "one too many today",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        "PT429",
        function="auth",
        before=QUOTA % ("1 hour", 50),
    ),
    Story(
        "the last of the day for a person",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        function="auth",
        before=MINE % ("1 hour", 99),
    ),
    Story(
        "one too many for a person",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        "PT429",
        function="auth",
        before=MINE % ("1 hour", 100),
    ),
    Story(
        "as many for a person yesterday",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        function="auth",
        before=MINE % ("24 hours", 100),
    ),
    Story(
        "another person's are not counted",
        "owner2",
        INVITE.format("x@example.com", "member", DIGEST),
        function="auth",
        before=MINE % ("1 hour", 100),
    ),
    Story(
        "as many yesterday",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        function="auth",
        before=QUOTA % ("24 hours", 50),
    ),
    *(
        Story(f"accepting: {name}", "guest", ACCEPT.format("token"), s, before=b, then="" if s else JOINED)
        for name, b, s in ENDINGS
    ),
    Story("a stranger accepts", "outsider", ACCEPT.format("token"), "PT404"),
    Story(
        "others' mails are not counted",
        "owner",
        INVITE.format("x@example.com", "member", DIGEST),
        function="auth",
        before=(QUOTA % ("1 hour", 50)).replace("{firm}", "{small}"),
    ),
    Story("another's token with one's own invitation", "guest", ACCEPT.format("to own"), "PT404"),
    Story("the wrong token", "guest", ACCEPT.format("other"), "PT404"),
    Story(
        "a member keeps their role",
        "member",
        ACCEPT.format("up"),
        then="select role = 'member' from memberships where org_id = '{firm}' and user_id = '{member}'",
    ),
    Story("accepting twice", "guest", ACCEPT.format("token") + "; " + ACCEPT.format("token"), "PT404"),
    Story("sent again", "admin2", RESEND.format("{invitation}"), before=FOR.format(9), then=SENT.format(1)),
    Story("sent again by a member", "member", RESEND.format("{invitation}"), "PT404"),
    Story("sent again from outside", "outsider", RESEND.format("{invitation}"), "PT404"),
    Story("sent again to more than mine", "admin", RESEND.format("{to_own}"), "PT403"),
    Story(
        "sent an eleventh time", "admin", RESEND.format("{invitation}"), "PT409", before=FOR.format(10), says="10 times"
    ),
    Story("sent again over the quota", "admin", RESEND.format("{invitation}"), "PT429", before=QUOTA % ("1 hour", 50)),
    Story(
        "sent again after revoking",
        "admin",
        RESEND.format("{invitation}"),
        "PT409",
        before=OPEN.format("revoked_at = now()"),
        says="revoked",
    ),
    Story(
        "sent again after accepting",
        "admin",
        RESEND.format("{invitation}"),
        "PT409",
        before=OPEN.format("accepted_at = now()"),
        says="accepted",
    ),
    Story(
        "sent again lasts",
        "admin",
        RESEND.format("{invitation}"),
        before=OPEN.format("expires_at = now()"),
        then="select expires_at = now() + interval '7 days' from invitations where id = '{invitation}'",
    ),
    Story(
        "revoking",
        "admin2",
        REVOKE.format("{invitation}"),
        then="select revoked_at = now() from invitations where id = '{invitation}'",
    ),
    Story(
        "revoking again",
        "admin2",
        REVOKE.format("{invitation}"),
        before=OPEN.format("revoked_at = '2020-01-01'"),
        then="select revoked_at = '2020-01-01' from invitations where id = '{invitation}'",
    ),
    Story(
        "revoking what was accepted",
        "admin2",
        REVOKE.format("{invitation}"),
        "PT409",
        before=OPEN.format("accepted_at = now()"),
    ),
    Story("revoking by a member", "member", REVOKE.format("{invitation}"), "PT404"),
    Story("revoking from outside", "outsider", REVOKE.format("{invitation}"), "PT404"),
]
