import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject, numberText, type Resource } from "../kernel/index.ts";

/** A concept of a closure table: when it came, and when each of those above it in the table did. */
export type ClosureConcept = { readonly since: number; readonly above: Map<string, number> };

/** What a client keeps a copy of: by system and code, what subsumes what. `version` counts the changes. */
export type ClosureTable = {
	readonly name: string;
	version: number;
	readonly systems: Map<string, Map<string, ClosureConcept>>;
};

const KIND = { system: "urn:phc-commons:kind", code: "closure-table" };
const SINCE = "urn:phc-commons:closure-since";
const TABLE = "urn:phc-commons:closure-table";

export const emptyTable = (name: string): ClosureTable => ({ name, version: 0, systems: new Map() });

/** The id of the Basic that keeps the table of a name. */
export const tableId = (name: string): string =>
	`closure-${createHash("sha256").update(name).digest("hex").slice(0, 40)}`;

/** The table as a resource that can be stored: a Basic that contains it as a ConceptMap. */
export const storedTable = (table: ClosureTable): Resource => ({
	resourceType: "Basic",
	id: tableId(table.name),
	meta: { tag: [{ ...KIND }] },
	contained: [
		{
			resourceType: "ConceptMap",
			id: "table",
			version: String(table.version),
			status: "active",
			...groupsOf(table, -1, true),
		},
	],
	extension: [{ url: TABLE, valueReference: { reference: "#table" } }],
	code: { coding: [{ ...KIND }], text: table.name },
});

/** What `storedTable` has stored; `undefined` for any other Basic. */
export function readTable(resource: Json): ClosureTable | undefined {
	if (!isObject(resource) || !isObject(resource.code)) return undefined;
	const [map] = objects(resource.contained);
	const { text } = resource.code;
	if (!map || typeof text !== "string") return undefined;
	const table: ClosureTable = { name: text, version: Number(map.version), systems: new Map() };
	for (const { source, element } of objects(map.group)) {
		if (typeof source !== "string") continue;
		const concepts = new Map<string, ClosureConcept>();
		for (const one of objects(element)) {
			const above = objects(one.target).map((target) => [String(target.code), sinceOf(target)] as const);
			concepts.set(String(one.code), { since: sinceOf(one), above: new Map(above) });
		}
		table.systems.set(source, concepts);
	}
	return table;
}

const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const since = (version: number): JsonObject[] => [{ url: SINCE, valueInteger: version }];
const sinceOf = ({ extension }: JsonObject): number =>
	Number(numberText(objects(extension).find(({ url }) => url === SINCE)?.valueInteger) ?? 0);

/** The entries after a version, as a client is told them: the source is subsumed by the target. */
export const entriesSince = (table: ClosureTable, version: number): JsonObject => ({
	resourceType: "ConceptMap",
	identifier: { system: TABLE, value: table.name },
	version: String(table.version),
	status: "active",
	experimental: true,
	date: new Date().toISOString(),
	...groupsOf(table, version, false),
});

/** `isStored`: with all concepts and the versions in which they came. */
function groupsOf({ systems }: ClosureTable, after: number, isStored: boolean): JsonObject {
	const group = [...systems].flatMap(([system, concepts]) => {
		const element = [...concepts].flatMap(([code, concept]): JsonObject[] => {
			const target = [...concept.above]
				.filter(([, version]) => version > after)
				.map(
					([parent, version]): JsonObject => ({
						...(isStored && { extension: since(version) }),
						code: parent,
						equivalence: "subsumes",
					}),
				);
			if (target.length === 0 && !isStored) return [];
			return [{ ...(isStored && { extension: since(concept.since) }), code, ...(target.length > 0 && { target }) }];
		});
		return element.length > 0 ? [{ source: system, target: system, element }] : [];
	});
	return group.length > 0 ? { group } : {};
}
