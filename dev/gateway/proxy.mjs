// Passing a request on and its answer back, both as they come.
import http from "node:http";

import { outward } from "./headers.mjs";

// PostgREST closes idle connections after 30 s; ours must be gone before.
const kept = new http.Agent({ keepAlive: true, timeout: 10_000 });
const single = new http.Agent({ keepAlive: false });

// `to` is {port, path, headers, body, patience, failed(sentence), replaced, keep}: `body` is what was read of it already,
// `patience` bounds the wait for the first line of the answer, `failed` answers in its place.
export function pass(request, response, to) {
  const onward = http.request({
    host: "127.0.0.1", port: to.port, method: request.method, path: to.path, headers: to.headers,
    agent: to.keep === false ? single : kept,
  });
  const hasBody = request.headers["content-length"] > 0 || "transfer-encoding" in request.headers;
  const timer = setTimeout(() => onward.destroy(new Error("timeout")), to.patience);
  const leave = () => onward.destroy();
  response.once("close", leave);

  onward.on("response", (answer) => {
    clearTimeout(timer);
    response.writeHead(answer.statusCode, outward(answer.headers, to.replaced));
    answer.on("end", () => {
      response.off("close", leave);
      // It was answered before it was read, as what is too large is; clients read only once they have sent it all.
      request.unpipe(onward);
      request.resume();
    });
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  onward.on("error", (error) => {
    clearTimeout(timer);
    response.off("close", leave);
    if (response.destroyed || response.writableEnded) return;
    // The other side closed a connection that we had kept: nothing was read of this request yet.
    const harmless = ["GET", "HEAD", "OPTIONS"].includes(request.method);
    if (onward.reusedSocket && error.code === "ECONNRESET" && harmless && !hasBody) return pass(request, response, to);
    to.failed(error.message === "timeout" ? `gave no answer within ${to.patience / 1000} s` : "does not answer");
  });
  if (to.body) onward.end(to.body);
  else if (hasBody) request.pipe(onward);
  else onward.end();
}
