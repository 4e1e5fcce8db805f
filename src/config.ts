import { resolve } from "node:path";

/** Everything a deployment can set, read once from the environment and frozen. Documented in docs/configuration.md. */
export type Config = {
	readonly port: number;
	readonly host: string;
	/** Base of every absolute URL handed out, without a trailing slash; `undefined`: taken from each request. */
	readonly publicUrl: string | undefined;
	/** A PostgreSQL server to use; `undefined`: the embedded one under `dataDir`. */
	readonly databaseUrl: string | undefined;
	readonly dataDir: string;
	readonly adminEmail: string | undefined;
	readonly adminPassword: string | undefined;
	readonly seedDemo: boolean;
	readonly workers: number;
	readonly logLevel: string;
	/** Bytes: the largest Bundle and the largest single resource. */
	readonly maxBundleBytes: number;
	readonly maxResourceBytes: number;
	readonly maxBundleEntries: number;
	/** Database connections of a process for reads and writes; searches have half as many of their own. */
	readonly poolSize: number;
	/** PEM of the private signing key; `undefined`: generated and kept under `dataDir`. */
	readonly jwtPrivateKey: string | undefined;
};

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/**
 * Reads and checks the environment.
 * @throws Error that lists every variable that is wrong, the rule and the mend.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
	const faults: string[] = [];
	const number = (name: string, fallback: number, least: number, most: number): number => {
		const text = env[name];
		if (text === undefined || text === "") return fallback;
		const value = Number(text);
		if (Number.isInteger(value) && value >= least && value <= most) return value;
		faults.push(`${name} is "${text}": it must be a whole number from ${least} to ${most}`);
		return fallback;
	};
	const text = (name: string): string | undefined => env[name] || undefined;
	const oneOf = (name: string, fallback: string, allowed: readonly string[]): string => {
		const value = text(name) ?? fallback;
		if (!allowed.includes(value)) faults.push(`${name} is "${value}": it must be one of ${allowed.join(", ")}`);
		return value;
	};
	const url = (name: string, protocols: readonly string[]): string | undefined => {
		const value = text(name);
		if (value === undefined) return undefined;
		if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value.replace(/\/+$/, "");
		faults.push(`${name} must be an absolute URL that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`);
		return undefined;
	};
	const databaseUrl = url("DATABASE_URL", ["postgres:", "postgresql:"]);
	const config: Config = {
		port: number("PORT", 8080, 0, 65535),
		host: text("HOST") ?? "127.0.0.1",
		publicUrl: url("PUBLIC_URL", ["http:", "https:"]),
		databaseUrl,
		dataDir: resolve(text("DATA_DIR") ?? "./.data"),
		adminEmail: text("ADMIN_EMAIL"),
		adminPassword: text("ADMIN_PASSWORD"),
		seedDemo: oneOf("SEED_DEMO", databaseUrl ? "false" : "true", ["true", "false"]) === "true",
		workers: number("WORKERS", 1, 1, 256),
		logLevel: oneOf("LOG_LEVEL", "info", LOG_LEVELS),
		maxBundleBytes: number("MAX_BUNDLE_MB", 64, 1, 1024) * 1024 * 1024,
		maxResourceBytes: number("MAX_RESOURCE_MB", 16, 1, 256) * 1024 * 1024,
		maxBundleEntries: number("MAX_BUNDLE_ENTRIES", 10_000, 1, 1_000_000),
		poolSize: number("DATABASE_POOL", 16, 1, 1000),
		jwtPrivateKey: text("JWT_PRIVATE_KEY"),
	};
	if (config.adminPassword !== undefined && config.adminPassword.length < 12) {
		faults.push("ADMIN_PASSWORD is shorter than 12 characters: choose a longer one");
	}
	if (faults.length > 0) throw new Error(`The configuration is not usable:\n- ${faults.join("\n- ")}`);
	return Object.freeze(config);
}

/** What the commands that talk to a server take from the environment when an option is not given. */
export type ClientEnvironment = {
	readonly server: string;
	readonly tenant: string | undefined;
	readonly email: string | undefined;
	readonly password: string | undefined;
	readonly token: string | undefined;
	readonly dataDir: string;
};

/** Reads the `PHC_…` variables. A password or token belongs here or in a file, never on a command line. */
export function readClientEnvironment(env: NodeJS.ProcessEnv = process.env): ClientEnvironment {
	return Object.freeze({
		server: env.PHC_SERVER || `http://127.0.0.1:${env.PORT || 8080}`,
		tenant: env.PHC_TENANT || undefined,
		email: env.PHC_EMAIL || undefined,
		password: env.PHC_PASSWORD || undefined,
		token: env.PHC_TOKEN || undefined,
		dataDir: resolve(env.DATA_DIR || "./.data"),
	});
}

/**
 * A path as someone typed it behind `phc`: `npm run phc` goes to the source folder first, so a relative one is read
 * from where npm was called. https://docs.npmjs.com/cli/commands/npm-run-script
 */
export function typedPath(path: string, env: NodeJS.ProcessEnv = process.env): string {
	const from = env.npm_lifecycle_event === "phc" ? env.INIT_CWD : undefined;
	return from === undefined || resolve(from) === process.cwd() ? path : resolve(from, path);
}
