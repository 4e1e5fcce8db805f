import type { Test } from "tap";
import { loadDefinitions, loadRegistry, packagedDefinitions } from "../../src/definitions/index.ts";
import { codeCheckOf, createDispatch, type Engine, interactions, restrictionOf } from "../../src/interactions/index.ts";
import {
	type Context,
	type FhirRequest,
	type FhirResponse,
	type Method,
	parseJson,
	type Resource,
	type Role,
	type Tenant,
} from "../../src/kernel/index.ts";
import { tenantMigrations } from "../../src/migrations/tenant/index.ts";
import { operationRoutes } from "../../src/operations/index.ts";
import { createStore, tenantEntities } from "../../src/store/index.ts";
import { createTenancy, type Database, openDatabase, type Tenancy } from "../../src/tenancy/index.ts";
import { loadTerminology } from "../../src/terminology/index.ts";
import { checkStructure } from "../../src/validation/index.ts";
import { testDatabase } from "./database.ts";

export type Ask = {
	/** Sends a request as JSON text through the lossless parser, as HTTP would. */
	(
		method: Method,
		url: string,
		body?: unknown,
		more?: Partial<FhirRequest> & { roles?: Role[] },
	): Promise<FhirResponse>;
	readonly engine: Engine;
	readonly tenant: Tenant;
	readonly tenancy: Tenancy;
	readonly database: Database;
};

export const BASE = "http://clinic.test/t/first/fhir";

/** A clinic on a real database, spoken to by FHIR requests without HTTP. */
export async function testClinic(t: Pick<Test, "teardown">, slug = "first"): Promise<Ask> {
	const { url } = await testDatabase(t);
	const database = await openDatabase({ url, poolSize: 12, tenantEntities, tenantMigrations });
	t.teardown(() => database.close());
	const tenancy = createTenancy(database);
	await tenancy.provision({ slug, name: "First clinic" });
	const tenant = (await tenancy.resolve(slug))?.tenant as Tenant;
	const registry = loadRegistry();
	const definitions = loadDefinitions();
	const terminology = loadTerminology({ definitions });
	const engine: Engine = {
		registry,
		store: createStore(database, registry),
		validate: async (resource) => checkStructure(registry, resource),
		definitions,
		packagesOf: packagedDefinitions(definitions, tenancy.definitionsFor),
		terminology,
		codes: codeCheckOf(terminology),
		restrictionOf,
		linkKey: Buffer.alloc(32, 7),
		limits: { bundleEntries: 10_000, resourceBytes: 4 * 1024 * 1024 },
		software: { name: "PHC Commons FHIR", version: "0.0.0", released: "2026-01-01" },
	};
	const dispatch = createDispatch(engine, [...interactions, ...operationRoutes]);
	const ask = (
		method: Method,
		address: string,
		body?: unknown,
		{ roles = ["DOCTOR", "ADMIN"], ...more }: Partial<FhirRequest> & { roles?: Role[] } = {},
	) => {
		const [path = "", query = ""] = address.split(/\?(.*)/s);
		const context: Context = {
			tenant,
			caller: { userId: "u1", roles, tenantId: tenant.id, tenantSlug: slug, scope: "" },
			base: BASE,
			requestId: "r1",
		};
		const json = body === undefined ? undefined : parseJson(typeof body === "string" ? body : JSON.stringify(body));
		return dispatch(context, {
			method,
			path,
			query,
			conditions: {},
			...(json !== undefined && { body: { kind: "json" as const, tree: json, mediaType: "application/fhir+json" } }),
			...more,
		});
	};
	return Object.assign(ask, { engine, tenant, tenancy, database });
}

/** The JSON of an answer, with plain numbers. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export const jsonOf = (response: FhirResponse): any => JSON.parse(response.body as string);

/** A small valid Patient. */
export const somePatient = (more: Partial<Resource> = {}): Resource => ({
	resourceType: "Patient",
	name: [{ text: "Asha Devi", family: "Devi", given: ["Asha"] }],
	...more,
});
