// Runs the gateway's rewriting of answers against stand-ins for the signer and for lite, and prints what came out.
import { makeSessions } from "../../dev/gateway/sessions.mjs";

const tokens = {
  read: async (token) => ({ session_id: token }),
  outward: async (token, user, amr) => `new(${token}:${user.id}:${amr.map((each) => each.method)})`,
};
const lite = async () => Response.json({ id: "ada" });
const sessions = makeSessions(tokens, lite);
const token = (name) => ({ access_token: name, user: { id: "ada" } });

const plain = await sessions.location("http://app/#error=x", "otp");
const signed = await sessions.location("http://app/#access_token=old&refresh_token=r", "otp");
const nested = await sessions.body({ session: token("old") }, "otp");
const refreshed = (await sessions.body(token("old"), null)).access_token;
const unknown = (await sessions.body(token("other"), null)).access_token;
console.log(JSON.stringify({ plain, signed, nested, refreshed, unknown }));
