import { isObject, type Json, type JsonObject } from "../kernel/index.ts";
import type { BoundValue, Constraint, ElementRule, Slicing, TypeRule } from "./profile.ts";

/** An element of a differential: what it says, and nothing of what it leaves to its base. */
export type ElementChange = { readonly id: string; readonly path: string } & {
	readonly [Key in Exclude<keyof ElementRule, "id" | "path" | "slicing">]?: ElementRule[Key];
} & { readonly slicing?: Partial<Slicing> };

/**
 * Reads an ElementDefinition, of a differential or a snapshot; what cannot be checked (texts, mappings, examples) is
 * dropped. https://hl7.org/fhir/R4/elementdefinition.html
 */
export function readElement(element: JsonObject): ElementChange {
	const path = text(element.path) ?? "";
	return defined({
		id: text(element.id) ?? "",
		path,
		sliceName: text(element.sliceName),
		slicing: isObject(element.slicing) ? readSlicing(element.slicing) : undefined,
		min: typeof element.min === "number" ? element.min : undefined,
		max: readMax(text(element.max)),
		types: Array.isArray(element.type) ? readTypes(element.type.filter(isObject), element) : undefined,
		contentReference: text(element.contentReference)?.replace(/^.*#/, ""),
		fixed: choiceOf(element, "fixed")?.value,
		pattern: choiceOf(element, "pattern")?.value,
		minValue: choiceOf(element, "minValue"),
		maxValue: choiceOf(element, "maxValue"),
		maxLength: typeof element.maxLength === "number" ? element.maxLength : undefined,
		binding: isObject(element.binding) ? readBinding(element.binding) : undefined,
		constraints: readConstraints(element.constraint),
		mustSupport: element.mustSupport === true ? true : undefined,
		isModifier: element.isModifier === true ? true : undefined,
	}) as ElementChange;
}

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const texts = (value: Json | undefined): string[] =>
	Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** Without the keys that have no value. */
export const defined = <T extends object>(value: T): T =>
	Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;

function readMax(max: string | undefined): number | undefined {
	if (max === "*") return Number.POSITIVE_INFINITY;
	return max !== undefined && /^\d+$/.test(max) ? Number(max) : undefined;
}

const readSlicing = (slicing: JsonObject): Partial<Slicing> =>
	defined({
		rules: text(slicing.rules) as Slicing["rules"] | undefined,
		ordered: typeof slicing.ordered === "boolean" ? slicing.ordered : undefined,
		discriminators: Array.isArray(slicing.discriminator)
			? objects(slicing.discriminator).map(({ type, path }) => ({
					type: text(type) as Slicing["discriminators"][number]["type"],
					path: text(path) ?? "$this",
				}))
			: undefined,
	} as Partial<Slicing>);

const EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/";
const SYSTEM = "http://hl7.org/fhirpath/System.";

/** Types of one code are one rule, however often the code is repeated. */
function readTypes(types: readonly JsonObject[], element: JsonObject): TypeRule[] {
	const rules = new Map<string, TypeRule>();
	for (const type of types) {
		const code = typeCode(type, element);
		if (code === undefined) continue;
		const known = rules.get(code);
		rules.set(
			code,
			defined({
				code,
				profiles: [...(known?.profiles ?? []), ...texts(type.profile)],
				targetProfiles: [...(known?.targetProfiles ?? []), ...texts(type.targetProfile)],
				aggregation: Array.isArray(type.aggregation) ? (texts(type.aggregation) as TypeRule["aggregation"]) : undefined,
				versioning: text(type.versioning) as TypeRule["versioning"],
			} as TypeRule),
		);
	}
	return [...rules.values()];
}

/** The published snapshots name `Resource.id` a string; resource.html says `id`. */
function typeCode(type: JsonObject, element: JsonObject): string | undefined {
	const code = text(type.code);
	if (!code?.startsWith(SYSTEM)) return code;
	const origin = isObject(element.base) ? element.base.path : element.path;
	if (origin === "Resource.id") return "id";
	const said = objects(type.extension).find(({ url }) => url === `${EXTENSIONS}structuredefinition-fhir-type`);
	const name = code.slice(SYSTEM.length);
	return text(said?.valueUrl) ?? text(said?.valueUri) ?? name.charAt(0).toLowerCase() + name.slice(1);
}

function choiceOf(element: JsonObject, choice: string): BoundValue | undefined {
	const key = Object.keys(element).find((name) => name.startsWith(choice) && /[A-Z]/.test(name.charAt(choice.length)));
	const value = key === undefined ? undefined : element[key];
	if (key === undefined || value === undefined) return undefined;
	const type = key.slice(choice.length);
	return { type: type === "Quantity" ? type : type.charAt(0).toLowerCase() + type.slice(1), value };
}

function readBinding(binding: JsonObject): ElementChange["binding"] {
	const max = objects(binding.extension).find(({ url }) => url === `${EXTENSIONS}elementdefinition-maxValueSet`);
	return defined({
		strength: text(binding.strength) ?? "example",
		valueSet: text(binding.valueSet),
		maxValueSet: text(max?.valueCanonical) ?? text(max?.valueUri),
	} as NonNullable<ElementChange["binding"]>);
}

const EVERYWHERE = new Set(["ele-1", "ext-1"]);

function readConstraints(constraints: Json | undefined): Constraint[] | undefined {
	const read = objects(constraints).filter(({ key }) => typeof key === "string" && !EVERYWHERE.has(key));
	if (read.length === 0) return undefined;
	return read.map((constraint) =>
		defined({
			key: constraint.key,
			severity: constraint.severity === "warning" ? "warning" : "error",
			human: text(constraint.human) ?? "",
			expression: text(constraint.expression),
			bestPractice: objects(constraint.extension).some(
				({ url, valueBoolean }) => url === `${EXTENSIONS}elementdefinition-bestpractice` && valueBoolean === true,
			)
				? true
				: undefined,
		} as Constraint),
	);
}
