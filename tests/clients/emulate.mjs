// A GitHub that is not ours, on a port of its own until its input ends (trackers.md T2).
import { createEmulator } from "emulate";
import { createServer } from "node:net";

const free = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const github = await createEmulator({
  service: "github",
  port: await free(),
  seed: {
    tokens: { ghp_bot: { login: "countersign", scopes: ["repo"] }, ghp_sam: { login: "sam", scopes: ["repo"] } },
    github: {
      users: [{ login: "countersign" }, { login: "sam" }],
      orgs: [{ login: "acme" }],
      repos: [{ owner: "countersign", name: "vendors", auto_init: true }],
    },
  },
});
console.log(`listening ${github.url}`);
process.on("SIGTERM", () => github.close().then(() => process.exit(0)));
