// The one door: who may pass, and where each path leads.
import http from "node:http";

import { answerPreflight, CORS, refuse, refuseFunction } from "./answers.mjs";
import { makeGuard } from "./credentials.mjs";
import { inward } from "./headers.mjs";
import { pass } from "./proxy.mjs";
import { makeTokens } from "./tokens.mjs";

// Links in mails and redirects of other sites carry no key; hosted lets them pass too.
const KEYLESS = /^\/auth\/v1\/(verify|callback|authorize|health|sso\/saml\/(acs|metadata)|\.well-known\/[\w.-]+)$/;
const UNIT = /^\/functions\/v1\/([a-z]+)(?=[_/?]|$)/;

export async function listen(settings) {
  const tokens = await makeTokens({ ...settings, liteSecret: settings.lite?.auth.jwt_secret });
  const identify = makeGuard(settings);
  const lite = settings.lite && (await import("./auth.mjs")).makeLiteAuth(settings, tokens);

  async function toAuth(request, response, url) {
    const open = KEYLESS.test(url.pathname);
    const who = open ? { secret: false, bearer: null } : identify(request, url);
    if (who.refused) return refuse(response, 401, who.refused, HINT);
    const bearer = who.bearer ?? (who.secret ? await tokens.service() : null);
    if (lite) return lite(request, response, url, bearer);
    const path = withoutKey(request.url.slice("/auth/v1".length) || "/", url);
    onward(request, response, settings.authPort, path, bearer, "Auth");
  }

  async function toRest(request, response, url) {
    const who = identify(request, url);
    if (who.refused) return refuse(response, 401, who.refused, HINT);
    const bearer = who.bearer ?? (who.secret ? await tokens.service() : null);
    const path = withoutKey(request.url.slice("/rest/v1".length) || "/", url);
    onward(request, response, settings.restPort, path, bearer, "PostgREST");
  }

  function onward(request, response, port, path, bearer, name) {
    const headers = inward(request, ["authorization", "apikey"], {
      ...(bearer && { authorization: `Bearer ${bearer}` }), apikey: settings.publishableKey,
    });
    const failed = (how) => refuse(response, 503, `${name} ${how}: see \`make logs\`.`);
    pass(request, response, { port, path, headers, failed, replaced: CORS, patience: settings.patience.servers });
  }

  // Functions guard themselves: in production nothing of ours stands before them.
  function toFunction(request, response) {
    const named = request.url.match(UNIT)?.[1];
    const unit = named in settings.units ? named : "core";
    const port = settings.units[unit];
    if (!port) return refuseFunction(response, 404, "There is no such function.");
    const path = request.url.slice("/functions/v1".length) || "/";
    const failed = (how) => refuseFunction(response, 503, `The functions of "${unit}" ${how}: see \`make logs PART=functions-${unit}\`.`);
    const headers = inward(request, [], {});
    const { functions: patience } = settings.patience;
    pass(request, response, { port, path, headers, failed, patience, keep: !settings.reload });
  }

  async function route(request, response) {
    if (!URL.canParse(request.url, settings.url)) return refuse(response, 400, "This is no address.");
    const url = new URL(request.url, settings.url);
    const door = doorOf(request.url);
    // "/auth/v1/../../rest/v1" must not go in at one door and come out at another.
    if (door !== doorOf(url.pathname)) return refuse(response, 400, "Write the path without detours.");
    if (door === "functions") return toFunction(request, response);
    if (request.method === "OPTIONS") return answerPreflight(request, response);
    if (door === "auth") return toAuth(request, response, url);
    if (door === "rest") return toRest(request, response, url);
    if (door === "storage") return refuse(response, 501, "The embedded stack has no Storage.");
    refuse(response, 404, "There is nothing here: try /auth/v1, /rest/v1 or /functions/v1.");
  }

  const server = http.createServer((request, response) => {
    route(request, response).catch((error) => {
      console.error(error);
      refuse(response, 500, "The gateway failed: see `make logs`.");
    });
  });
  server.keepAliveTimeout = 75_000;
  await new Promise((resolve, reject) => server.once("error", reject).listen(settings.port, "127.0.0.1", resolve));
  return server;
}

const HINT = "Send the publishable or the secret key of this project in the `apikey` header.";

const doorOf = (path) => path.match(/^\/(auth|rest|storage|functions)\/v1(?=[/?]|$)/)?.[1];

function withoutKey(path, url) {
  if (!url.searchParams.has("apikey")) return path;
  const [before, query] = path.split("?", 2);
  const kept = query.split("&").filter((pair) => !/^apikey(=|$)/.test(pair));
  return kept.length ? `${before}?${kept.join("&")}` : before;
}
