// Lite's Auth on our Postgres, called inside this process.
import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";

// supabase-py refuses timestamps as Postgres prints them.
const iso = (value) => value?.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
const timestamptz = { to: 1184, from: [1184], serialize: (value) => value, parse: iso };

// Lite hands JSON over as text already, which the driver would make a JSON string of.
const jsonb = {
  to: 3802,
  from: [114, 3802],
  serialize: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
  parse: JSON.parse,
};

export function makeLite({ databaseUrl, auth }) {
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: { onnotice: () => {}, max: 10, types: { timestamptz, jsonb } },
  });
  const app = new App({ connection, auth, options: { server: { apiKeys: false } } });
  return (request, peerAddress) => app.fetch(request, { peerAddress });
}
