import type { ElementModel, Registry } from "../../definitions/index.ts";
import { isObject } from "../../kernel/index.ts";

/** A JSON property as a step of a path. */
export type Property = {
	/** `valueQuantity` */
	readonly key: string;
	/** `value`: what expressions call it. */
	readonly name: string;
	/** `_valueCode`; absent where the value is no primitive. */
	readonly twinKey?: string;
	/** FHIR type of the value; of a resource only the value tells. */
	readonly type: string;
	readonly resource: boolean;
	readonly array: boolean;
	/** Whether it stands in the twin of its owner, which is a primitive. */
	readonly inTwin: boolean;
};

/** A FHIR type as paths see it. */
export type TypeInfo = {
	readonly name: string;
	readonly primitive: boolean;
	/** Itself and all it is derived from. */
	readonly kinds: ReadonlySet<string>;
	/** By JSON key. */
	readonly keys: ReadonlyMap<string, Property>;
	/** By name in an expression: a choice has one property for each of its types. */
	readonly names: ReadonlyMap<string, readonly Property[]>;
};

/** What expressions ask of the registry, prepared once. */
export type Schema = { info(type: string): TypeInfo | undefined };

const ABSTRACT = new Set(["Resource", "DomainResource"]);
/** Profiles of R4 that are used as if they were types. */
const ALIASES: Readonly<Record<string, string>> = { SimpleQuantity: "Quantity", MoneyQuantity: "Quantity" };
const schemas = new WeakMap<Registry, Schema>();

export function schemaOf(registry: Registry): Schema {
	const known = schemas.get(registry);
	if (known) return known;
	const infos = new Map<string, TypeInfo | undefined>();
	const schema: Schema = {
		info(type) {
			const found = infos.get(type);
			if (found !== undefined || infos.has(type)) return found;
			const built = buildInfo(registry, type);
			if (infos.size < MOST_TYPES) infos.set(type, built);
			return built;
		},
	};
	schemas.set(registry, schema);
	return schema;
}

/** More than R4 has; names beyond come from hostile bodies. */
const MOST_TYPES = 5000;

function buildInfo(registry: Registry, name: string): TypeInfo | undefined {
	const model = registry.type(ALIASES[name] ?? name);
	if (!model) return undefined;
	const primitive = model.kind === "primitive";
	const keys = new Map<string, Property>();
	const names = new Map<string, Property[]>();
	for (const element of model.elements.values()) {
		const property = propertyOf(registry, element, primitive);
		keys.set(element.name, property);
		for (const alias of new Set([element.choice ?? element.name, element.name])) {
			const same = names.get(alias);
			if (same) same.push(property);
			else names.set(alias, [property]);
		}
	}
	return { name, primitive, kinds: kindsOf(registry, name), keys, names };
}

function propertyOf(registry: Registry, element: ElementModel, inTwin: boolean): Property {
	const primitive = registry.type(element.type)?.kind === "primitive";
	return {
		key: element.name,
		name: element.choice ?? element.name,
		...(primitive && { twinKey: `_${element.name}` }),
		type: element.type,
		resource: ABSTRACT.has(element.type),
		array: element.array,
		inTwin,
	};
}

function kindsOf(registry: Registry, type: string): ReadonlySet<string> {
	const kinds = new Set<string>();
	for (let name: string | undefined = ALIASES[type] ?? type; name; name = registry.type(name)?.base) kinds.add(name);
	if (type.includes(".")) kinds.add("BackboneElement").add("Element");
	return kinds.add(type);
}

/** Whether a static type says too little: what stands there is known only when it is seen. */
export const isOpen = (schema: Schema, type: string): boolean =>
	ABSTRACT.has(type) || type === "Element" || type === "BackboneElement" || schema.info(type) === undefined;

/** The type of a value at `property`. */
export function typeAt(property: Property, value: unknown): string {
	if (!property.resource || !isObject(value)) return property.type;
	const { resourceType } = value;
	return typeof resourceType === "string" ? resourceType : property.type;
}
