-- PostgREST calls the gate before every request, here and on hosted projects alike.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter role authenticator set pgrst.db_pre_request = 'gate.enter'; -- noqa: PRS
notify pgrst, 'reload config';
