// Lite's answers, with its access tokens replaced by what hosted would have issued.
const REMEMBERED = 10_000;
const METHODS = { password: "password", pkce: "oauth", id_token: "oauth" };

export function makeSessions(tokens, lite) {
  const methods = new Map(); // session -> how it began; a refresh repeats it

  function amrOf(session, began) {
    const known = methods.get(session);
    if (known && began === null) return known;
    const amr = [{ method: began ?? "password", timestamp: Math.floor(Date.now() / 1000) }];
    methods.set(session, amr);
    if (methods.size > REMEMBERED) methods.delete(methods.keys().next().value);
    return amr;
  }

  async function resign(token, user, began) {
    const claims = await tokens.read(token);
    return tokens.outward(token, user ?? (await userOf(token)), amrOf(claims.session_id, began));
  }

  async function userOf(token) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await lite(new Request("http://lite/auth/v1/user", { headers }), "127.0.0.1");
    return answer.ok ? answer.json() : {};
  }

  return {
    // Which method a request proves: a refresh proves none anew.
    began(path, query) {
      if (path.endsWith("/signup")) return "password";
      if (!path.endsWith("/token")) return "otp";
      const grant = query.get("grant_type");
      return grant === "refresh_token" ? null : (METHODS[grant] ?? grant);
    },

    async body(body, began) {
      if (body?.access_token) return { ...body, access_token: await resign(body.access_token, body.user, began) };
      if (body?.session?.access_token) return { ...body, session: await this.body(body.session, began) };
      return body;
    },

    // Links in mails end in a redirect whose fragment carries the session.
    async location(location, began) {
      const [address, fragment] = location.split("#", 2);
      const values = new URLSearchParams(fragment ?? "");
      if (!values.has("access_token")) return location;
      values.set("access_token", await resign(values.get("access_token"), null, began));
      return `${address}#${values}`;
    },
  };
}
