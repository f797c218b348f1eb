// One request and its answer as JSON. Nothing is cached, no cookie is sent, no other address is followed.
import { unreached } from "./trouble.mjs";

const PATIENCE_MS = 15_000;

export async function ask(method, url, headers, body) {
  try {
    const response = await fetch(url, {
      method, headers, body, cache: "no-store", credentials: "omit", redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, body: readJson(await response.text()) };
  } catch (error) {
    throw unreached(error);
  }
}

// A gateway's own page is no JSON; its status says enough.
function readJson(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
