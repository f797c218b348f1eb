// The gateway's process: one door for everything, and lite's Auth behind it.
// Its settings come through standard input, not through arguments, which `ps` shows.
const OLDEST = 20;
if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  console.error(`Node ${OLDEST} or newer is needed; this is ${process.version}.`);
  process.exit(1);
}

let text = "";
for await (const chunk of process.stdin) text += chunk;
const settings = JSON.parse(text);

const { listen } = await import("./server.mjs");
const server = await listen(settings);
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    server.closeAllConnections();
    process.exit(0);
  });
}
