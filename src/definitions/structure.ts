import { isObject, type Json, type JsonObject, Problem, type Resource } from "../kernel/index.ts";
import { defined, type ElementChange, readElement } from "./element-change.ts";
import { identify } from "./element-id.ts";
import type { ElementRule, ExtensionContext, Profile } from "./profile.ts";
import { wholeSnapshot } from "./snapshot-tree.ts";

/** A StructureDefinition as read: its head, and its elements as a differential, a complete snapshot, or both. */
export type Structure = Omit<Profile, "elements"> & {
	readonly differential?: readonly ElementChange[];
	readonly snapshot?: readonly ElementRule[];
};

const KINDS = ["resource", "complex-type", "primitive-type", "logical"];

/**
 * Reads a StructureDefinition. A snapshot that is not complete is passed over where there is a differential.
 * https://hl7.org/fhir/R4/structuredefinition.html
 * @throws Problem `unprocessable` that names what is missing.
 */
export function readStructure(resource: Resource): Structure {
	const { url, name, type, kind } = resource;
	if (typeof url !== "string" || url === "") throw missing(resource, "url", "give it the canonical url it is known by");
	if (typeof type !== "string") throw missing(resource, "type", "name the type it describes, as Patient");
	if (typeof kind !== "string" || !KINDS.includes(kind)) throw missing(resource, "kind", `make it ${KINDS.join(", ")}`);
	const snapshot = elementsOf(resource.snapshot);
	const differential = elementsOf(resource.differential);
	const whole = completed(snapshot);
	if (whole === undefined && differential === undefined) {
		throw missing(
			resource,
			"differential",
			"give a differential, or a snapshot with min, max and type of every element",
		);
	}
	return defined({
		url,
		version: textOf(resource.version),
		name: textOf(name) ?? url,
		type: type.replace(/^.*\//, ""),
		kind: kind as Profile["kind"],
		derivation: resource.derivation === "constraint" ? ("constraint" as const) : ("specialization" as const),
		abstract: resource.abstract === true,
		base: textOf(resource.baseDefinition),
		contexts: type === "Extension" ? contextsOf(resource.context) : undefined,
		contextInvariants: Array.isArray(resource.contextInvariant) ? resource.contextInvariant.map(String) : undefined,
		differential,
		snapshot: whole,
	} as Structure);
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

function missing(resource: Resource, element: string, mend: string): Problem {
	const name = textOf(resource.url) ?? textOf(resource.id) ?? "without a url";
	const text = `The StructureDefinition ${name} has no usable ${element}: ${mend}.`;
	return new Problem("unprocessable", { text, expression: `StructureDefinition.${element}`, code: "required" });
}

/** No instance is deeper, and what is made of an element is made by recursion. */
const MOST_STEPS = 64;
/** The largest published ones have some hundreds. */
const MOST_ELEMENTS = 5000;

/** Slices of slices count as steps too: `component:a/b.code`. */
const depthOf = (id: string): number => id.split(/[./]/).length - 1;

/** @throws Problem `unprocessable` when there are too many elements, or a path is too long. */
function elementsOf(part: Json | undefined): ElementChange[] | undefined {
	const elements = isObject(part) && Array.isArray(part.element) ? part.element.filter(isObject) : [];
	if (elements.length > MOST_ELEMENTS) {
		const text = `It has ${elements.length} elements, and at most ${MOST_ELEMENTS} can be used: make several profiles of it.`;
		throw new Problem("unprocessable", { text, expression: "StructureDefinition" });
	}
	const changes = elements.map(readElement);
	const deep = changes.findIndex(
		({ id, path, sliceName = "" }) => Math.max(depthOf(id), depthOf(path) + depthOf(sliceName)) > MOST_STEPS,
	);
	if (deep !== -1) {
		const text = `The path ${changes[deep]?.path.slice(0, 80)}… has more than ${MOST_STEPS} steps: no profile needs that.`;
		throw new Problem("unprocessable", { text, expression: `StructureDefinition.element[${deep}].path` });
	}
	return changes.length === 0 ? undefined : identify(changes);
}

/** Whether a StructureDefinition has a snapshot that can be used as it is. */
export const hasSnapshot = (resource: Resource): boolean => completed(elementsOf(resource.snapshot)) !== undefined;

/** The elements as a snapshot, if each says its cardinality and its type, and stands below another. */
function completed(elements: readonly ElementChange[] | undefined): ElementRule[] | undefined {
	const isWhole = elements?.every(
		({ path, min, max, types, contentReference }, i) =>
			min !== undefined && max !== undefined && (path.includes(".") ? types || contentReference : i === 0),
	);
	if (!isWhole || elements === undefined) return undefined;
	const written = wholeSnapshot(elements);
	return written.length === elements.length ? written : undefined;
}

function contextsOf(contexts: Json | undefined): ExtensionContext[] {
	const given: JsonObject[] = Array.isArray(contexts) ? contexts.filter(isObject) : [];
	return given.flatMap(({ type, expression }) =>
		typeof expression === "string" && (type === "element" || type === "extension" || type === "fhirpath")
			? [{ type, expression }]
			: [],
	);
}
