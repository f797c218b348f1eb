// Access tokens: signed as hosted signs them, and translated for lite, which knows HS256 only.
import { importJWK, jwtVerify, SignJWT } from "jose";

const SHORT = 60;

export async function makeTokens({ url, signingKey, liteSecret }) {
  const { d: _, use: __, ...publicJwk } = signingKey;
  const privateKey = await importJWK(signingKey, "ES256");
  const publicKey = await importJWK(publicJwk, "ES256");
  const secret = liteSecret && new TextEncoder().encode(liteSecret);
  const issuer = `${url}/auth/v1`;
  let service = { token: "", until: 0 };

  const sign = (claims) =>
    new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: signingKey.kid, typ: "JWT" }).sign(privateKey);
  const signForLite = (claims) => new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(secret);

  return {
    jwks: { keys: [{ ...publicJwk, use: "sig", key_ops: ["verify"] }] },

    // What the secret key stands for, good for a minute.
    async service() {
      const now = Math.floor(Date.now() / 1000);
      if (service.until < now + SHORT / 2) {
        const claims = { iss: issuer, aud: "authenticated", role: "service_role", iat: now, exp: now + SHORT };
        service = { token: await sign(claims), until: claims.exp };
      }
      return service.token;
    },

    // Lite's token, verified, with the claims that hosted adds.
    async outward(token, user, amr) {
      const { payload } = await jwtVerify(token, secret, { algorithms: ["HS256"] });
      return sign({
        iss: issuer, ...payload, phone: user.phone ?? "", app_metadata: user.app_metadata ?? {},
        user_metadata: user.user_metadata ?? {}, aal: "aal1", amr, is_anonymous: user.is_anonymous ?? false,
      });
    },

    // Ours, verified, as lite would have signed it; or nothing.
    async inward(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: ["ES256"], issuer, audience: "authenticated",
        });
        const { sub, aud, role, email, session_id, iat, exp } = payload;
        return await signForLite({ sub, aud, role, email, session_id, iat, exp });
      } catch {
        return null;
      }
    },

    read: async (token) => (await jwtVerify(token, secret, { algorithms: ["HS256"] })).payload,
  };
}
