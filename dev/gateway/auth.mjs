// /auth/v1 served by lite: tokens translated on the way in and on the way out.
import { answerJson, CORS, refuse } from "./answers.mjs";
import { inward, outward, peerOf } from "./headers.mjs";
import { makeLite } from "./lite.mjs";
import { makeSessions } from "./sessions.mjs";

// What lite has of Auth. It is asked for nothing else: it would answer with its dashboard, or with its own servers.
const SERVED = new Set(
  [
    ...["authorize", "callback", "health", "logout", "magiclink", "otp", "reauthenticate", "recover", "resend"],
    ...["settings", "signup", "token", "user", "verify"],
  ].map((name) => `/auth/v1/${name}`),
);
const ABSENT = "The embedded Auth has no such endpoint.";
const HINT = "A real Auth has them all: name one with AUTH_BINARY.";

export function makeLiteAuth(settings, tokens) {
  const lite = makeLite(settings.lite, settings.url);
  const sessions = makeSessions(tokens, lite);

  return async function serve(request, response, url, bearer, body) {
    if (url.pathname === "/auth/v1/.well-known/jwks.json") return answerJson(response, 200, tokens.jwks);
    if (!SERVED.has(url.pathname)) return refuse(response, 404, ABSENT, HINT);
    const asked = await translate(request, url, body, bearer && ((await tokens.inward(bearer)) ?? "refused"));
    const answer = await lite(asked, peerOf(request));
    const began = sessions.began(url.pathname, url.searchParams);
    const headers = outward(Object.fromEntries(answer.headers), CORS);
    if (headers.location) headers.location = await sessions.location(headers.location, began);
    const text = await resigned(answer, sessions, began);
    headers["content-length"] = text.length;
    response.writeHead(answer.status, headers);
    response.end(text);
  };
}

async function translate(request, url, body, token) {
  const headers = new Headers();
  const pairs = inward(request, ["authorization", "apikey", "content-length", "host"], token ? { authorization: `Bearer ${token}` } : {});
  for (let at = 0; at < pairs.length; at += 2) headers.append(pairs[at], pairs[at + 1]);
  url.searchParams.delete("apikey");
  const mute = request.method === "GET" || request.method === "HEAD";
  return new Request(url, { method: request.method, headers, body: body.length && !mute ? body : undefined });
}

async function resigned(answer, sessions, began) {
  const raw = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok || !(answer.headers.get("content-type") ?? "").includes("json") || !raw.length) return raw;
  return Buffer.from(JSON.stringify(await sessions.body(JSON.parse(raw.toString()), began)));
}
