"""Stories of strangers: who is nobody, or nobody any more, costs their address something before they are told why."""

from tests.policies.admission_stories import FROM_HERE, HERE, IS_SPENT, OF_ROUTE, admits, refused, spent

PROBLEM = "select set_config('mainstay.key_problem', '{}', true)"
TOLD = {
    "key_revoked": (401, "This API key was revoked. Make a new one."),
    "key_expired": (401, "This API key has expired. Make a new one."),
    "key_idle": (401, "This API key was not used for so long that it ended. Make a new one."),
    "key_orphaned": (401, "The maker of this API key has left the organization. Make a new key."),
    "key_address": (403, "This API key may not be used from this address. Add it to the key''s allowed CIDRs."),
    "key_unknown": (401, "This API key is not known here. Check that it was copied whole."),
}
STORIES = [
    admits(
        "an ended session",
        "owner",
        refused(401, "session_ended", "anonymous") + " and v ->> 'message' = 'This session has ended. Sign in again.'",
        before="delete from auth.sessions where user_id = '{owner}'; " + FROM_HERE,
        then=spent(anonymous=HERE),
    ),
    admits(
        "an ended session where anybody may",
        "owner",
        refused(401, "session_ended", "anonymous"),
        "strangers => true",
        "delete from auth.sessions where user_id = '{owner}'",
    ),
    admits(
        "nobody", "nobody", refused(401, "session_ended", "anonymous"), before=FROM_HERE, then=spent(anonymous=HERE)
    ),
    admits(
        "nobody where anybody may",
        "nobody",
        "v - 'limits' = '{{\"admitted\": true, \"principal\": {{\"kind\": \"nobody\"}}}}' and v #>> '{{limits,0,name}}' = 'anonymous' and jsonb_array_length(v -> 'limits') = 1",
        "strangers => true",
        FROM_HERE,
        spent(anonymous=HERE),
    ),
    admits(
        "nobody, by name",
        "nobody",
        "v #>> '{{limits,0,name}}' = 'key-create' and jsonb_array_length(v -> 'limits') = 1",
        "spends => 'key-create', strangers => true",
        FROM_HERE,
        spent(key_create=HERE),
    ),
    admits(
        "nobody, by route",
        "nobody",
        "jsonb_array_length(v -> 'limits') = 2",
        "strangers => true",
        f"{OF_ROUTE}; {FROM_HERE}",
        spent(anonymous=HERE, exports=HERE),
    ),
    admits(
        "nobody at their limit",
        "nobody",
        refused(429, "limit_exceeded", "anonymous"),
        "strangers => true",
        f"{IS_SPENT.format(HERE, 'anonymous')}; {FROM_HERE}",
    ),
    admits(
        "nobody at others' limit",
        "nobody",
        "(v ->> 'admitted')::boolean",
        "strangers => true",
        f"{IS_SPENT.format(HERE.replace('9/', '8/'), 'anonymous')}; {FROM_HERE}",
    ),
    *(
        admits(
            f"{problem}",
            "nobody",
            f"{refused(status, problem, 'anonymous')} and v ->> 'message' = '{words}'",
            before=f"{PROBLEM.format(problem)}; {FROM_HERE}",
            then=spent(anonymous=HERE),
        )
        for problem, (status, words) in TOLD.items()
    ),
    *(
        admits(
            f"{problem} is not told at the limit",
            "nobody",
            refused(429, "limit_exceeded", "anonymous"),
            "strangers => true",
            f"{PROBLEM.format(problem)}; {FROM_HERE}; {IS_SPENT.format(HERE, 'anonymous')}",
        )
        for problem in TOLD
    ),
]
