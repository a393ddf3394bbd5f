// An OAuth server that is not ours, with GitLab's paths (trackers.md §7.3), until its input ends. Its control
// port drives the pages as a person with a browser would.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const listening = (server, port = 0) =>
  new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server.address().port)));

const probe = createServer();
const port = await listening(probe);
await new Promise((resolve) => probe.close(resolve));
const issuer = `http://127.0.0.1:${port}`;
const redirect = "http://127.0.0.1:1/oauth/callback";

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "app1",
      client_secret: "app1-secret",
      token_endpoint_auth_method: "client_secret_post",
      application_type: "web",
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
      redirect_uris: [redirect],
    },
    {
      client_id: "public1",
      token_endpoint_auth_method: "none",
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
      redirect_uris: [redirect],
    },
  ],
  scopes: ["openid", "offline_access", "api"],
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  cookies: { keys: ["only for this test"] },
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  routes: {
    authorization: "/oauth/authorize",
    device_authorization: "/oauth/authorize_device",
    code_verification: "/oauth/device",
    token: "/oauth/token",
    revocation: "/oauth/revoke",
    introspection: "/oauth/introspect",
  },
});
const server = createServer(provider.callback());
await listening(server, port);

// A browser that signs in and says yes, page after page; gives where it is led to, or "".
async function visit(address) {
  const jar = new Map();
  const ask = async (url, options = {}) => {
    const answer = await fetch(url, {
      redirect: "manual",
      ...options,
      headers: { ...options.headers, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    // Debian 12's Node has no getSetCookie; a comma in a date is followed by no name.
    for (const cookie of (answer.headers.get("set-cookie") ?? "").split(/, (?=[^;=,]+=)/).filter(Boolean)) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      jar.set(name, value);
    }
    return answer;
  };
  let url = address;
  let answer = await ask(url);
  for (let page = 0; page < 20; ++page) {
    const next = answer.headers.get("location");
    if (next) {
      url = new URL(next, url).href;
      if (!url.startsWith(issuer)) return url;
      answer = await ask(url);
      continue;
    }
    const html = await answer.text();
    const form = /<form[^>]*action="([^"]*)"/.exec(html);
    if (!form) return "";
    const fields = new URLSearchParams();
    for (const [input] of html.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      if (name && name !== "abort") fields.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? "bot");
    }
    const code = new URL(address).searchParams.get("user_code");
    if (code && !fields.has("user_code")) fields.set("user_code", code);
    if (fields.has("user_code")) fields.set("confirm", "yes");
    url = new URL(form[1], url).href;
    answer = await ask(url, { method: "POST", body: fields });
  }
  return "";
}

const control = createServer(async (request, response) => {
  const address = new URL(request.url, "http://x").searchParams.get("url");
  try {
    response.end(await visit(address));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
console.log(`control http://127.0.0.1:${await listening(control)}`);
console.log(`listening ${issuer}`);
process.stdin.on("end", () => process.exit(0)).resume();
process.on("SIGTERM", () => process.exit(0));
