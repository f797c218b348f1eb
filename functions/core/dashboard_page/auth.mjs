// What of Supabase Auth this page uses, each as one function. Who holds the tokens is session.mjs.
import { ask } from "./asking.mjs";
import { refusedByAuth } from "./trouble.mjs";

export class Auth {
  constructor(url, key) {
    this.base = `${url.replace(/\/+$/, "")}/auth/v1`;
    this.key = key;
  }

  signIn(email, password) {
    return this.#send("POST", "/token?grant_type=password", null, { email, password });
  }

  refresh(token) {
    return this.#send("POST", "/token?grant_type=refresh_token", null, { refresh_token: token });
  }

  // The authenticator apps that are enrolled and proven.
  async factors(token) {
    const user = await this.#send("GET", "/user", token);
    return (user.factors ?? []).filter((each) => each.factor_type === "totp" && each.status === "verified");
  }

  // A session with a second factor; a challenge is made for each try, as Auth wants it.
  async verify(token, factor, code) {
    const place = `/factors/${encodeURIComponent(factor)}`;
    const challenge = await this.#send("POST", `${place}/challenge`, token, {});
    return this.#send("POST", `${place}/verify`, token, { challenge_id: challenge.id, code });
  }

  signOut(token) {
    return this.#send("POST", "/logout?scope=local", token);
  }

  async #send(method, path, token, told) {
    const headers = { apikey: this.key, ...(token && { authorization: `Bearer ${token}` }), ...(told && { "content-type": "application/json" }) };
    const { status, body } = await ask(method, this.base + path, headers, told && JSON.stringify(told));
    if (status >= 300) throw refusedByAuth(status, body);
    return body;
  }
}
