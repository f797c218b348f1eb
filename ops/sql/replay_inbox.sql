-- Takes events of the inbox again, by id, type and range of time; says what became of them. Without one of these it does nothing.
-- writes
-- param id = null: this one
-- param type = null: those whose type begins so
-- param since = null: those that came from then on
-- param until = null: those that came before then
-- param status = dead: those with this status: dead, ignored, done or waiting
select
    o.outcome,
    o.quantity
from jsonb_each_text(
    case
        when coalesce(%(id)s::text, %(type)s::text, %(since)s::text, %(until)s::text) is null then '{}'::jsonb
        else private.replay_events(
            case when %(id)s::text is not null then array[%(id)s::text] end,
            coalesce(%(type)s::text, '') || chr(37),
            coalesce(%(since)s::timestamptz, '-infinity'),
            coalesce(%(until)s::timestamptz, 'infinity'),
            array[%(status)s::text]
        )
    end
) as o (outcome, quantity)
