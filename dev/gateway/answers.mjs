// What the gateway itself answers: preflights, refusals, and the headers that let browsers read both.
import { randomUUID } from "node:crypto";

const CODES = { 400: "VALIDATION_ERROR", 404: "NOT_FOUND", 413: "PAYLOAD_TOO_LARGE", 503: "UNAVAILABLE" };

export const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

export const CORS = { "access-control-allow-origin": "*", "access-control-expose-headers": "*" };

export function answerPreflight(request, response) {
  response.writeHead(204, {
    ...CORS,
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-max-age": "600",
    vary: "Access-Control-Request-Headers",
  });
  response.end();
}

export function answerJson(response, status, body, headers = {}) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...CORS,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

// Hosted answers so for Auth, PostgREST and Storage.
export function refuse(response, status, message, hint) {
  if (response.headersSent) return response.destroy();
  answerJson(response, status, { code: status, message, hint });
}

// Callers of functions parse one envelope, whoever answers.
export function refuseFunction(response, status, message) {
  if (response.headersSent) return response.destroy();
  const error = { code: CODES[status] ?? "INTERNAL_ERROR", message };
  const requestId = randomUUID();
  const envelope = { success: false, error, timestamp: new Date().toISOString(), requestId };
  answerJson(response, status, envelope, { "cache-control": "no-store", "x-request-id": requestId });
}
