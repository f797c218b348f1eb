// /auth/v1 served by lite: tokens translated on the way in and on the way out.
import { answerJson, CORS, refuse } from "./answers.mjs";
import { inward, outward, peerOf } from "./headers.mjs";
import { makeLite } from "./lite.mjs";
import { makeSessions } from "./sessions.mjs";

const LARGEST = 1_000_000;

export function makeLiteAuth(settings, tokens) {
  const lite = makeLite(settings.lite);
  const sessions = makeSessions(tokens, lite);

  return async function serve(request, response, url, bearer) {
    if (url.pathname === "/auth/v1/.well-known/jwks.json") return answerJson(response, 200, tokens.jwks);
    const body = await read(request);
    if (body === null) return refuse(response, 413, "The request is too large.");
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
  const pairs = inward(request, ["authorization", "apikey", "host"], token ? { authorization: `Bearer ${token}` } : {});
  for (let at = 0; at < pairs.length; at += 2) headers.append(pairs[at], pairs[at + 1]);
  headers.delete("transfer-encoding");
  url.searchParams.delete("apikey");
  return new Request(url, { method: request.method, headers, body: body.length ? body : undefined });
}

async function resigned(answer, sessions, began) {
  const raw = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok || !(answer.headers.get("content-type") ?? "").includes("json") || !raw.length) return raw;
  return Buffer.from(JSON.stringify(await sessions.body(JSON.parse(raw.toString()), began)));
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
