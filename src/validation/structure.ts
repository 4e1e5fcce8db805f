import type { Registry } from "../definitions/index.ts";
import { type Issue, isRawNumber, type JsonObject, nearName, type Resource } from "../kernel/index.ts";
import { checkContained, isLocalTarget } from "./contained.ts";
import { reason } from "./formats.ts";
import { narrativeFault } from "./narrative.ts";
import { type Property, type Tables, type TypeTable, tablesOf } from "./structure-table.ts";
import { fault, issuesOf, kindOf, MOST_STEPS, newWalk, quote, type Walk } from "./walk.ts";

/**
 * Checks that a parsed resource is a well-formed instance of its R4 type: names, JSON shape, cardinality, primitive
 * formats, codes of required bindings, choices, extensions, contained resources and narrative. One pass, all faults.
 * Targets of references, terminology beyond plain codes and profiles are not looked at.
 * https://hl7.org/fhir/R4/json.html
 */
export function checkStructure(registry: Registry, resource: Resource): Issue[] {
	const walk = newWalk(resource);
	walkStructure(registry, walk, resource);
	return issuesOf(walk);
}

/** The same along a walk of the caller's, whose observer may look at more. */
export const walkStructure = (registry: Registry, walk: Walk, resource: JsonObject): void =>
	checkResource(tablesOf(registry), walk, resource, false);

function checkResource(tables: Tables, walk: Walk, resource: JsonObject, contained: boolean): void {
	const type = resource.resourceType;
	const root = walk.depth === 0;
	if (root) walk.steps[walk.depth++] = typeof type === "string" ? type : "Resource";
	const table = typeof type === "string" && tables.registry.isResourceType(type) ? tables.of(type) : undefined;
	if (table === undefined) {
		if (root) walk.steps[0] = "Resource";
		fault(walk, "resource-type", () => {
			const near = typeof type === "string" ? nearName(type, tables.registry.resourceTypes) : undefined;
			return `must have a resourceType that is a type of FHIR R4${near ? `: did you mean ${near}?` : ", as Patient"}`;
		});
	} else {
		const outer = walk.container;
		if (!contained) walk.container = resource;
		const leave = walk.observer?.enter(walk, resource, contained);
		checkElement(tables, walk, table, resource);
		if (!contained && resource.contained !== undefined) checkContained(walk, resource);
		leave?.();
		walk.container = outer;
	}
	if (root) walk.depth--;
}

/** An object of a known type. This loop is most of what a write costs here: nothing in it allocates unless there is a fault. */
function checkElement(tables: Tables, walk: Walk, table: TypeTable, object: JsonObject): void {
	let required = 0;
	let choices = 0;
	let clash = 0;
	let count = 0;
	for (const key in object) {
		const value = object[key];
		if (value === undefined) continue;
		count++;
		const property = table.properties.get(key);
		if (property === undefined) {
			unknownProperty(walk, table, object, key);
			continue;
		}
		required |= property.required;
		clash |= choices & property.choice;
		choices |= property.choice;
		walk.steps[walk.depth++] = property.step;
		checkProperty(tables, walk, property, value, object);
		walk.depth--;
	}
	if (required !== table.required) missingElements(walk, table, required);
	if (clash !== 0) clashingChoices(walk, table, object);
	if (count <= 1 && !table.resource && (count === 0 || (object.id !== undefined && table.name !== "Element"))) {
		fault(walk, "empty", "must not be empty: give it a value, or leave it out");
	}
	if (table.name === "Extension") checkExtension(walk, object, choices !== 0);
	walk.observer?.look(walk, table.name, object);
}

