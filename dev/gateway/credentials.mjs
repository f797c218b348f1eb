// The project's keys, as hosted takes them: in `apikey`, never as a person's token.
import { createHash, timingSafeEqual } from "node:crypto";

import { valuesOf } from "./headers.mjs";

const MISSING = "No API key found in request";
const INVALID = "Invalid API key";
const IN_BROWSER = "Forbidden use of secret API key in browser";

const digest = (text) => createHash("sha256").update(text).digest();
const same = (one, other) => timingSafeEqual(digest(one), digest(other));

export function makeGuard({ publishableKey, secretKey }) {
  // Answers {refused: sentence} or {secret: whether, bearer: a person's token or null}.
  return function identify(request, url) {
    const presented = [...valuesOf(request, "apikey"), ...url.searchParams.getAll("apikey")];
    if (presented.length === 0) return { refused: MISSING };
    const key = presented[0];
    const secret = same(key, secretKey);
    if (presented.length > 1 || !(secret || same(key, publishableKey))) return { refused: INVALID };
    if (secret && /Mozilla\//.test(request.headers["user-agent"] ?? "")) return { refused: IN_BROWSER };
    const authorizations = valuesOf(request, "authorization");
    if (authorizations.length > 1) return { refused: "Send one Authorization header" };
    const bearer = authorizations[0]?.match(/^Bearer +(.*)$/i)?.[1] ?? authorizations[0] ?? null;
    // Clients that know no better send the key a second time as if it were a person's token.
    if (bearer === null || bearer === key) return { secret, bearer: null };
    return /^sb_/.test(bearer) ? { refused: INVALID } : { secret, bearer };
  };
}
