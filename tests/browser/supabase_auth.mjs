// Supabase Auth as this page knows it, answered in the browser: the embedded one has no second factor.
const json = (route, status, body) => route.fulfill({ status, contentType: "application/json", body: body === null ? "" : JSON.stringify(body) });

// `told`: tokens (one for each time that some are issued), lifetime, factors; `refuses`: {"/token": [400, {…}], …}.
export async function answerAuth(page, { tokens, lifetime = 900, factors = [{ id: "app", factor_type: "totp", status: "verified" }], code = "123456" }) {
  const auth = { issued: 0, refuses: {}, signedOut: [] };
  const issue = () => ({
    access_token: tokens[Math.min(auth.issued, tokens.length - 1)], refresh_token: `refresh-${(auth.issued += 1)}`,
    expires_in: lifetime, user: { email: "grace@example.com" },
  });
  const answers = {
    "/token": (request, url) => (url.searchParams.get("grant_type") === "password" && request.postDataJSON().password !== "right"
      ? [400, { code: 400, error_code: "invalid_credentials", msg: "Invalid login credentials" }] : [200, issue()]),
    "/user": () => [200, { email: "grace@example.com", factors }],
    "/factors/app/challenge": () => [200, { id: "challenge", type: "totp" }],
    "/factors/app/verify": (request) => (request.postDataJSON().code === code && request.postDataJSON().challenge_id === "challenge"
      ? [200, issue()] : [422, { code: 422, error_code: "mfa_verification_failed", msg: "Invalid TOTP code entered" }]),
    "/logout": (request) => { auth.signedOut.push(request.headers().authorization); return [204, null]; },
  };
  await page.route("**/auth/v1/**", (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const path = url.pathname.replace("/auth/v1", "");
    const refused = auth.refuses[path];
    if (refused === "abort") return route.abort("connectionrefused");
    return json(route, ...(refused ?? answers[path]?.(request, url) ?? [404, { msg: "no such endpoint" }]));
  });
  return auth;
}
