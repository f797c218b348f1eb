// What can go wrong between this page and a server: a kind for the program, a sentence for whoever reads it.
export class Trouble extends Error {
  constructor(kind, sentence) {
    super(sentence);
    this.kind = kind;
  }
}

// `offline`, `busy` and `unavailable` pass; `ended` and `refused` lead back to the door.
export const PASSES = new Set(["offline", "busy", "unavailable"]);

const OFFLINE = "You are offline.";
const UNREACHED = "The server cannot be reached.";
const LATE = "The server takes too long to answer.";

export function unreached(error) {
  if (navigator.onLine === false) return new Trouble("offline", OFFLINE);
  return new Trouble("offline", error.name === "TimeoutError" ? LATE : UNREACHED);
}

// How one of our functions refuses; `holder` is "person" or "token".
export function refusedBy(status, body, holder) {
  if (status === 401 && holder === "token") return new Trouble("ended", "This is not the metrics token of this deployment.");
  if (status === 401) return new Trouble("ended", "Your session has ended. Sign in again.");
  if (status === 403 && /second factor/.test(body?.error?.message)) {
    return new Trouble("refused", "Staff need a second factor for this page. Sign in with yours.");
  }
  if (status === 403) return new Trouble("refused", "You are signed in, but this page is for staff. Ask an administrator to add you.");
  if (status === 429) return new Trouble("busy", "This page has asked too often.");
  if (status === 503 || status === 504) return new Trouble("unavailable", "The service is not available just now.");
  return new Trouble("unavailable", `The service failed (${status}).`);
}

const SAID = {
  invalid_credentials: "The e-mail address or the password is not right.",
  email_not_confirmed: "Confirm your e-mail address first, with the link in the mail that you got.",
  user_banned: "This account is suspended.",
  mfa_verification_failed: "This code is not right. Wait for the next one and try again.",
  mfa_challenge_expired: "That took too long. Enter the code that is shown now.",
};

// How Supabase Auth refuses; its own sentence where none is known here, as our hooks write theirs.
export function refusedByAuth(status, body) {
  if (status >= 500) return new Trouble("unavailable", "Sign-in is not available just now. Try again in a minute.");
  if (status === 429) return new Trouble("busy", "There were too many attempts. Wait a few minutes and try again.");
  const said = SAID[body?.error_code];
  const own = body?.msg ?? body?.error_description ?? body?.message;
  return new Trouble("wrong", said ?? (typeof own === "string" && own ? own : `Sign-in was refused (${status}).`));
}
