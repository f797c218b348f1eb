// What a web client does, with supabase-js and the publishable key; prints what it saw as JSON.
import { createClient } from "@supabase/supabase-js";
import ws from "ws";

const { SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, FUNCTIONS_URL } = process.env;
// Node 20 has no WebSocket of its own; Node 22 and browsers need no transport.
const open = () => createClient(SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, { realtime: { transport: ws } });
const supabase = open();

const email = `${crypto.randomUUID()}@example.com`;
const { data: signedUp, error } = await supabase.auth.signUp({
  email,
  password: "Correct-horse-7",
  options: { data: { display_name: "Ada" } },
});
if (error) throw error;
const { access_token: token } = signedUp.session;

const { data: profile } = await supabase.from("profiles").select().single();
const { data: renamed } = await supabase
  .from("profiles")
  .update({ display_name: "Countess" })
  .eq("id", profile.id)
  .select()
  .single();
const { data: organizations } = await supabase.from("organizations").select("name");
const { error: roleChange } = await supabase.from("memberships").update({ role: "admin" }).eq("user_id", profile.id);
const { error: backend } = await supabase.schema("backend").rpc("health");
const { data: claims } = await supabase.auth.getClaims();

const made = await fetch(`${FUNCTIONS_URL}/auth/api-keys`, {
  method: "POST",
  headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  body: JSON.stringify({ name: "from JavaScript", scopes: ["profile:read"] }),
});
const { key } = (await made.json()).data;
const byKey = await fetch(`${FUNCTIONS_URL}/auth/profile`, { headers: { "X-API-Key": key } });

await supabase.auth.signOut();
const afterwards = await fetch(`${SUPABASE_URL}/rest/v1/profiles`, {
  headers: { apikey: SUPABASE_PUBLISHABLE_KEY, Authorization: `Bearer ${token}` },
});

console.log(
  JSON.stringify({
    profile,
    renamed: renamed.display_name,
    organizations,
    role_change: roleChange?.code,
    backend: backend?.code,
    algorithm: claims.header.alg,
    key_status: made.status,
    profile_by_key: (await byKey.json()).data.id,
    after_sign_out: await afterwards.json(),
  }),
);
