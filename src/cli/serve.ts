import { once } from "node:events";
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import type { Command, Io } from "./command.ts";

export const serve: Command = {
	name: "serve",
	summary: "start the server",
	usage: `phc serve

Starts the server with the configuration of the environment (see docs/configuration.md): by default an embedded
PostgreSQL under DATA_DIR, listening on 127.0.0.1:8080. SIGINT and SIGTERM end it after the requests under way.`,
	run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
	parseArgs({ args: [...args], options: {} });
	const { start } = await import("../server.ts");
	const server = await start(readConfig());
	for (const line of greeting(server)) io.out(line);
	await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
	await server.close();
	return 0;
}

type Started = Pick<Awaited<ReturnType<typeof import("../server.ts")["start"]>>, "url" | "first">;

/** What a start tells the person at the terminal: where the server is and, the first time, how to sign in. */
export function greeting({ url, first: { administrator, demo } }: Started): string[] {
	const lines = [`PHC Commons FHIR is at ${url}`];
	if (demo !== undefined) {
		lines.push(
			"",
			`Demo clinic with ${demo.patients} synthetic patients: ${url}/t/${demo.slug}/fhir`,
			`  sign in with ${demo.file}`,
		);
	}
	if (administrator !== undefined) {
		lines.push("", `Platform administrator: ${administrator.email}`);
		if (administrator.password !== undefined) {
			lines.push(`  password: ${administrator.password}`, `  (shown once; kept in ${administrator.file})`);
		}
	}
	return lines;
}
