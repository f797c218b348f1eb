"""Stories of seals: what is sealed, what tampering shows, and what retention takes away."""

from tests.policies.story import AS_OWNER, Story

# Whole days of the past, so that each block has rows: three blocks over the transactions 10 to 39.
ROWS = "insert into audit_log (action, actor_kind, xact_id, created_at) select 'a.b', 'person', n::text::xid8, now() - interval '1 minute' from generate_series(10, 39) as n"
QUIET = "alter table audit_log disable trigger user; alter table private.audit_seals disable trigger user"
BLOCKS = """
insert into private.audit_seals (block, first_xact, next_xact, oldest_at, newest_at, entries, entries_digest, head)
select 1, '10', '20', a.oldest_at, a.newest_at, a.entries, a.digest, private.audit_head(null, a.entries, a.digest) from private.audit_block('10', '20') as a;
insert into private.audit_seals (block, first_xact, next_xact, oldest_at, newest_at, entries, entries_digest, head)
select 2, '20', '30', a.oldest_at, a.newest_at, a.entries, a.digest, private.audit_head((select head from private.audit_seals where block = 1), a.entries, a.digest) from private.audit_block('20', '30') as a;
insert into private.audit_seals (block, first_xact, next_xact, oldest_at, newest_at, entries, entries_digest, head)
select 3, '30', '40', a.oldest_at, a.newest_at, a.entries, a.digest, private.audit_head((select head from private.audit_seals where block = 2), a.entries, a.digest) from private.audit_block('30', '40') as a
"""
SEALED = f"{ROWS}; {QUIET}; {BLOCKS}"
OLD = "create table private.audit_log_2020_01 partition of audit_log for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00'); insert into audit_log (action, actor_kind, created_at, xact_id) values ('a.b', 'person', '2020-01-15', {})"


def found(name: str, tampering: str, *problems: str) -> Story:
    """Return a story of tampering, with what verifying says of it: block and first words."""
    due = ",".join(f'"{problem}"' for problem in problems)
    act = f"select 1 / (coalesce(array_agg(block || ' ' || left(problem, 12) order by block), '{{{{}}}}') = '{{{{{due}}}}}')::int from private.audit_verify()"
    return Story(f"seals: {name}", "nobody", AS_OWNER + act, before=f"{SEALED}; {tampering}" if tampering else SEALED)


def kept(name: str, act: str, then: str, before: str = "") -> Story:
    """Return a story of upkeep."""
    return Story(f"upkeep: {name}", "nobody", AS_OWNER + act, before=before, then=then)


