import { once } from "node:events";
import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { serveHere } from "./server.ts";
import { askPrimary, tellFailure } from "./worker-messages.ts";

/** One of several processes that serve. Ctrl-C in a terminal reaches it too, and is left to the primary. */
const config = readConfig();
process.on("SIGINT", () => undefined);
try {
	const app = await createApp(config, { databaseUrl: config.databaseUrl as string, metricsOfAll: askPrimary() });
	const { close } = await serveHere(app, config);
	await Promise.race([once(process, "SIGTERM"), once(process, "disconnect")]);
	await close();
	process.exit(0);
} catch (error) {
	tellFailure(error);
}
