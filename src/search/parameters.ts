import type { Registry, SearchParameter } from "../definitions/index.ts";
import { compileExpression } from "./expression.ts";
import { type IndexPath, nameOf } from "./index-path.ts";
import { indexableTypes } from "./indexable-types.ts";
import { searchTypes } from "./types/index.ts";
import type { SearchType } from "./types/search-type.ts";

/** A parameter that is really searchable, with the places it looks at. */
export type Parameter =
	| {
			readonly kind: "plain";
			readonly definition: SearchParameter;
			readonly type: SearchType;
			readonly paths: readonly IndexPath[];
	  }
	| { readonly kind: "composite"; readonly definition: SearchParameter; readonly alternatives: readonly Composite[] };

/** One base of a composite: its components hold within one instance of `group`, or of the resource when there is none. */
export type Composite = { readonly group: string | undefined; readonly components: readonly Component[] };
export type Component = {
	readonly definition: SearchParameter;
	readonly type: SearchType;
	readonly paths: readonly IndexPath[];
};

/** A place that is indexed, with the types by which it is; `group` is the repeating element it is kept under. */
export type Entry = { readonly path: IndexPath; readonly types: ReadonlySet<SearchType> };
export type Group = { readonly path: IndexPath; readonly entries: readonly Entry[] };

/** What is searchable in one resource type, and what has to be indexed for it. */
export type SearchTable = {
	readonly parameters: ReadonlyMap<string, Parameter>;
	/** Those whose index is not complete: they are written, but not searched by. */
	readonly unready: ReadonlyMap<string, Parameter>;
	readonly entries: readonly Entry[];
	/** Elements whose values are kept under them only. */
	readonly groups: readonly Group[];
	/** Those of a clinic's own composites: values are kept under them too, so that other parameters stay as they are. */
	readonly ownGroups: readonly Group[];
};

const tables = new WeakMap<Registry, Map<string, SearchTable>>();

/** The table of a resource type, compiled once for a registry. */
export function searchTable(registry: Registry, resourceType: string): SearchTable {
	const shared = registry.sharedBy?.(resourceType);
	if (shared) return searchTable(shared, resourceType);
	let byType = tables.get(registry);
	if (!byType) {
		byType = new Map();
		tables.set(registry, byType);
	}
	let table = byType.get(resourceType);
	if (!table) {
		table = compileTable(registry, resourceType);
		byType.set(resourceType, table);
	}
	return table;
}

/** Parameters that a column answers, so that they need no index entries. */
export const COLUMN_CODES: ReadonlySet<string> = new Set(["_id", "_lastUpdated"]);

function compileTable(registry: Registry, resourceType: string): SearchTable {
	const parameters = new Map<string, Parameter>();
	const unready = new Map<string, Parameter>();
	for (const [code, definition] of registry.searchParameters(resourceType)) {
		if (COLUMN_CODES.has(code) || definition.expression === undefined) continue;
		const parameter = compileParameter(registry, resourceType, definition);
		if (parameter) (definition.indexing ? unready : parameters).set(code, parameter);
	}
	const indexed = [...parameters.values(), ...unready.values()];
	return { parameters, unready, ...planIndex(registry, resourceType, indexed) };
}

/** `undefined` when the expression leaves the subset that can be indexed. */
export function compileParameter(
	registry: Registry,
	resourceType: string,
	definition: SearchParameter,
): Parameter | undefined {
	if (definition.type === "composite") return compileComposite(registry, resourceType, definition);
	const type = searchTypes.find(({ name }) => name === definition.type);
	const paths = compileExpression(definition.expression ?? "", resourceType, registry);
	return type && paths && { kind: "plain", definition, type, paths: definition.isOwn ? searched(type, paths) : paths };
}

/** Of the many types that an extension's value may have, those that the parameter can search. */
function searched({ name }: SearchType, paths: readonly IndexPath[]): IndexPath[] {
	const wanted = indexableTypes(name);
	return paths.filter(({ type }) => wanted.has(type));
}

function compileComposite(
	registry: Registry,
	resourceType: string,
	definition: SearchParameter,
): Parameter | undefined {
	const bases = compileExpression(definition.expression ?? "", resourceType, registry);
	const byUrl = new Map(
		[...registry.searchParameters(resourceType).values()].map((parameter) => [parameter.url, parameter]),
	);
	const alternatives = bases?.map((base): Composite | undefined => {
		const components = definition.components?.map(({ definition: url, expression }) =>
			compileComponent(registry, resourceType, base, byUrl.get(url), expression),
		);
		if (!components?.every((component) => component !== undefined)) return undefined;
		return { group: base.steps.length === 0 ? undefined : base.name, components };
	});
	if (!alternatives?.every((alternative) => alternative !== undefined)) return undefined;
	return { kind: "composite", definition, alternatives };
}

/** A component's paths are absolute; those under the group are read relative to its instance. */
function compileComponent(
	registry: Registry,
	resourceType: string,
	base: IndexPath,
	definition: SearchParameter | undefined,
	expression: string,
): Component | undefined {
	const type = definition && searchTypes.find(({ name }) => name === definition.type);
	if (!definition || !type) return undefined;
	const isRooted = expression.startsWith("%resource.");
	const relative = isRooted
		? compileExpression(expression.slice("%resource.".length), resourceType, registry)
		: compileExpression(expression, base.type, registry);
	const paths = relative?.map((path) => {
		const steps = isRooted ? path.steps : [...base.steps, ...path.steps];
		return { ...path, steps, name: nameOf(steps) };
	});
	return paths && paths.length > 0 ? { definition, type, paths } : undefined;
}

/** Gathers the places of all parameters, each once; those below a composite's repeating element are kept under it. */
function planIndex(
	registry: Registry,
	resourceType: string,
	parameters: readonly Parameter[],
): Pick<SearchTable, "entries" | "groups" | "ownGroups"> {
	const places = new Map<string, { path: IndexPath; types: Set<SearchType> }>();
	const groupNames = new Set<string>();
	const ownNames = new Set<string>();
	const note = (path: IndexPath, type: SearchType): void => {
		const place = places.get(path.name) ?? { path: { ...path, target: undefined }, types: new Set() };
		place.types.add(type);
		places.set(path.name, place);
	};
	for (const parameter of parameters) {
		if (parameter.kind === "plain") for (const path of parameter.paths) note(path, parameter.type);
		else {
			for (const { group, components } of parameter.alternatives) {
				if (group !== undefined) (parameter.definition.isOwn ? ownNames : groupNames).add(group);
				for (const { type, paths } of components) for (const path of paths) note(path, type);
			}
		}
	}
	const all = new Map(places);
	const groups = [...groupNames].map((name) => groupOf(registry, resourceType, name, places));
	const ownGroups = [...ownNames]
		.filter((name) => !groupNames.has(name))
		.map((name) => groupOf(registry, resourceType, name, new Map(all)));
	return { entries: [...places.values()], groups, ownGroups };
}

function groupOf(registry: Registry, resourceType: string, name: string, places: Map<string, Entry>): Group {
	const [path] = compileExpression(name, resourceType, registry) as [IndexPath];
	const entries: Entry[] = [];
	for (const [placeName, { path: inner, types }] of places) {
		if (!placeName.startsWith(`${name}.`)) continue;
		const steps = inner.steps.slice(path.steps.length);
		entries.push({ path: { ...inner, steps, name: nameOf(steps) }, types });
		places.delete(placeName);
	}
	return { path, entries };
}
