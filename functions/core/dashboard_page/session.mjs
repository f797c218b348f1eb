// Who is signed in, in memory alone: a person's tokens, which are renewed before they end, or the metrics token.
import { Trouble } from "./trouble.mjs";

const EARLY_MS = 60_000;

export class PersonSession {
  #auth;
  #tokens;
  #until = 0;
  #renewal = null;

  constructor(auth, issued) {
    this.holder = "person";
    this.name = issued.user?.email ?? "";
    this.#auth = auth;
    this.#keep(issued);
  }

  // An access token that holds for a while yet. By this page's own clock, which need not agree with the server's.
  async bearer() {
    if (Date.now() > this.#until - EARLY_MS) await this.renew();
    return this.#tokens.access_token;
  }

  // Once for all who ask meanwhile: a refresh token is good for one use.
  renew() {
    this.#renewal ??= this.#renewed().finally(() => { this.#renewal = null; });
    return this.#renewal;
  }

  async #renewed() {
    try {
      this.#keep(await this.#auth.refresh(this.#tokens.refresh_token));
    } catch (trouble) {
      if (trouble.kind === "wrong") throw new Trouble("ended", "Your session has ended. Sign in again.");
      if (Date.now() > this.#until) throw trouble;
    }
  }

  // Here it ends at once; a server that cannot be reached learns of it when the token runs out.
  async end() {
    const token = this.#tokens.access_token;
    if (!token) return;
    this.#tokens = { access_token: "", refresh_token: "" };
    await this.#auth.signOut(token).catch(() => null);
  }

  #keep(issued) {
    this.#tokens = { access_token: issued.access_token, refresh_token: issued.refresh_token };
    this.#until = Date.now() + issued.expires_in * 1000;
  }
}

export class TokenSession {
  #token;

  constructor(token) {
    this.holder = "token";
    this.name = "metrics token";
    this.#token = token;
  }

  async bearer() {
    return this.#token;
  }

  async renew() {
    throw new Trouble("ended", "This is not the metrics token of this deployment.");
  }

  async end() {
    this.#token = "";
  }
}