function checkProperty(tables: Tables, walk: Walk, property: Property, value: unknown, owner: JsonObject): void {
	if (!property.array) {
		if (Array.isArray(value)) fault(walk, "shape", "must be a single value, not an array");
		else if (value === null) fault(walk, "null", "must not be null: leave it out");
		else checkValue(tables, walk, property, value, owner);
		return;
	}
	if (!Array.isArray(value)) {
		fault(walk, "shape", `must be an array, not ${kindOf(value)}`);
		return;
	}
	if (value.length === 0) fault(walk, "empty", "must not be an empty array: leave it out");
	if (property.kind === "twin") checkAlignment(walk, property, value, owner);
	for (let i = 0; i < value.length; i++) {
		const item = value[i];
		walk.steps[walk.depth++] = i;
		if (item === null || item === undefined) checkNull(walk, property, i, owner);
		else if (Array.isArray(item)) fault(walk, "shape", "must not be an array inside an array");
		else checkValue(tables, walk, property, item, owner, i);
		walk.depth--;
	}
}

function checkValue(
	tables: Tables,
	walk: Walk,
	property: Property,
	value: unknown,
	owner: JsonObject,
	index?: number,
): void {
	switch (property.kind) {
		case "primitive":
			if (!property.format.test(value)) wrongValue(walk, property, value);
			else if (property.codes !== undefined && !property.codes.has(value as string)) wrongCode(walk, property, value);
			else if (property.local && (value as string).charCodeAt(0) === HASH) checkLocal(walk, value as string);
			return;
		case "complex":
			checkObject(tables, walk, property, property.type, value);
			return;
		case "twin":
			checkObject(tables, walk, property, "Element", value);
			checkTwin(walk, property, value, owner, index);
			return;
		case "resource":
			if (typeof value !== "object") fault(walk, "shape", `must be a resource, not ${kindOf(value)}`);
			else if (walk.depth > MOST_STEPS) tooDeep(walk);
			else checkResource(tables, walk, value as JsonObject, property.name === "contained");
			return;
		case "refused":
			fault(
				walk,
				"implicit-rules",
				"must be absent: this server knows no implicit rules, and must not act without them",
			);
	}
}

const HASH = 35;

function checkObject(tables: Tables, walk: Walk, property: Property, type: string, value: unknown): void {
	if (typeof value !== "object") {
		fault(walk, "shape", `must be an object (${type}), not ${kindOf(value)}`);
		return;
	}
	if (walk.depth > MOST_STEPS) {
		tooDeep(walk);
		return;
	}
	property.table ??= tables.of(type);
	if (property.table) checkElement(tables, walk, property.table, value as JsonObject);
}

const tooDeep = (walk: Walk): void =>
	fault(walk, "too-deep", `is nested more than ${MOST_STEPS} steps deep: flatten it`);

/** `null` keeps a place in a primitive array, and only where the other of `x` and `_x` has something in that place. */
function checkNull(walk: Walk, property: Property, index: number, owner: JsonObject): void {
	const twin = property.kind === "twin" ? owner[property.name] : owner[`_${property.name}`];
	const other = Array.isArray(twin) ? twin[index] : undefined;
	if ((property.kind === "primitive" || property.kind === "twin") && other !== null && other !== undefined) return;
	const primitive = property.kind === "primitive";
	const where = primitive ? ` unless _${property.name} has an extension in the same place` : "";
	fault(walk, "null", `must not be null${where}: leave it out`);
}

function checkAlignment(walk: Walk, property: Property, twins: readonly unknown[], owner: JsonObject): void {
	const values = owner[property.name];
	if (!Array.isArray(values) || values.length === twins.length) return;
	const lengths = `${values.length} and ${twins.length}`;
	fault(
		walk,
		"alignment",
		`and its _${property.name} must be arrays of the same length, not ${lengths}: fill up with null`,
	);
}

/** Without a value beside it, `_x` must say something itself (ele-1). */
function checkTwin(walk: Walk, property: Property, twin: unknown, owner: JsonObject, index: number | undefined): void {
	const beside = owner[property.name];
	const value = index === undefined ? beside : Array.isArray(beside) ? beside[index] : undefined;
	if (value !== undefined && value !== null) return;
	if ((twin as JsonObject).extension !== undefined) return;
	fault(
		walk,
		"primitive-empty",
		`has neither a value nor an extension: give one of them, or leave _${property.name} out`,
	);
}

