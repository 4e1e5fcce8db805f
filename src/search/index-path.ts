import { isObject, type Json, type Resource } from "../kernel/index.ts";

/** Receives each value that a path selects, with its FHIR type and, for codes, the system its binding implies. */
export type Sink = (value: Json, type: string, system: string | undefined) => void;

export type Filter = (value: Json, root: Resource) => boolean;
export type Step = {
	readonly property: string;
	readonly index?: number;
	readonly filter?: Filter;
	readonly label?: string;
};

/**
 * A place in resources of one type that search parameters look at, down to the concrete property of a choice.
 * Parameters that look at the same place share its index entries. `target` keeps only references to that type.
 */
export type IndexPath = {
	/** `component.valueQuantity`, `telecom[system=phone]`: unique within the resource type. */
	readonly name: string;
	readonly steps: readonly Step[];
	readonly type: string;
	readonly system?: string;
	readonly target?: string;
	/** Only for `exists() and … != false`: the paths whose presence is the value. */
	readonly presence?: readonly IndexPath[];
};

/** The name of a path by its steps. */
export const nameOf = (steps: readonly Step[]): string =>
	steps.map(({ property, label }) => property + (label ?? "")).join(".");

/** Hands every value under `path` in `from` to `sink`; `root` is the whole resource. */
export function select(path: IndexPath, from: Json, root: Resource, sink: Sink): void {
	if (path.presence) {
		let present = false;
		const note = (value: Json): void => {
			if (value !== false) present = true;
		};
		for (const inner of path.presence) walk(from, inner, 0, root, note);
		sink(present, "boolean", undefined);
	} else walk(from, path, 0, root, sink);
}

function walk(value: Json, path: IndexPath, depth: number, root: Resource, sink: Sink): void {
	const step = path.steps[depth];
	if (step === undefined) sink(value, dynamicType(value, path.type), path.system);
	else if (isObject(value)) {
		for (const item of itemsOf(value[step.property], step.index)) {
			if (step.filter === undefined || step.filter(item, root)) walk(item, path, depth + 1, root, sink);
		}
	}
}

const NONE: readonly Json[] = [];

function itemsOf(value: Json | undefined, index: number | undefined): readonly Json[] {
	if (value === undefined || value === null) return NONE;
	if (!Array.isArray(value)) return [value];
	const items = index === undefined ? value : value.slice(index, index + 1);
	return items.includes(null) ? items.filter((item) => item !== null) : items;
}

/** An element typed Resource holds any type: the value itself says which. */
const dynamicType = (value: Json, type: string): string =>
	type === "Resource" && isObject(value) && typeof value.resourceType === "string" ? value.resourceType : type;
