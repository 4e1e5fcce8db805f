import { parseArgs } from "node:util";
import { type App, createApp } from "../app.ts";
import type { FhirResponse } from "../kernel/index.ts";
import { type Command, type Io, UsageFault } from "./command.ts";
import { onlyName, withPostgres } from "./management.ts";

export const search: Command = {
	name: "search",
	summary: "explain how a search of a clinic is answered",
	usage: `phc search explain --tenant SLUG 'TYPE?PARAMETERS' [options]

Prints the tree of a search, its SQL and values, what it read, the indexes used and what would make it faster. Works on
the configured database (DATABASE_URL, else the embedded one under DATA_DIR), beside a running server or without one.
The search runs under the clinic's time limit, in a transaction that writes nothing.

  --tenant SLUG    the clinic
  --plan           print PostgreSQL's whole plan too
  --json           print the Parameters resource of $explain instead`,
	run,
};

const OPTIONS = { tenant: { type: "string" }, plan: { type: "boolean" }, json: { type: "boolean" } } as const;

async function run(args: readonly string[], io: Io): Promise<number> {
	const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
	const [word, ...names] = positionals;
	if (word !== "explain") throw new UsageFault("Say what to do: explain");
	const address = onlyName(names, "search, as 'Observation?patient=1'");
	const slug = values.tenant;
	if (slug === undefined) throw new UsageFault("The clinic is missing: give --tenant");
	const { body } = await withApp((app) => explain(app, slug, address));
	const text = body as string;
	if (values.json) io.out(text);
	else for (const line of linesOf(JSON.parse(text) as Parameters, values.plan === true)) io.out(line);
	return 0;
}

/** The server without a port, and without its log. */
const withApp = <T>(work: (app: App) => Promise<T>): Promise<T> =>
	withPostgres(async (databaseUrl, config) => {
		const silent = { write: () => undefined };
		const app = await createApp({ ...config, poolSize: 2 }, { databaseUrl, logStream: silent });
		try {
			return await work(app);
		} finally {
			await app.close();
		}
	});

/** Who may run commands may administer every clinic. */
async function explain(app: App, slug: string, address: string): Promise<FhirResponse> {
	const tenant = (await app.tenancy.resolve(slug))?.tenant;
	if (tenant === undefined) throw new UsageFault(`There is no clinic "${slug}": see phc tenant list`);
	const [type = "", query = ""] = address.split(/\?(.*)/s);
	const caller = { userId: "phc", roles: ["ADMIN"], tenantId: tenant.id, tenantSlug: slug, scope: "" } as const;
	const context = { tenant, caller, base: `/t/${slug}/fhir`, requestId: "phc" };
	return app.dispatch(context, { method: "GET", path: `${type}/$explain`, query, conditions: {} });
}

type Parameter = {
	readonly name: string;
	readonly valueString?: string;
	readonly valueCode?: string;
	readonly valueDecimal?: number;
	readonly part?: readonly Parameter[];
};
type Parameters = { readonly parameter: readonly Parameter[] };

function* linesOf({ parameter }: Parameters, withPlan: boolean): Generator<string> {
	let placeholder = 0;
	for (const { name, part, ...value } of parameter) {
		const text = String(value.valueString ?? value.valueDecimal ?? "");
		if (name === "plan") {
			if (withPlan) yield `plan: ${JSON.stringify(JSON.parse(text), undefined, 2)}`;
		} else if (part) {
			const [kind, bound] = part;
			yield `  $${++placeholder} ${kind?.valueCode}: ${bound?.valueString}`;
		} else yield `${name}: ${text}`;
	}
}
