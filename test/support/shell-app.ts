import Fastify, { type FastifyInstance } from "fastify";
import type { Test } from "tap";
import { type ShellOptions, serverOptions, shell } from "../../src/http/shell.ts";

export type ShellApp = {
	readonly app: FastifyInstance;
	/** Every line logged so far. */
	readonly lines: string[];
};

/** A server with nothing but the shell, whose log is caught; closed with the test. Add routes, then use `app.inject`. */
export async function shellApp(
	t: Test,
	options: Partial<ShellOptions & { logLevel: string; bodyLimit: number }> = {},
): Promise<ShellApp> {
	const lines: string[] = [];
	const logStream = { write: (line: string) => void lines.push(line) };
	const { logLevel = "trace", bodyLimit = 100_000, ...rest } = options;
	const app = Fastify(serverOptions({ logLevel, bodyLimit, describe: rest.describe, logStream }));
	await app.register(shell, { version: "1.2.3", ready: async () => ({ behind: 0 }), ...rest });
	t.teardown(() => app.close());
	return { app, lines };
}
