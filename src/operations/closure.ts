import type { Exchange } from "../interactions/index.ts";
import { type FhirResponse, Problem, parseJson } from "../kernel/index.ts";
import type { Session } from "../store/index.ts";
import { type ClosureTable, emptyTable, entriesSince, readTable, storedTable, tableId } from "./closure-table.ts";
import { codingOf, type GivenCoding, textOf } from "./given.ts";
import type { Operation } from "./operation.ts";
import { gives, takes } from "./parameter.ts";
import { ownOf } from "./terminology-exchange.ts";

/**
 * Keeps a table of what subsumes what among concepts that a client names, so that it can search by meaning in its own
 * database. The table is a Basic of the clinic. https://hl7.org/fhir/R4/terminology-service.html#closure
 */
export const closure: Operation = {
	code: "closure",
	definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-closure",
	documentation: "Begins a closure table (name), adds to it (concept), or tells again what came after a version.",
	levels: ["system"],
	affectsState: true,
	parameters: [
		takes("name", "string", "The name of the table", { min: 1 }),
		takes("concept", "Coding", "Concepts to add", { max: "*" }),
		takes("version", "string", "Tell again what came after this version"),
		gives("return", "ConceptMap", "The new entries: the source is subsumed by the target", { min: 1 }),
	],
	access: { action: "update" },
	async handle(exchange, input) {
		const name = textOf(input, "name") ?? "";
		const concepts = (input.get("concept") ?? []).map((value, n) => codingOf(value, `concept[${n}]`));
		if (concepts.length > MOST_CONCEPTS) {
			throw new Problem("too-costly", `At most ${MOST_CONCEPTS} concepts can be added at once: send them in parts.`);
		}
		const version = textOf(input, "version");
		if (version !== undefined && concepts.length > 0) {
			throw new Problem("value", "Give either concepts to add, or the version to tell again from.");
		}
		if (version !== undefined) return answer(await requireTable(exchange, exchange.session, name), after(version));
		return exchange.session.transact(async (session) => {
			await session.lock([`closure ${name}`]);
			if (concepts.length === 0) return write(exchange, session, emptyTable(name), 0);
			const table = await requireTable(exchange, session, name);
			const before = table.version;
			return (await add(exchange, table, concepts)) ? write(exchange, session, table, before) : answer(table, before);
		});
	},
};

/** Others who add to the table wait meanwhile. */
const MOST_CONCEPTS = 1000;

const answer = (table: ClosureTable, version: number): FhirResponse => ({
	status: 200,
	body: JSON.stringify(entriesSince(table, version)),
});

function after(version: string): number {
	if (/^\d{1,9}$/.test(version)) return Number(version);
	throw new Problem("value", { text: "The version must be one that $closure has answered.", expression: "version" });
}

async function requireTable({ dispatch }: Exchange, session: Session, name: string): Promise<ClosureTable> {
	const path = `Basic/${tableId(name)}`;
	try {
		const { body } = await dispatch({ method: "GET", path, query: "", conditions: {} }, session);
		const table = typeof body === "string" ? readTable(parseJson(body)) : undefined;
		if (table) return table;
	} catch (error) {
		if (!(error instanceof Problem) || !["not-found", "deleted"].includes(error.kind)) throw error;
	}
	throw new Problem(
		"not-found",
		`There is no closure table "${name.slice(0, 100)}": begin it by $closure with its name alone.`,
	);
}

async function write(exchange: Exchange, session: Session, table: ClosureTable, before: number): Promise<FhirResponse> {
	const resource = storedTable(table);
	const body = { kind: "json" as const, tree: resource, mediaType: "application/fhir+json" };
	await exchange.dispatch({ method: "PUT", path: `Basic/${resource.id}`, query: "", conditions: {}, body }, session);
	return answer(table, before);
}

/** Adds what is new in the next version; whether there was anything. */
async function add(exchange: Exchange, table: ClosureTable, concepts: readonly GivenCoding[]): Promise<boolean> {
	const { terminology } = exchange.engine;
	const version = table.version + 1;
	for (const { system, code, ...rest } of concepts) {
		if (system === undefined)
			throw new Problem("required", { text: "A concept needs its system.", expression: "concept" });
		const known = table.systems.get(system) ?? new Map();
		if (known.has(code)) continue;
		const found = await terminology.ancestry({ system, code, ...rest }, [...known.keys()], ownOf(exchange));
		if (known.has(found.code)) continue;
		known.set(found.code, { since: version, above: new Map(found.above.map((one) => [one, version])) });
		for (const below of found.below) known.get(below)?.above.set(found.code, version);
		table.systems.set(system, known);
		table.version = version;
	}
	return table.version === version;
}
