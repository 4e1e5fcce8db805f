import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "./app.ts";
import type { Config } from "./config.ts";
import { demoBundles, indianDate } from "./demo/index.ts";
import { type Context, Problem } from "./kernel/index.ts";

/** What the first start on a database made, for the person who started it. Files can be read by their owner only. */
export type FirstStart = {
	readonly administrator?: { readonly email: string; readonly password?: string; readonly file?: string };
	readonly demo?: { readonly slug: string; readonly file: string; readonly patients: number };
};

const ADMIN_EMAIL = "admin@localhost";
const DEMO = "demo";
const DEMO_PATIENTS = 25;

/** Makes the platform administrator and, if asked for, the demo clinic, each once. */
export async function firstStart(app: App, config: Config): Promise<FirstStart> {
	const administrator = await makeAdministrator(app, config);
	const demo = config.seedDemo ? await makeDemo(app, config) : undefined;
	return { ...(administrator && { administrator }), ...(demo && { demo }) };
}

/** A password that was chosen here is kept before it is used: no broken off start leaves one that nobody knows. */
async function makeAdministrator({ tenancy }: App, config: Config): Promise<FirstStart["administrator"]> {
	const people = await tenancy.listPeople();
	if (people.some(({ roles }) => roles.includes("PLATFORM_ADMIN"))) return undefined;
	if (config.adminPassword !== undefined) return tenancy.ensurePlatformAdmin(config);
	const [adminEmail, password] = [config.adminEmail ?? ADMIN_EMAIL, newPassword()];
	const file = await writePrivate(config, "first-sign-in.txt", `${adminEmail}\n${password}\n`);
	const made = await tenancy.ensurePlatformAdmin({ adminEmail, adminPassword: password });
	if (made) return { ...made, password, file };
	// Another server on the same database was quicker.
	await rm(file);
	return undefined;
}

/** The demo clinic with a doctor; seeding is finished by the next start if this one is broken off. */
async function makeDemo({ tenancy, dispatch }: App, config: Config): Promise<FirstStart["demo"]> {
	const known = await tenancy.resolve(DEMO);
	if (known && known.status !== "provisioning" && (await tenancy.listPeople(DEMO)).length > 0) return undefined;
	if (known?.status !== "active") await tenancy.provision({ slug: DEMO, name: "Demo primary health centre" });
	const tenant = (await tenancy.resolve(DEMO))?.tenant;
	if (!tenant) throw new Error("the demo clinic was not made");
	const context: Context = {
		tenant,
		caller: { userId: "first-start", roles: ["ADMIN"], tenantId: tenant.id, tenantSlug: DEMO, scope: "" },
		base: `${config.publicUrl ?? `http://${config.host}:${config.port}`}/t/${DEMO}/fhir`,
		requestId: "first-start",
	};
	const today = indianDate(new Date());
	for (const tree of demoBundles({ patients: DEMO_PATIENTS, seed: 1, today, patientsPerBundle: DEMO_PATIENTS })) {
		const body = { kind: "json", tree, mediaType: "application/fhir+json" } as const;
		await dispatch(context, { method: "POST", path: "", query: "", conditions: {}, body });
	}
	const { file, ...login } = await demoLogin(config);
	await addDoctor(tenancy, login);
	return { slug: DEMO, file, patients: DEMO_PATIENTS };
}

/** The doctor's sign-in, as an earlier start left it: who is known to the platform already keeps the password. */
async function demoLogin(config: Config): Promise<{ email: string; password: string; file: string }> {
	const name = "demo-login.json";
	const file = join(config.dataDir, name);
	const kept = await readFile(file, "utf8").catch(() => undefined);
	if (kept !== undefined) return { ...JSON.parse(kept), file };
	const login = { email: "doctor@demo.example", password: newPassword(), tenant: DEMO };
	await writePrivate(config, name, `${JSON.stringify(login)}\n`);
	return { ...login, file };
}

async function addDoctor(
	tenancy: App["tenancy"],
	{ email, password }: { email: string; password: string },
): Promise<void> {
	try {
		await tenancy.addPerson(DEMO, { email, password, name: "Demo doctor", roles: ["DOCTOR"] });
	} catch (error) {
		if (!(error instanceof Problem && error.kind === "duplicate")) throw error;
	}
}

const newPassword = (): string => randomBytes(15).toString("base64url");

/** Renamed when whole, so that no start finds half a file. */
async function writePrivate({ dataDir }: Config, name: string, text: string): Promise<string> {
	const file = join(dataDir, name);
	await mkdir(dataDir, { recursive: true });
	await writeFile(`${file}.draft`, text, { mode: 0o600 });
	await rename(`${file}.draft`, file);
	return file;
}
