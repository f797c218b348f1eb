"""A mutant: one thing made wrong, and the proof that it was."""

from dataclasses import dataclass

# What tells whether a part of the catalogue changed. Each mutant names the part that it changes.
FINGERPRINTS = {
    "function": "select md5(string_agg(p::text, '' order by p.oid)) from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace where n.nspname in ('public', 'private', 'backend', 'gate', 'hooks')",
    "policy": "select md5(string_agg(p::text, '' order by p.oid)) from pg_policy as p",
    "table": "select md5(string_agg(concat(c.oid, c.relacl, c.relrowsecurity, c.relforcerowsecurity), '' order by c.oid)) from pg_class as c where c.oid > 16000",
    "column": "select md5(string_agg(concat(a.attrelid, a.attnum, a.attnotnull, a.attacl), '' order by a.attrelid, a.attnum)) from pg_attribute as a where a.attrelid > 16000",
    "trigger": "select md5(string_agg(concat(t.oid, t.tgenabled), '' order by t.oid)) from pg_trigger as t",
    "constraint": "select md5(string_agg(k::text, '' order by k.oid)) from pg_constraint as k",
    "index": "select md5(string_agg(i::text, '' order by i.indexrelid)) from pg_index as i where i.indrelid > 16000",
    "role": "select md5(string_agg(r::text, '' order by r.oid)) from pg_authid as r",
    "membership": "select md5(string_agg(m::text, '' order by m.oid)) from pg_auth_members as m",
    "schema": "select md5(string_agg(n::text, '' order by n.oid)) from pg_namespace as n",
    "default": "select md5(string_agg(d::text, '' order by d.oid)) from pg_default_acl as d",
    "held": "select md5(concat((select string_agg(concat(rp.role, rp.permission), '' order by rp.role, rp.permission) from private.role_permissions as rp), (select string_agg(concat(p.permission, p.sensitive), '' order by p.permission) from private.permissions as p)))",
    "extension": "select md5(string_agg(concat(p.oid, p.proacl), '' order by p.oid)) from pg_proc as p where p.pronamespace = 'extensions'::regnamespace",
    "setting": "select md5(string_agg(s::text, '' order by s.name)) from private.settings as s",
}


@dataclass(frozen=True)
class Mutant:
    """SQL that the superuser runs; `part` is what of the catalogue it changes, `subject` what it is about."""

    name: str
    sql: str
    part: str
    subject: str = ""
