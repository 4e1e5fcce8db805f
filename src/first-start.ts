import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
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

const DEMO = "demo";
const DEMO_PATIENTS = 25;

/** Makes the platform administrator and, if asked for, the demo clinic, each once. */
export async function firstStart(app: App, config: Config): Promise<FirstStart> {
	const administrator = await makeAdministrator(app, config);
	const demo = config.seedDemo ? await makeDemo(app, config) : undefined;
	return { ...(administrator && { administrator }), ...(demo && { demo }) };
}

async function makeAdministrator({ tenancy }: App, config: Config): Promise<FirstStart["administrator"]> {
	const made = await tenancy.ensurePlatformAdmin(config);
	if (made?.password === undefined) return made;
	const file = await writePrivate(config, "first-sign-in.txt", `${made.email}\n${made.password}\n`);
	return { ...made, file };
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
	const login = { email: "doctor@demo.example", password: randomBytes(15).toString("base64url"), tenant: DEMO };
	await addDoctor(tenancy, login);
	const file = await writePrivate(config, "demo-login.json", `${JSON.stringify(login)}\n`);
	return { slug: DEMO, file, patients: DEMO_PATIENTS };
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

async function writePrivate({ dataDir }: Config, name: string, text: string): Promise<string> {
	const file = join(dataDir, name);
	await mkdir(dataDir, { recursive: true });
	await writeFile(file, text, { mode: 0o600 });
	return file;
}
