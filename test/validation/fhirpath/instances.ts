import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRegistry } from "../../../src/definitions/index.ts";
import { isObject, type JsonObject } from "../../../src/kernel/index.ts";
import { type Node, node } from "../../../src/validation/fhirpath/index.ts";

const folder = join(import.meta.dirname, "../../../node_modules/hl7.fhir.r4.examples");
const registry = loadRegistry();

export type Invariant = { readonly key: string; readonly expression: string };

type Constraint = { key: string; expression?: string };
type Element = { path: string; constraint?: Constraint[] };
type Definition = { url: string; type: string; derivation?: string; snapshot?: { element: Element[] } };

/** Invariants of R4's types by the type (`Observation.component`) or the element (`Organization.address`) they stand on. */
export function invariantsOfR4(): Map<string, Invariant[]> {
	const found = new Map<string, Invariant[]>();
	for (const file of readdirSync(folder)) {
		if (!file.startsWith("StructureDefinition-")) continue;
		const definition = JSON.parse(readFileSync(join(folder, file), "utf8")) as Definition;
		if (definition.url !== `http://hl7.org/fhir/StructureDefinition/${definition.type}`) continue;
		for (const { path, constraint } of definition.snapshot?.element ?? []) {
			for (const { key, expression } of constraint ?? []) {
				if (!expression || key === "ele-1" || key === "ext-1") continue;
				const place = path.replace("[x]", "");
				const known = found.get(place);
				if (known?.some((other) => other.key === key)) continue;
				if (known) known.push({ key, expression });
				else found.set(place, [{ key, expression }]);
			}
		}
	}
	return found;
}

export type Instance = {
	readonly node: Node;
	/** `Observation`, `Observation.component`, `Organization.address` … where invariants may stand. */
	readonly places: readonly string[];
	readonly resource: Node;
	readonly root: Node;
};

/** Every typed value of a resource, nested resources too. */
export function* instancesOf(resource: JsonObject): Generator<Instance> {
	const root = node(resource, resource.resourceType as string);
	yield* below(root, root, root, []);
}

function* below(self: Node, resource: Node, root: Node, places: readonly string[]): Generator<Instance> {
	yield { node: self, resource, root, places: [...new Set([...places, self.type])] };
	if (!isObject(self.value)) return;
	const type = registry.type(self.type);
	for (const [key, value] of Object.entries(self.value)) {
		const element = type?.elements.get(key);
		if (!element || value === undefined) continue;
		const twins = self.value[`_${key}`];
		for (const [i, item] of (Array.isArray(value) ? value : [value]).entries()) {
			const nested = element.type === "Resource" && isObject(item) ? (item.resourceType as string) : element.type;
			const twin = Array.isArray(twins) ? twins[i] : twins;
			const child = node(item, nested, isObject(twin) ? twin : undefined);
			const place = `${self.type}.${element.choice ?? key}`;
			const isResource = registry.isResourceType(nested);
			const isContained = key === "contained";
			yield* below(child, isResource ? child : resource, isResource && !isContained ? child : root, [place]);
		}
	}
}
