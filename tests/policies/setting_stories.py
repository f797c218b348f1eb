"""Stories of settings' values: each stays of its kind and within what reads it can bear."""

from tests.policies.story import AS_OWNER, Story

SET = "update private.settings set value = '{}' where name = '{}'"
KEPT, SINCE, HEADER, DAYS = "audit_kept_months", "audit_kept_since", "platform_ip_header", "jobs_kept_days"
NEW = "insert into private.settings (name, value, description) values ('tested', '{}', 'x')"
TAKEN = [
    (KEPT, "1"),
    (KEPT, "1200"),
    (DAYS, "1000000"),
    (DAYS, "1"),
    ("direct_writes_per_minute", "1"),
    ("error_mails_per_hour", "0"),
    (DAYS, "30.0"),
    (SINCE, '"2026-01-01"'),
    (SINCE, '"-infinity"'),
    (HEADER, '"x-real-ip"'),
]
REFUSED = [
    (KEPT, "-5", "The setting audit_kept_months needs a whole number from 1 to 1200, not -5."),
    (KEPT, "0", "a whole number from 1 to 1200"),
    (KEPT, "1201", "a whole number from 1 to 1200"),
    (DAYS, "1000001", "a whole number from 1 to 1000000"),
    (DAYS, "0", "a whole number from 1 to 1000000"),
    ("direct_writes_per_minute", "0", "a whole number from 1 to 1000000"),
    ("error_mails_per_hour", "-1", "a whole number from 0 to 1000000"),
    (DAYS, "0.5", "a whole number from 1 to"),
    (DAYS, "1.5", "needs a whole number from 1 to 1000000, not 1.5."),
    (DAYS, '"90"', 'needs a value of the kind number, not "90".'),
    (DAYS, "true", "of the kind number"),
    (DAYS, "null", "needs a value other than null, not null."),
    (SINCE, '"soon"', "a time, as a text"),
    (SINCE, '"infinity and beyond"', "a time, as a text"),
    (SINCE, "7", "a text, in double quotes"),
    (HEADER, '" "', "a text that is not empty"),
    (HEADER, "[]", "a text, in double quotes"),
]


def told(name: str, act: str, says: str = "", before: str = "", then: str = "") -> Story:
    """Return a story of an operator who writes a setting; refused where something is said."""
    act = AS_OWNER + act.replace("{", "{{").replace("}", "}}")
    return Story(f"settings: {name}", "nobody", act, "23514" if says else "", before, then, says=says)


STORIES = [
    *(
        told(
            f"{name} is {value}",
            SET.format(value, name),
            then=f"select value = '{value}' from private.settings where name = '{name}'",
        )
        for name, value in TAKEN
    ),
    *(told(f"{name} is not {value}", SET.format(value, name), says) for name, value, says in REFUSED),
    told("a new one has a value", NEW.format("null"), "a value other than null"),
    told("a new text is not empty", NEW.format('""'), "a text that is not empty"),
    told("a new one is what it is", NEW.format("-5")),
    told("what was less may stay so", SET.format("-5", "tested"), before=NEW.format("-5")),
    told("and not be less still", SET.format("-6", "tested"), "a whole number from -5 to 1000000", NEW.format("-5")),
    told("a switch stays one", SET.format("false", "tested"), before=NEW.format("true")),
    told("a text that only looks like a number is one", SET.format('"two"', "tested"), before=NEW.format('"1"')),
    told("a list of a time may hold another", SET.format('["x"]', "tested"), before=NEW.format('["2026-01-01"]')),
    told(
        "null from before gives way",
        SET.format("7", DAYS),
        before=f"alter table private.settings disable trigger check_value; {SET.format('null', DAYS)};"
        " alter table private.settings enable trigger check_value",
    ),
    told(
        "what is shown changes, whatever stands there",
        f"update private.settings set public = true where name = '{DAYS}'",
        before=f"alter table private.settings disable trigger check_value; {SET.format('-3', DAYS)};"
        " alter table private.settings enable trigger check_value",
    ),
]