function checkExtension(walk: Walk, extension: JsonObject, hasValue: boolean): void {
	const nested = extension.extension !== undefined;
	if (nested && hasValue) fault(walk, "extension-content", "must have a value or extensions, not both (ext-1)");
	if (!nested && !hasValue)
		fault(walk, "extension-content", "must have a value or extensions (ext-1): give it one, or leave it out");
}

function checkLocal(walk: Walk, reference: string): void {
	if (isLocalTarget(walk.container, reference)) return;
	fault(
		walk,
		"local-reference",
		`refers to a contained resource that is not there (ref-1): add it to contained with that id`,
	);
}

function wrongValue(walk: Walk, property: Property, value: unknown): void {
	const { json, rule } = property.format;
	const kind = kindOf(value);
	if (kind !== `a ${json}`) {
		fault(walk, "shape", `must be ${rule} (a JSON ${json}), not ${kind}`);
		return;
	}
	const narrative = property.type === "xhtml" && value !== "" ? narrativeFault(value as string) : undefined;
	if (narrative) fault(walk, "narrative", narrative);
	else {
		const why = reason(property.type, value);
		fault(walk, "primitive", `must be ${rule}${why ? `; ${why}` : ""}`);
	}
}

const MOST_CODES_TOLD = 12;

function wrongCode(walk: Walk, property: Property, value: unknown): void {
	fault(walk, "required-code", () => {
		const codes = [...(property.codes ?? [])];
		const near = nearName(String(value), codes);
		const some = codes.length > MOST_CODES_TOLD ? "a code of its required value set" : `one of ${codes.join(", ")}`;
		return `must be ${some}, not ${quote(String(value))}${near ? `: did you mean ${near}?` : ""}`;
	});
}

function missingElements(walk: Walk, table: TypeTable, found: number): void {
	table.requiredNames.forEach((name, bit) => {
		if ((found & (1 << bit)) !== 0) return;
		const types = table.properties.has(name) ? "" : " in one of its types";
		fault(walk, "required", `is missing: ${table.name} requires it${types}`, name);
	});
}

function clashingChoices(walk: Walk, table: TypeTable, object: JsonObject): void {
	for (const choice of table.choices) {
		const given = choice.map(({ name }) => name).filter((name) => name in object || `_${name}` in object);
		if (given.length > 1) fault(walk, "choice-clash", `must have only one of ${given.join(", ")}`);
	}
}

function unknownProperty(walk: Walk, table: TypeTable, object: JsonObject, key: string): void {
	if (isRawNumber(object)) fault(walk, "shape", `must be an object (${table.name}), not a number`);
	else fault(walk, "unknown-property", () => `has no property ${quote(key)}${propertyHint(table, key)}`);
}

/** For `valueMoney` the names that `value[x]` does have. */
function otherTypes(table: TypeTable, key: string): string | undefined {
	const choice = table.choices.find(([first]) => {
		const stem = first?.step.replace(/\.ofType\(.*$/, "") ?? "";
		return key.startsWith(stem) && /^[A-Z]/.test(key.slice(stem.length));
	});
	return choice?.map(({ name }) => name).join(", ");
}

function propertyHint(table: TypeTable, key: string): string {
	if (key.startsWith("_") && table.properties.has(key.slice(1))) return ": only primitive elements have one with _";
	const choice = table.choices.find((members) => members[0]?.step.startsWith(`${key}.ofType(`));
	if (choice) {
		const names = choice.map((member) => member.name);
		return `: name it with its type, as ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`;
	}
	const near = nearName(key, table.properties.keys());
	if (near) return `: did you mean ${near}?`;
	const allowed = otherTypes(table, key);
	return allowed ? `: take one of ${allowed}` : ": remove it, or carry it in an extension";
}
