"""Stories of pruning: what has run out goes, and nothing else."""

from tests.policies.story import Story, yes

MADE = {
    "idempotency_keys": "insert into private.idempotency_keys (scope, route, digest, fingerprint, status, expires_at) values ('{{owner}}', '{n}', sha256('a'), sha256('b'), 200, {at})",
    "rate_buckets": "insert into private.rate_buckets (bucket, due_at) values (sha256('{n}'), {at})",
    "write_buckets": "insert into private.write_buckets (bucket, due_at) values (sha256('{n}'), {at})",
    "sign_ups": "insert into private.sign_ups (network, created_at) values ('192.0.2.{n}', {at})",
    "failed_attempts": "insert into private.failed_attempts (kind, user_id, network, updated_at) values ('mfa', '{{owner}}', '192.0.2.{n}', {at})",
}
# The last moment at which each goes, and the first at which it stays.
LIMIT = {
    "idempotency_keys": ("now()", "now() + interval '1 microsecond'"),
    "rate_buckets": ("now() - interval '1 microsecond'", "now()"),
    "write_buckets": ("now() - interval '1 microsecond'", "now()"),
    "sign_ups": ("now() - interval '1 hour'", "now() - interval '1 hour' + interval '1 microsecond'"),
    "failed_attempts": ("now() - interval '1 month'", "now() - interval '1 month' + interval '1 microsecond'"),
}


def prunes(kind: str) -> Story:
    """Return a story of two rows that go and one that stays."""
    gone, stays = LIMIT[kind]
    rows = [MADE[kind].format(n=n, at=at) for n, at in enumerate((gone, stays, f"{gone} - interval '1 year'"))]
    told = yes(
        f"(p ->> '{kind}')::int = 2 and p - '{kind}' = '{{{{}}}}'::jsonb || (select jsonb_object_agg(k, 0) from unnest(array{[k for k in MADE if k != kind]!r}) as k)",
        "backend.jobs_prune() as p",
    )
    return Story(
        f"prune: {kind}",
        "nobody",
        told,
        before="; ".join(rows),
        then=f"select count(*) = 1 from private.{kind}",
        function="core",
        role="job_runner",
    )


STORIES = [
    *(prunes(kind) for kind in MADE),
    Story(
        "prune: a repeat finds none",
        "nobody",
        f"select backend.jobs_prune(); {yes('(p ->> e.k)::int = 0', f'backend.jobs_prune() as p, unnest(array{[*MADE]!r}) as e(k)')}",
        before="; ".join(MADE[kind].format(n=1, at=gone) for kind, (gone, _) in LIMIT.items()),
        function="core",
        role="job_runner",
    ),
    Story(
        "prune: no more than so many of each",
        "nobody",
        yes("e.value::int = 1", "backend.jobs_prune(1) as p, jsonb_each_text(p) as e"),
        before="; ".join(MADE[kind].format(n=n, at=gone) for kind, (gone, _) in LIMIT.items() for n in (1, 2)),
        then="select (select count(*) from private.sign_ups) = 1 and (select count(*) from private.rate_buckets) = 1",
        function="core",
        role="job_runner",
    ),
    Story("prune: directly", "nobody", "select backend.jobs_prune()", "PT403", role="job_runner"),
]
