// Lite's Auth on our Postgres, called inside this process.
import { App, SmtpEmailDriver } from "@supabase/lite";
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

const VERIFY = "/auth/v1/verify?";

// Mail goes to the mailbox. Lite has its links lead to the web client, which has no Auth behind it; hosted's lead here.
function makeMail({ port, from }, { site_url: site }, url) {
  const smtp = new SmtpEmailDriver({ host: "127.0.0.1", port, from, secure: false, timeoutMs: 10_000 });
  const there = new URL(VERIFY, site).href;
  const here = (text) => text?.replaceAll(there, url + VERIFY);
  return { send: (mail) => smtp.send({ ...mail, text: here(mail.text), html: here(mail.html) }) };
}

export function makeLite({ databaseUrl, auth, mail }, url) {
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: { onnotice: () => {}, max: 10, types: { timestamptz, jsonb } },
  });
  const drivers = { email: makeMail(mail, auth, url) };
  const app = new App({ connection, auth, options: { server: { apiKeys: false }, drivers } });
  return (request, peerAddress) => app.fetch(request, { peerAddress });
}
