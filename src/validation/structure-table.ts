import type { ElementModel, Registry, TypeModel } from "../definitions/index.ts";
import { FORMATS, type Format } from "./formats.ts";

/** What is checked of one JSON property of a type, all looked up beforehand. */
export type Property = {
	/** JSON name of the element; the same for its `_x` twin. */
	readonly name: string;
	/** FHIRPath step: `value.ofType(Quantity)`. */
	readonly step: string;
	readonly kind: "primitive" | "twin" | "complex" | "resource" | "resourceType" | "refused";
	readonly type: string;
	readonly array: boolean;
	/** Bit of this required element or choice in its type; 0 when optional. */
	readonly required: number;
	/** Bit of the choice it is one of; 0 when none. */
	readonly choice: number;
	readonly format: Format;
	/** Codes allowed by a required binding. */
	readonly codes: ReadonlySet<string> | undefined;
	/** Whether `#id` in it must name a contained resource. */
	readonly local: boolean;
	/** Table of its type, found when first needed: types refer to one another. */
	table: TypeTable | undefined;
};

export type TypeTable = {
	readonly name: string;
	readonly resource: boolean;
	/** By JSON property name, `_x` twins included. */
	readonly properties: ReadonlyMap<string, Property>;
	/** All `required` bits, and the element or choice each stands for. */
	readonly required: number;
	readonly requiredNames: readonly string[];
	/** Properties of each choice, by bit number. */
	readonly choices: readonly (readonly Property[])[];
};

export type Tables = {
	readonly registry: Registry;
	/** The table of a resource type, or of a data type by name. */
	of(name: string): TypeTable | undefined;
};

const byRegistry = new WeakMap<Registry, Tables>();

/** The tables of a registry, each built when first asked for and kept with it. */
export function tablesOf(registry: Registry): Tables {
	const known = byRegistry.get(registry);
	if (known) return known;
	const built = new Map<string, TypeTable>();
	const tables: Tables = {
		registry,
		of(name) {
			const done = built.get(name);
			if (done) return done;
			const type = registry.type(name);
			const table = type && buildTable(registry, type);
			if (table) built.set(name, table);
			return table;
		},
	};
	byRegistry.set(registry, tables);
	return tables;
}

function buildTable(registry: Registry, type: TypeModel): TypeTable {
	const properties = new Map<string, Property>();
	const requiredNames: string[] = [];
	const choiceNames: string[] = [];
	const choices: Property[][] = [];
	for (const element of type.elements.values()) {
		const group = element.choice ?? element.name;
		const required = element.min > 0 ? bitOf(requiredNames, group) : 0;
		const choice = element.choice ? bitOf(choiceNames, element.choice) : 0;
		const property = buildProperty(registry, type, element, required, choice);
		properties.set(property.name, property);
		if (property.kind === "primitive" && property.type !== "xhtml") {
			properties.set(`_${property.name}`, { ...property, kind: "twin" });
		}
		if (element.choice) {
			const members = choices[choiceNames.indexOf(element.choice)];
			if (members) members.push(property);
			else choices.push([property]);
		}
	}
	const resource = type.kind === "resource";
	if (resource) properties.set("resourceType", RESOURCE_TYPE);
	return { name: type.name, resource, properties, required: 2 ** requiredNames.length - 1, requiredNames, choices };
}

function bitOf(names: string[], name: string): number {
	if (!names.includes(name)) names.push(name);
	if (names.length > 30) throw new Error(`${name}: more required elements or choices in one type than bits`);
	return 1 << names.indexOf(name);
}

function buildProperty(
	registry: Registry,
	type: TypeModel,
	element: ElementModel,
	required: number,
	choice: number,
): Property {
	const target = registry.type(element.type);
	const kind = element.type === "Resource" ? "resource" : target?.kind === "primitive" ? "primitive" : "complex";
	const format = FORMATS[element.type];
	if (!target || (kind === "primitive" && !format))
		throw new Error(`${type.name}.${element.name}: unknown ${element.type}`);
	return {
		name: element.name,
		step: element.choice ? `${element.choice}.ofType(${element.type})` : element.name,
		kind: element.name === "implicitRules" ? "refused" : kind,
		type: element.type,
		array: element.array,
		required,
		choice,
		format: format ?? NO_FORMAT,
		codes: element.type === "code" && element.binding ? registry.codes(element.binding.valueSet) : undefined,
		local: type.name === "Reference" && element.name === "reference",
		table: undefined,
	};
}

const NO_FORMAT: Format = { json: "string", test: () => false, rule: "" };

const RESOURCE_TYPE: Property = {
	name: "resourceType",
	step: "resourceType",
	kind: "resourceType",
	type: "code",
	array: false,
	required: 0,
	choice: 0,
	format: NO_FORMAT,
	codes: undefined,
	local: false,
	table: undefined,
};
