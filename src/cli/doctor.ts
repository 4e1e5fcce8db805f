import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import type { Command, Io } from "./command.ts";

export const doctor: Command = {
	name: "doctor",
	summary: "check the installation and say how to mend it",
	usage: `phc doctor

Checks Node.js, clock, data directory, rights of password files, database (reachable, migrated) and port with the
configuration of the environment. One line each: ok, or failed with the mend. It changes nothing. Exit code 1 when a check failed.`,
	run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
	parseArgs({ args: [...args], options: {} });
	// The database driver is slow to load, and every command comes by this file.
	const { CHECKS } = await import("./checks.ts");
	const config = readConfig();
	io.out("ok      Configuration: readable");
	let failed = 0;
	for (const check of CHECKS) {
		const { text, mend } = await check.run(config);
		io.out(
			`${mend === undefined ? "ok    " : "failed"}  ${check.name}: ${text}${mend === undefined ? "" : `. Mend: ${mend}`}`,
		);
		if (mend !== undefined) failed++;
	}
	return failed === 0 ? 0 : 1;
}