GONE = "select to_regclass('private.audit_log_2020_01') is null"
SINCE = "(date_trunc('month', now() at time zone 'utc') - interval '24 months') at time zone 'utc'"
STORIES = [
    found("untouched", ""),
    found("a row changed", "update audit_log set success = false where xact_id = '25'", "2 a row was ch"),
    found(
        "the first row of a block changed",
        "update audit_log set success = false where xact_id = '20'",
        "2 a row was ch",
    ),
    found("a row removed", "delete from audit_log where xact_id = '25'", "2 10 rows were"),
    found(
        "a row added",
        "insert into audit_log (action, actor_kind, xact_id) values ('a.b', 'person', '25')",
        "2 10 rows were",
    ),
    found(
        "a seal changed",
        "update private.audit_seals set entries = entries + 1 where block = 3",
        "3 the head doe",
        "3 11 rows were",
    ),
    found("a seal removed", "delete from private.audit_seals where block = 2", "3 a block befo", "3 the head doe"),
    found(
        "the first seal removed", "delete from private.audit_seals where block = 1", "2 a block befo", "2 the head doe"
    ),
    found(
        "a seal moved",
        "update private.audit_seals set first_xact = '31' where block = 3; delete from audit_log where xact_id = '30'",
        "3 a block befo",
        "3 10 rows were",
    ),
    found(
        "past retention",
        "delete from audit_log where xact_id = '25'; update private.settings set value = to_jsonb(now()) where name = 'audit_kept_since'",
    ),
    found(
        "just within retention",
        "delete from audit_log where xact_id = '25'; update private.settings set value = to_jsonb(now() - interval '1 minute') where name = 'audit_kept_since'",
        "2 10 rows were",
    ),
    kept(
        "sealed",
        # Between the two statements a transaction of somebody else may end, and the oldest one running be a later one.
        "select 1 / (entries > 0 and block = 1 and next_xact >= pg_snapshot_xmin(pg_current_snapshot()))::int from private.seal_audit()",
        "select count(*) = 1 and bool_and(first_xact = '0' and next_xact <= pg_snapshot_xmin(pg_current_snapshot())) from private.audit_seals",
    ),
    kept(
        "sealed on",
        "select 1 / (block = 4 and first_xact = '40' and head = private.audit_head((select head from private.audit_seals where block = 3), entries, entries_digest))::int from private.seal_audit()",
        "select count(*) = 4 from private.audit_seals",
        SEALED,
    ),
    kept(
        "nothing to seal",
        "select 1 / (s.block is null)::int from private.seal_audit() as s",
        "select count(*) = 1 from private.audit_seals",
        "select private.seal_audit()",
    ),
    kept("partitions are there", "select 1 / (private.make_audit_partitions() = 0)::int", "select true"),
    kept(
        "partitions made",
        "select 1 / (private.make_audit_partitions(5) = 3)::int",
        "select count(*) = 7 from pg_inherits where inhparent = 'audit_log'::regclass",
    ),
    kept(
        "old months end",
        "select 1 / (private.prune_audit() = 1)::int",
        f"{GONE} and (select (value #>> '{{{{}}}}')::timestamptz = {SINCE} from private.settings where name = 'audit_kept_since') and (select value = '24' from private.settings where name = 'audit_kept_months') and (select count(*) = 4 from pg_inherits where inhparent = 'audit_log'::regclass)",
        OLD.format("'10'"),
    ),
    kept(
        "old months are sealed before they end",
        "select private.prune_audit()",
        "select min(oldest_at) = '2020-01-15' from private.audit_seals",
        OLD.format("'10'"),
    ),
    kept(
        "sealed months are not sealed again",
        "select private.prune_audit()",
        "select max(block) = 3 from private.audit_seals",
        f"{SEALED}; " + OLD.format("'39'"),
    ),
    kept(
        "what began as the last seal ended is sealed",
        "select private.prune_audit()",
        "select max(block) = 4 from private.audit_seals",
        f"{SEALED}; " + OLD.format("'40'"),
    ),
    kept(
        "the first instant that is kept is not old",
        "select private.prune_audit()",
        "select count(*) = 0 from private.audit_seals",
        f"insert into audit_log (action, actor_kind, xact_id, created_at) values ('a.b', 'person', '10', {SINCE})",
    ),
    kept(
        "no old months",
        "select 1 / (private.prune_audit() = 0)::int",
        "select value = '\"-infinity\"' from private.settings where name = 'audit_kept_since'",
    ),
    kept("nothing old, nothing sealed", "select private.prune_audit()", "select count(*) = 0 from private.audit_seals"),
    kept(
        "the last kept month stays",
        "alter table private.settings disable trigger check_value; update private.settings set value = '0' where name = 'audit_kept_months'; select 1 / (private.prune_audit() = 0)::int",
        "select true",
    ),
    kept(
        "other tables stay",
        "select private.prune_audit()",
        "select to_regclass('private.audit_log_2019') is not null and to_regclass('private.other_2019_01') is not null and to_regclass('private.audit_log_2018_01') is not null",
        "create table private.audit_log_2019 partition of audit_log for values from ('2019-01-01') to ('2019-02-01'); create table private.other (id int) partition by list (id); create table private.other_2019_01 partition of private.other default; create table private.audit_log_2018_01 partition of private.other for values in (7)",
    ),
]
