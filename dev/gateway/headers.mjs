// Headers on their way inward: what belongs to one hop or to the gateway alone is taken out, who called is put in.
const HOP_BY_HOP = [
  "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
  "transfer-encoding", "upgrade",
];
const OURS = [
  "cf-connecting-ip", "forwarded", "true-client-ip", "x-forwarded-for", "x-forwarded-host",
  "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-proto", "x-real-ip",
];
// Connection may not take these away: without them a request is another one, or the beginning of the next.
const STAY = new Set([
  ...OURS, "apikey", "authorization", "content-length", "content-type", "host", "transfer-encoding",
  "x-act-as", "x-api-key", "x-function-key", "x-request-id",
]);

// All values of a header, which Node would otherwise join or drop.
export function valuesOf(request, name) {
  const values = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    if (request.rawHeaders[at].toLowerCase() === name) values.push(request.rawHeaders[at + 1]);
  }
  return values;
}

export function peerOf(request) {
  return (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

// What the Connection header says belongs to this hop alone (RFC 9110, 7.6.1).
const namedByConnection = (request) =>
  valuesOf(request, "connection").flatMap((value) => value.split(",")).map((name) => name.trim().toLowerCase());

export const takesAway = (request) => namedByConnection(request).some((name) => STAY.has(name));

// Name, value, name, value …, duplicates kept: it is for the receiver to refuse them. How the body is framed is added by
// who passes it on.
export function inward(request, without, added) {
  const dropped = new Set([...HOP_BY_HOP, ...OURS, ...namedByConnection(request), ...without]);
  const kept = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    if (!dropped.has(request.rawHeaders[at].toLowerCase())) kept.push(request.rawHeaders[at], request.rawHeaders[at + 1]);
  }
  const peer = peerOf(request);
  kept.push("cf-connecting-ip", peer, "x-forwarded-for", peer, "x-forwarded-proto", "http");
  for (const [name, value] of Object.entries(added)) kept.push(name, value);
  return kept;
}

export function outward(headers, replaced) {
  const kept = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!HOP_BY_HOP.includes(name) && !(replaced && name.startsWith("access-control-"))) kept[name] = value;
  }
  return { ...kept, ...replaced };
}
