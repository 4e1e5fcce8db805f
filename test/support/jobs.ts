import type { Test } from "tap";
import { createDispatch, interactions } from "../../src/interactions/index.ts";
import { createRunner, jobKinds, type Runner, type RunnerOptions } from "../../src/jobs/index.ts";
import { type FhirResponse, type Method, parseJson, type Role, type Tenant } from "../../src/kernel/index.ts";
import { operationRoutes } from "../../src/operations/index.ts";
import type { Ask } from "./clinic.ts";

/** A runner on the database of a test clinic, quick to notice and not waiting for other processes. */
export function testRunner(t: Pick<Test, "teardown">, ask: Ask, options: Partial<RunnerOptions> = {}): Runner {
	const runner = createRunner({
		engine: ask.engine,
		kinds: jobKinds,
		resolve: ask.tenancy.resolve,
		onFault: () => undefined,
		pollMs: 20,
		settleMs: 0,
		retryMs: 20,
		...options,
	});
	t.teardown(() => runner.stop());
	return runner;
}

export type AskOther = (method: Method, url: string, body?: unknown, roles?: readonly Role[]) => Promise<FhirResponse>;

/** Another clinic of the same database and process. `engine` stands for another process when it is another object. */
export async function otherClinic(ask: Ask, slug: string, engine = ask.engine): Promise<AskOther> {
	if ((await ask.tenancy.resolve(slug)) === undefined) await ask.tenancy.provision({ slug, name: slug });
	const tenant = (await ask.tenancy.resolve(slug))?.tenant as Tenant;
	const dispatch = createDispatch(engine, [...interactions, ...operationRoutes]);
	return (method, url, body, roles = ["ADMIN"]) => {
		const [path = "", query = ""] = url.split(/\?(.*)/s);
		const caller = { userId: "u2", roles, tenantId: tenant.id, tenantSlug: slug, scope: "" };
		const tree = body === undefined ? undefined : parseJson(JSON.stringify(body));
		return dispatch(
			{ tenant, caller, base: `http://clinic.test/t/${slug}/fhir`, requestId: "r2" },
			{
				method,
				path,
				query,
				conditions: {},
				...(tree !== undefined && { body: { kind: "json", tree, mediaType: "application/fhir+json" } }),
			},
		);
	};
}

/** Asks until the answer is what is waited for, 20 seconds at most. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
	const end = Date.now() + 20_000;
	while (!(await isSo())) {
		if (Date.now() > end) throw new Error("it did not come about within 20 s");
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** Asks a job's status URL until the job has ended. */
export async function ended(
	ask: (method: Method, url: string) => Promise<FhirResponse>,
	at: string,
): Promise<FhirResponse> {
	const path = at.slice(at.indexOf("$job-status"));
	let response = await ask("GET", path);
	await until(async () => {
		response = await ask("GET", path);
		return response.status !== 202;
	});
	return response;
}
