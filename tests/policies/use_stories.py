"""Stories of a key's use: when and from where is noted, at most once in 5 minutes, and is no change."""

from tests.policies.admission_stories import FROM_HERE, admits, told
from tests.policies.story import AS_OWNER, Story


def stamps(name: str, read: str, is_so: str, then: str) -> Story:
    """Return a story of a use: when the key was used last as was read, as is so, and as it is written then."""
    act = f"select private.record_key_use(jsonb_populate_record(k, jsonb_build_object('last_used_at', {read}))) from api_keys as k where id = '{{key}}'"
    return Story(
        f"use: {name}",
        "nobody",
        AS_OWNER + act,
        before=f"update api_keys set last_used_at = {is_so} where id = '{{key}}'",
        then=f"select last_used_at = {then} from api_keys where id = '{{key}}'",
    )


STORIES = [
    admits(
        "stamped",
        "key",
        told("free", "burst", "free"),
        before=FROM_HERE,
        then="select last_used_at = now() and last_used_ip = '192.0.2.9' and last_used_agent = 'curl' from api_keys where id = '{key}'",
    ),
    admits(
        "stamped without words",
        "key",
        told("free", "burst", "free"),
        before="update api_keys set last_used_ip = '192.0.2.9', last_used_agent = 'curl' where id = '{key}'",
        then="select last_used_ip is null and last_used_agent is null from api_keys where id = '{key}'",
    ),
    admits(
        "stamped and not audited",
        "key",
        told("free", "burst", "free"),
        before=FROM_HERE,
        then="select not exists (select from audit_log where action = 'api_keys.update' and xact_id = pg_current_xact_id())",
    ),
    admits(
        "stamped just now",
        "key",
        told("free", "burst", "free"),
        before="update api_keys set last_used_at = now() - interval '5 minutes' where id = '{key}'",
        then="select last_used_at = now() - interval '5 minutes' from api_keys where id = '{key}'",
    ),
    admits(
        "stamped a while ago",
        "key",
        told("free", "burst", "free"),
        before="update api_keys set last_used_at = now() - interval '301 seconds' where id = '{key}'",
        then="select last_used_at = now() from api_keys where id = '{key}'",
    ),
    admits(
        "other keys are not stamped",
        "key",
        told("free", "burst", "free"),
        then="select bool_and(last_used_at is null) from api_keys where id <> '{key}'",
    ),
    stamps("what was read is fresh enough", "now()", "now() - interval '1 hour'", "now() - interval '1 hour'"),
    stamps(
        "what was read is just fresh enough",
        "now() - interval '5 minutes'",
        "now() - interval '1 hour'",
        "now() - interval '1 hour'",
    ),
    stamps(
        "what was read is stale, and so is the row",
        "now() - interval '301 seconds'",
        "now() - interval '301 seconds'",
        "now()",
    ),
    stamps("somebody stamped it meanwhile", "null", "now() - interval '1 minute'", "now() - interval '1 minute'"),
    stamps(
        "somebody stamped it just recently enough",
        "null",
        "now() - interval '5 minutes'",
        "now() - interval '5 minutes'",
    ),
    stamps("nobody ever stamped it", "null", "null", "now()"),
]
