// The one door: who may pass, and where each path leads.
import http from "node:http";

import { answerJson, answerPreflight, CORS, METHODS, refuse, refuseFunction } from "./answers.mjs";
import { isStorable, LARGEST, read } from "./bodies.mjs";
import { makeGuard } from "./credentials.mjs";
import { inward, takesAway } from "./headers.mjs";
import { pass } from "./proxy.mjs";
import { makeTokens } from "./tokens.mjs";

// Links in mails and redirects of other sites carry no key; hosted lets them pass too.
const KEYLESS = /^\/auth\/v1\/(verify|callback|authorize|health|sso\/saml\/(acs|metadata)|\.well-known\/[\w.-]+)$/;
const UNIT = /^\/functions\/v1\/([a-z]+)(?=[_/]|$)/;

export async function listen(settings) {
  const tokens = await makeTokens({ ...settings, liteSecret: settings.lite?.auth.jwt_secret });
  const identify = makeGuard(settings);
  const lite = settings.lite && (await import("./auth.mjs")).makeLiteAuth(settings, tokens);

  async function toAuth(request, response, url) {
    const open = KEYLESS.test(url.pathname);
    const who = open ? { secret: false, bearer: null } : identify(request, url);
    if (who.refused) return refuse(response, 401, who.refused, HINT);
    const bearer = who.bearer ?? (who.secret ? await tokens.service() : null);
    const body = await read(request);
    if (body === null) return refuse(response, 413, TOO_LARGE);
    if (!isStorable(body)) return answerJson(response, 400, { code: 400, error_code: "validation_failed", msg: UNSTORABLE });
    if (lite) return lite(request, response, url, bearer, body);
    onward(request, response, "/auth/v1", { port: settings.authPort, name: "Auth", url, bearer, body });
  }

  async function toRest(request, response, url) {
    const who = identify(request, url);
    if (who.refused) return refuse(response, 401, who.refused, HINT);
    const bearer = who.bearer ?? (who.secret ? await tokens.service() : null);
    const body = await read(request);
    if (body === null) return refuse(response, 413, TOO_LARGE);
    onward(request, response, "/rest/v1", { port: settings.restPort, name: "PostgREST", url, bearer, body });
  }

  function onward(request, response, prefix, { port, name, url, bearer, body }) {
    const headers = inward(request, ["authorization", "apikey", "content-length"], {
      ...(bearer && { authorization: `Bearer ${bearer}` }), apikey: settings.publishableKey, "content-length": `${body.length}`,
    });
    const failed = (how) => refuse(response, 503, `${name} ${how}: see \`make logs\`.`);
    const path = withoutKey(behind(prefix, request), url);
    pass(request, response, { port, path, headers, body, failed, replaced: CORS, patience: settings.patience.servers });
  }

  // Functions guard themselves: in production nothing of ours stands before them.
  function toFunction(request, response, url) {
    const named = url.pathname.match(UNIT)?.[1];
    const unit = named && Object.hasOwn(settings.units, named) ? named : "core";
    const port = settings.units[unit];
    if (!port) return refuseFunction(response, 404, "There is no such function. What there is, /functions/v1/docs says.");
    if (request.headers["content-length"] > LAMBDA_TAKES) return refuseFunction(response, 413, "A function takes 6 MB at most.");
    const path = behind("/functions/v1", request);
    const failed = (how) => refuseFunction(response, 503, `The functions of "${unit}" ${how}: see \`make logs PART=functions-${unit}\`.`);
    const chunked = "transfer-encoding" in request.headers;
    const headers = inward(request, [], chunked ? { "transfer-encoding": "chunked" } : {});
    const { functions: patience } = settings.patience;
    pass(request, response, { port, path, headers, failed, patience, keep: !settings.reload });
  }

  async function route(request, response) {
    const url = URL.canParse(request.url, settings.url) ? new URL(request.url, settings.url) : { pathname: "" };
    const door = doorOf(url.pathname);
    const refused = door === "functions" ? refuseFunction : refuse;
    // What is judged must be what is passed on: no dots, no backslashes, no host of its own.
    if (url.pathname !== request.url.split("?", 1)[0]) return refused(response, 400, "Write the path without detours.");
    if (takesAway(request)) return refused(response, 400, "Connection names a header that must stay.");
    if (door === "functions") return toFunction(request, response, url);
    if (Object.hasOwn(settings.published, url.pathname)) return answerJson(response, 200, settings.published[url.pathname]);
    if (!METHODS.split(", ").includes(request.method)) return refuse(response, 405, "Nothing here takes this method.");
    if (request.method === "OPTIONS") return answerPreflight(request, response);
    if (door === "auth") return toAuth(request, response, url);
    if (door === "rest") return toRest(request, response, url);
    if (door === "storage") return refuse(response, 501, "The embedded stack has no Storage.");
    refuse(response, 404, "There is nothing here: try /auth/v1, /rest/v1 or /functions/v1. What functions there are, /functions/v1/docs says.");
  }

  const server = http.createServer((request, response) => {
    route(request, response).catch((error) => {
      if (request.errored) return response.destroy(); // the client has gone
      console.error(error);
      refuse(response, 500, "The gateway failed: see `make logs`.");
    });
  });
  server.keepAliveTimeout = 75_000;
  await new Promise((resolve, reject) => server.once("error", reject).listen(settings.port, "127.0.0.1", resolve));
  return server;
}

const LAMBDA_TAKES = 6 * 1024 * 1024;
const HINT = "Send the publishable or the secret key of this project in the `apikey` header.";
const TOO_LARGE = `A body has at most ${LARGEST} bytes here.`;
const UNSTORABLE = "A text contains a NUL character or half of a surrogate pair, or the body is nested too deeply.";

const doorOf = (path) => path.match(/^\/(auth|rest|storage|functions)\/v1(?=\/|$)/)?.[1];

const behind = (prefix, request) => request.url.slice(prefix.length).replace(/^(?!\/)/, "/");

function withoutKey(path, url) {
  if (!url.searchParams.has("apikey")) return path;
  const at = path.indexOf("?");
  const kept = path.slice(at + 1).split("&").filter((pair) => !/^apikey(=|$)/.test(pair));
  return path.slice(0, at) + (kept.length ? `?${kept.join("&")}` : "");
}
