// An integrator's client in JavaScript for Node 20, without packages: `make up`, then `node examples/client.mjs`.
//
// A person signs in and makes an API key. With it, a program asks who it is and lists the keys of its organization page
// by page. In the end the person revokes the key.
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const TRIES = 4;
const MILLISECONDS = 10_000;
const LONGEST_WAIT = 60_000;
// 409 counts only with Retry-After: the first try with this Idempotency-Key is still being worked on.
const NO_ANSWER = 0;
const LATER = [NO_ANSWER, 409, 429, 503];

/** The API said no. With the request id its operators find out why. */
class Refused extends Error {
  constructor({ status, answer, requestId }) {
    // Supabase Auth has no envelope: its code and message are at the top.
    const error = answer.error ?? answer;
    const code = error.error_code ?? error.code ?? `HTTP ${status}`;
    super(`${code}: ${error.message ?? error.msg ?? "no usable answer"} (request id ${answer.requestId ?? requestId})`);
  }
}

/**
 * Returns the JSON of a successful answer; throws Refused for any other.
 *
 * Asks up to 4 times while the answer is "later", or none, provided that asking twice cannot do anything twice: GET and
 * DELETE cannot, nor can a POST with an Idempotency-Key, which stays the same on every try.
 */
async function request(method, url, headers, body) {
  const repeatable = ["GET", "DELETE"].includes(method) || "Idempotency-Key" in headers;
  for (let attempt = 0; ; attempt++) {
    const sent = await send(method, url, headers, body);
    if (sent.status >= 200 && sent.status < 300) return sent.answer;
    const wait = pause(sent, attempt);
    if (!repeatable || wait === null || attempt === TRIES - 1) throw new Refused(sent);
    await sleep(wait);
  }
}

/** Sends once. Without an answer the status is 0. */
async function send(method, url, headers, body) {
  const requestId = crypto.randomUUID();
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, "Content-Type": "application/json", "X-Request-Id": requestId },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(MILLISECONDS),
    });
    const isJson = response.headers.get("Content-Type")?.includes("json");
    const answer = isJson ? await response.json() : {};
    return { status: response.status, retryAfter: response.headers.get("Retry-After"), answer, requestId };
  } catch (silence) {
    const answer = { code: "NO_ANSWER", message: silence.cause?.message || silence.message };
    return { status: NO_ANSWER, retryAfter: null, answer, requestId };
  }
}

/** Returns after how many milliseconds to ask again, or null when that would not help. */
function pause({ status, retryAfter }, attempt) {
  const said = /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
  if (!LATER.includes(status) || (status === 409 && said === null)) return null;
  const wait = (said ?? 2 ** attempt) * 1000;
  // Up to a second of chance, so that a crowd that was refused together does not come back together.
  return wait <= LONGEST_WAIT ? wait + Math.random() * 1000 : null;
}

/** Yields every item of a list, fetching page after page; a page holds at most 100. */
async function* items(url, headers, limit) {
  const query = new URLSearchParams({ limit });
  for (;;) {
    const { data: page } = await request("GET", `${url}?${query}`, headers);
    yield* page.items;
    if (!page.hasMore) return;
    query.set("cursor", page.nextCursor);
  }
}

/** Reads the addresses and keys that `make up` wrote, lines like: export NAME='value' */
function environment() {
  const path = process.env.ENV_FILE ?? new URL("../.local/env", import.meta.url);
  if (!existsSync(path)) throw new Error(`There is no ${path}. Run \`make up\` first.`);
  const lines = readFileSync(path, "utf8").matchAll(/^export (\w+)='(.*)'$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

/** Returns the header with which a person acts. The token in it lives 15 minutes. */
async function signIn({ SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY }) {
  const { MAINSTAY_EMAIL: email = "ada@example.com", MAINSTAY_PASSWORD: password = "Mainstay-seed-1" } = process.env;
  const url = `${SUPABASE_URL}/auth/v1/token?grant_type=password`;
  const { access_token: token } = await request("POST", url, { apikey: SUPABASE_PUBLISHABLE_KEY }, { email, password });
  return { Authorization: `Bearer ${token}` };
}

async function main() {
  const env = environment();
  const keys = `${env.FUNCTIONS_URL}/auth/api-keys`;
  const person = await signIn(env);

  const wanted = { name: "example in JavaScript", scopes: ["api-keys:read"] };
  const { data: made } = await request("POST", keys, { ...person, "Idempotency-Key": crypto.randomUUID() }, wanted);
  console.log(`made      ${made.lookup}`);
  try {
    const program = { "X-API-Key": made.key };
    const { data: me } = await request("GET", `${env.FUNCTIONS_URL}/auth/whoami`, program);
    console.log(`who am I  ${me.kind} of organization ${me.orgId}, may ${me.scopes.join(" ")}`);
    for (const limit of me.limits) console.log(`limit     ${limit.name}: ${limit.left} of ${limit.quantity} left`);
    for await (const key of items(keys, program, 2)) {
      console.log(`key       ${key.lookup}  ${key.name}${key.revokedAt ? " (revoked)" : ""}`);
    }
  } finally {
    await request("DELETE", `${keys}/${made.id}`, person);
    console.log(`revoked   ${made.lookup}`);
  }
}

// Whoever reads this may have had enough, as head has; the key is revoked all the same.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exitCode = 1;
});

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
