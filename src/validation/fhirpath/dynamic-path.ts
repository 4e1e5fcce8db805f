import { isObject } from "../../kernel/index.ts";
import { type Env, spend } from "./env.ts";
import { type Node, node } from "./node.ts";
import type { Property, TypeInfo } from "./schema.ts";
import { nodeAt } from "./static-path.ts";

/** Adds what stands under a name of a node whose type is known only now. */
export function addNamed(parent: Node, name: string, env: Env, found: Node[]): void {
	const info = env.schema.info(parent.type);
	if (info === undefined) {
		addUntyped(parent, name, env, found);
		return;
	}
	const properties = info.names.get(name);
	if (properties && properties.length > MANY) addChosen(parent, name, info, env, found);
	else if (properties) for (const property of properties) addProperty(parent, property, env, found);
	else if (info.primitive && name === "value" && parent.value !== undefined) found.push(systemNode(parent, info));
}

/** Alternatives of a choice beyond which the keys that are there are looked at instead. */
const MANY = 6;

function addChosen(parent: Node, name: string, info: TypeInfo, env: Env, found: Node[]): void {
	if (!isObject(parent.value)) return;
	for (const key in parent.value) {
		const isTwin = key.charCodeAt(0) === UNDERSCORE && parent.value[key.slice(1)] === undefined;
		const property = info.keys.get(isTwin ? key.slice(1) : key);
		if (property?.name === name) addProperty(parent, property, env, found);
	}
}

/** A node of an unknown type (a logical model's) has its JSON keys as names. */
function addUntyped({ value }: Node, name: string, env: Env, found: Node[]): void {
	if (!isObject(value) || !Object.hasOwn(value, name)) return;
	const child = value[name];
	for (const item of Array.isArray(child) ? child : [child]) {
		spend(env, 1);
		if (item !== null && item !== undefined) found.push(node(item, untypedName(item)));
	}
}

const untypedName = (value: unknown): string => {
	if (typeof value === "string") return "string";
	if (typeof value === "boolean") return "boolean";
	if (!isObject(value)) return "decimal";
	return typeof value.resourceType === "string" ? value.resourceType : "";
};

function addProperty(parent: Node, property: Property, env: Env, found: Node[]): void {
	const owner = property.inTwin ? parent.twin : parent.value;
	if (!isObject(owner)) return;
	const child = owner[property.key];
	const twin = property.twinKey === undefined ? undefined : owner[property.twinKey];
	if (child === undefined && twin === undefined) return;
	const many = Array.isArray(child) || Array.isArray(twin);
	const length = many ? Math.max(sizeOf(child), sizeOf(twin)) : 1;
	spend(env, length);
	for (let i = 0; i < length; i++) {
		const value = Array.isArray(child) ? child[i] : i === 0 ? child : undefined;
		const itsTwin = Array.isArray(twin) ? twin[i] : i === 0 ? twin : undefined;
		if ((value ?? undefined) !== undefined || (itsTwin ?? undefined) !== undefined) {
			found.push(nodeAt(property, value, itsTwin));
		}
	}
}

const sizeOf = (value: unknown): number => (Array.isArray(value) ? value.length : value === undefined ? 0 : 1);

/** Adds all children of a node, in the order of its JSON. */
export function addChildren(parent: Node, env: Env, found: Node[]): void {
	const info = env.schema.info(parent.type);
	if (info === undefined) {
		if (!isObject(parent.value)) return;
		for (const key of Object.keys(parent.value)) {
			if (key !== "resourceType" && !key.startsWith("_")) addUntyped(parent, key, env, found);
		}
		return;
	}
	const owner = info.primitive ? parent.twin : parent.value;
	if (!isObject(owner)) return;
	for (const key in owner) {
		const property = info.keys.get(key);
		if (property) addProperty(parent, property, env, found);
		else if (key.charCodeAt(0) === UNDERSCORE && owner[key.slice(1)] === undefined) {
			const hidden = info.keys.get(key.slice(1));
			if (hidden) addProperty(parent, hidden, env, found);
		}
	}
}

const UNDERSCORE = 95;

const SYSTEM: Readonly<Record<string, string>> = {
	boolean: "System.Boolean",
	integer: "System.Integer",
	positiveInt: "System.Integer",
	unsignedInt: "System.Integer",
	decimal: "System.Decimal",
	date: "System.Date",
	dateTime: "System.DateTime",
	instant: "System.DateTime",
	time: "System.Time",
};

/** The value of a FHIR primitive as one of the language, without its extensions. */
export const systemNode = (primitive: Node, info: TypeInfo | undefined): Node =>
	info?.primitive ? node(primitive.value, SYSTEM[info.name] ?? "System.String") : primitive;
