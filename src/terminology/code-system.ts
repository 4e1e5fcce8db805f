import { designationOf, type PackedDetails } from "./details.ts";
import type { Concept } from "./large-systems.ts";
import type { PackedCodeSystem } from "./packed.ts";

/** A code system that can be asked: its codes, what stands above and below each, and property values. */
export type CodeSystem = {
	readonly url: string;
	readonly version: string | undefined;
	/** `complete`, or why its codes cannot stand for the whole system: `fragment`, `example`, `not-present`, `supplement`. */
	readonly content: string;
	/** Absent where the system does not say; then case does not count. */
	readonly caseSensitive: boolean | undefined;
	readonly codes: readonly string[];
	/** The code as the system writes it: case counts unless the system is case-insensitive or silent. */
	find(code: string): string | undefined;
	/** The code and all that it subsumes; a loop in the hierarchy ends there. */
	below(code: string): ReadonlySet<string>;
	/** The code and all that subsume it. */
	above(code: string): ReadonlySet<string>;
	/** Values of a property as text; `concept` and `code` are the code itself. */
	values(code: string, property: string): readonly string[];
	/** Whether the code is in use. */
	isActive(code: string): boolean;
	/** Whether the code only groups others and is not to be chosen itself. */
	isAbstract(code: string): boolean;
	/** Whether a filter may name the property. */
	defines(property: string): boolean;
	/** A code of the system with its texts and property values. */
	concept(code: string): Concept;
	/** The codes directly above, and directly below. */
	neighbours(code: string): { readonly parents: readonly string[]; readonly children: readonly string[] };
	readonly title: string | undefined;
};

const NONE: readonly string[] = [];

/** Values of `status` that say a concept is not in use; a deprecated one still is. */
export const INACTIVE: readonly string[] = ["retired", "inactive"];
/** Properties that say a concept only groups others. https://hl7.org/fhir/R4/codesystem-concept-properties.html */
export const ABSTRACT: readonly string[] = ["notSelectable", "abstract"];

/** Indexes a packed code system; costs about a microsecond a concept. `details` are asked for when a text is. */
export function codeSystem(
	url: string,
	packed: PackedCodeSystem,
	details: () => PackedDetails = () => ({}),
): CodeSystem {
	const parents = new Map<string, readonly string[]>();
	const children = new Map<string, string[]>();
	const properties = new Map<string, Readonly<Record<string, readonly string[]>>>();
	for (const concept of packed.concepts) {
		const [code, above, values] = typeof concept === "string" ? [concept, NONE] : concept;
		parents.set(code, above);
		if (values) properties.set(code, values);
		for (const parent of above) {
			const siblings = children.get(parent);
			if (siblings) siblings.push(code);
			else children.set(parent, [code]);
		}
	}
	const defined = new Set(["concept", "code", ...(packed.properties ?? [])]);
	let folded: Map<string, string> | undefined;
	const findFolded = (code: string): string | undefined => {
		folded ??= new Map([...parents.keys()].map((known) => [known.toLowerCase(), known]));
		return folded.get(code.toLowerCase());
	};
	let displays: Map<string, string> | undefined;
	const displayOf = (code: string): string => {
		if (!displays) {
			const texts = details().displays ?? NONE;
			displays = new Map([...parents.keys()].map((known, n) => [known, texts[n] || known]));
		}
		return displays.get(code) ?? code;
	};
	const has = (code: string, name: string, value: string): boolean =>
		properties.get(code)?.[name]?.includes(value) === true;
	const isActive = (code: string): boolean =>
		!has(code, "inactive", "true") && !INACTIVE.some((status) => has(code, "status", status));
	const isAbstract = (code: string): boolean => ABSTRACT.some((name) => has(code, name, "true"));
	return {
		url,
		version: packed.version,
		content: packed.content ?? "complete",
		caseSensitive: packed.caseSensitive,
		codes: [...parents.keys()],
		find: (code) => (parents.has(code) ? code : packed.caseSensitive ? undefined : findFolded(code)),
		below: (code) => reachable(code, children),
		above: (code) => reachable(code, parents),
		values: (code, property) => {
			if (property === "concept" || property === "code") return [code];
			const own = properties.get(code);
			return own && Object.hasOwn(own, property) ? (own[property] ?? NONE) : NONE;
		},
		isActive,
		isAbstract,
		defines: (property) => defined.has(property),
		concept: (code) => {
			const { definitions, designations, types } = details();
			const definition = entry(definitions, code);
			return {
				code,
				display: displayOf(code),
				inactive: !isActive(code),
				...(isAbstract(code) && { abstract: true }),
				...(definition !== undefined && { definition }),
				designations: (entry(designations, code) ?? []).map(designationOf),
				properties: Object.entries(properties.get(code) ?? {}).flatMap(([name, list]) =>
					list.map((value) => ({ code: name, value, type: entry(types, name) ?? "code" })),
				),
			};
		},
		neighbours: (code) => ({ parents: parents.get(code) ?? NONE, children: children.get(code) ?? NONE }),
		get title() {
			return details().title;
		},
	};
}

const entry = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
	record && Object.hasOwn(record, key) ? record[key] : undefined;

function reachable(start: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
	const found = new Set([start]);
	for (const code of found) for (const other of next.get(code) ?? NONE) found.add(other);
	return found;
}
