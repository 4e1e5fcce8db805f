import { readFileSync } from "node:fs";
import { type Config, readConfig, typedPath } from "../config.ts";
import { tenantMigrations } from "../migrations/tenant/index.ts";
import { tenantEntities } from "../store/index.ts";
import { createTenancy, type Database, joinEmbedded, openDatabase, type Tenancy } from "../tenancy/index.ts";
import { UsageFault } from "./command.ts";

/**
 * Runs `work` on the configured PostgreSQL. The embedded one is shared with a running server, or started for as long as
 * the command takes.
 */
export async function withPostgres<T>(work: (url: string, config: Config) => Promise<T>): Promise<T> {
	const config = readConfig();
	const embedded = config.databaseUrl === undefined ? await joinEmbedded(config.dataDir) : undefined;
	try {
		return await work(config.databaseUrl ?? (embedded?.url as string), config);
	} finally {
		await embedded?.stop();
	}
}

/** Runs `work` on the configured database. A running server sees what was changed within 20 seconds. */
export const withTenancy = <T>(
	work: (tenancy: Tenancy, config: Config, database: Database) => Promise<T>,
): Promise<T> =>
	withPostgres(async (url, config) => {
		const database = await openDatabase({ url, poolSize: 2, tenantEntities, tenantMigrations });
		try {
			return await work(createTenancy(database), config, database);
		} finally {
			await database.close();
		}
	});

/** The one name a command is about. @throws UsageFault when none or several are given. */
export function onlyName(names: readonly string[], what: string): string {
	const [name, ...more] = names;
	if (name === undefined || more.length > 0) throw new UsageFault(`Name one ${what}`);
	return name;
}

/** The password in a file, so that it stands in no list of processes. @throws UsageFault when it cannot be read. */
export function readPassword(file: string): string {
	try {
		return readFileSync(typedPath(file), "utf8").trim();
	} catch {
		throw new UsageFault(`${file} cannot be read: check the path and its rights`);
	}
}
