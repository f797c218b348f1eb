"""Stories of allowances: which limits a request takes from, and whose."""

from tests.policies.story import AS_OWNER, Story, yes

FROM = "select set_config('mainstay.client_ip', '{}', true)"
OF_ROUTE = "insert into private.limits (name, spent_by, quantity, period, route) values ('exports', '{}', 2, '1 minute', 'GET /x')"
OF_PLAN = "('c', 'o', 'free', 'GET /x', null, true)"


def named(name: str, arguments: str, names: str, before: str = "") -> Story:
    """Return a story of which limits are asked, in the order of their periods."""
    claim = f"array(select w.name from unnest(private.allowances{arguments}) as w) = '{{{{{names}}}}}'"
    return Story(f"allowances: {name}", "nobody", AS_OWNER + yes(claim), before=before)


def whose(name: str, arguments: str, limit: str, who: str, before: str = "") -> Story:
    """Return a story of whose bucket a limit is counted in."""
    claim = f"w.bucket = (private.allowance(w.name, w.quantity, w.period, '{who}')).bucket"
    source = f"unnest(private.allowances{arguments}) as w where w.name = '{limit}'"
    return Story(f"allowances: {name}", "nobody", AS_OWNER + yes(claim, source), before=before, function="auth")


# Everything that tells one bucket from another.
APART = "(values ('a', 1, interval '1 minute', 'x'), ('b', 1, '1 minute', 'x'), ('a', 2, '1 minute', 'x'), ('a', 1, '1 hour', 'x'), ('a', 1, '1 minute', 'y')) as of (name, quantity, period, who)"
STORIES = [
    Story(
        "allowances: each has a bucket of its own",
        "nobody",
        AS_OWNER
        + yes(
            "each.buckets = 5",
            f"(select count(distinct (private.allowance(of.name, of.quantity, of.period, of.who)).bucket) as buckets from {APART}) as each",
        ),
    ),
    Story(
        "allowances: a bucket tells nothing",
        "nobody",
        AS_OWNER + yes("(private.allowance('a', 1, '1 minute', 'x')).bucket = sha256('a/1/60.000000/x')"),
    ),
    named("counted", OF_PLAN, "burst,free"),
    named("of another plan", "('c', 'o', 'pro', null, null, true)", "burst,pro"),
    named("of no plan", "('c', 'o', null, null, null, true)", "burst"),
    named("not counted", "('c', 'o', 'free', 'GET /x', null, false)", ""),
    named("named besides", "('c', 'o', 'free', null, 'key-create', true)", "burst,key-create,free"),
    named("named alone", "('c', 'o', 'free', null, 'key-create', false)", "key-create"),
    named("named, and there is none", "('c', 'o', 'free', null, 'gone', false)", ""),
    named("of this route", "('c', 'o', 'free', 'GET /x', null, true)", "burst,exports,free", OF_ROUTE.format("caller")),
    named("of this route alone", "('c', 'o', 'free', 'GET /x', null, false)", "exports", OF_ROUTE.format("caller")),
    named("of another route", "('c', 'o', 'free', 'GET /y', null, true)", "burst,free", OF_ROUTE.format("caller")),
    named("of a key", "('c', 'o', 'free', null, null, true, 7)", "burst,free,key"),
    named("of a key, not counted", "('c', 'o', 'free', null, null, false, 7)", ""),
    Story(
        "allowances: how much",
        "nobody",
        AS_OWNER
        + yes(
            "(w.name, w.quantity, w.period) in (('burst', 100, '1 minute'::interval), ('free', 100, '1 hour'), ('key', 7, '1 minute'))",
            "unnest(private.allowances('c', 'o', 'free', null, null, true, 7)) as w",
        ),
    ),
    whose("burst is the caller's", OF_PLAN, "burst", "c"),
    whose("a plan's is the organization's", OF_PLAN, "free", "o"),
    whose("a key's own is the caller's", "('c', 'o', 'free', null, null, true, 7)", "key", "c"),
    *(
        whose(
            f"{address} counts as {network}",
            "(null, null, null, null, 'anonymous', false)",
            "anonymous",
            network,
            FROM.format(address),
        )
        for address, network in (
            ("192.0.2.9", "192.0.2.9/32"),
            ("::ffff:192.0.2.9", "192.0.2.9/32"),
            ("2001:db8::7", "2001:db8::/64"),
            ("", "nobody"),
        )
    ),
    whose(
        "an address, also of who has credentials",
        "('c', 'o', 'free', null, 'anonymous', false)",
        "anonymous",
        "192.0.2.9/32",
        FROM.format("192.0.2.9"),
    ),
    *(
        whose(
            f"who is nobody counts by address where the {who} would",
            "(null, null, null, 'GET /x', null, false)",
            "exports",
            "192.0.2.9/32",
            f"{FROM.format('192.0.2.9')}; {OF_ROUTE.format(who)}",
        )
        for who in ("caller", "organization")
    ),
]
