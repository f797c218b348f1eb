// Bodies that the gateway reads itself: bounded, framed anew by their length, and of text that a database can store.
export const LARGEST = 1_000_000;

// As JSON.stringify writes them: Postgres stores neither NUL nor half of a surrogate pair, and lite would answer 500.
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

// The whole body, or null as soon as it is too large; what still comes then is read and thrown away.
export function read(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    request.on("data", (chunk) => {
      size += chunk.length;
      if (size <= LARGEST) return chunks.push(chunk);
      chunks.length = 0;
      resolve(null);
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    if (request.headers["content-length"] > LARGEST) resolve(null);
  });
}

// Whether Auth can take it. What is no JSON is left to Auth, which says so better.
export function isStorable(body) {
  let value;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return true;
  }
  try {
    return !UNSTORABLE.test(JSON.stringify(value));
  } catch {
    return false; // nested deeper than the stack reaches
  }
}
