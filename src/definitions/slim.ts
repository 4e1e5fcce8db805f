import { isObject, type Json, type JsonObject, type Resource } from "../kernel/index.ts";
import { hasSnapshot } from "./structure.ts";

/**
 * A definition without what only people read: narrative, and in a StructureDefinition texts, mappings and examples of
 * elements: a tenth of it remains. Where its snapshot is complete the differential goes too.
 */
export function slimResource(resource: Resource): Resource {
	const { text: _, ...rest } = resource;
	if (resource.resourceType !== "StructureDefinition") return rest as Resource;
	const kept = Object.fromEntries(HEAD.flatMap((key) => (rest[key] === undefined ? [] : [[key, rest[key]]])));
	const snapshot = slimElements(resource.snapshot);
	const differential = slimElements(resource.differential);
	const isWhole = differential === undefined || hasSnapshot(resource);
	return {
		...kept,
		resourceType: resource.resourceType,
		...(snapshot && isWhole && { snapshot }),
		...(differential && !isWhole && { differential }),
	};
}

const HEAD = [
	"resourceType",
	"id",
	"url",
	"version",
	"name",
	"title",
	"status",
	"fhirVersion",
	"kind",
	"abstract",
	"context",
	"contextInvariant",
	"type",
	"baseDefinition",
	"derivation",
];

function slimElements(part: Json | undefined): JsonObject | undefined {
	if (!isObject(part) || !Array.isArray(part.element)) return undefined;
	return { element: part.element.filter(isObject).map(slimElement) };
}

const CHECKED = /^(?:id|path|sliceName|min|max|contentReference|maxLength|(?:fixed|pattern|minValue|maxValue)[A-Z].*)$/;
const EVERYWHERE = ["ele-1", "ext-1"];

function slimElement(element: JsonObject): JsonObject {
	const { slicing, base, type, binding, constraint } = element;
	const checked = Object.fromEntries(Object.entries(element).filter(([key]) => CHECKED.test(key)));
	return {
		...checked,
		...(isObject(slicing) && { slicing: pick(slicing, ["discriminator", "ordered", "rules"]) }),
		...(isObject(base) && base.path === "Resource.id" && { base: { path: base.path } }),
		...(Array.isArray(type) && { type: type.filter(isObject).map((item) => pick(item, TYPE)) }),
		...(isObject(binding) && { binding: slimBinding(binding) }),
		...(Array.isArray(constraint) && slimConstraints(constraint.filter(isObject))),
		...(element.mustSupport === true && { mustSupport: true }),
		...(element.isModifier === true && { isModifier: true }),
	};
}

const TYPE = ["code", "extension", "profile", "targetProfile", "aggregation", "versioning"];

const pick = (from: JsonObject, keys: readonly string[]): JsonObject =>
	Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));

function slimBinding(binding: JsonObject): JsonObject {
	const extension = extensionsOf(binding, "elementdefinition-maxValueSet");
	return { ...pick(binding, ["strength", "valueSet"]), ...(extension.length > 0 && { extension }) };
}

function slimConstraints(constraints: readonly JsonObject[]): { constraint?: JsonObject[] } {
	const kept = constraints
		.filter(({ key }) => !EVERYWHERE.includes(String(key)))
		.map((constraint) => {
			const extension = extensionsOf(constraint, "elementdefinition-bestpractice");
			return {
				...pick(constraint, ["key", "severity", "human", "expression"]),
				...(extension.length > 0 && { extension }),
			};
		});
	return kept.length > 0 ? { constraint: kept } : {};
}

const extensionsOf = ({ extension }: JsonObject, name: string): JsonObject[] =>
	Array.isArray(extension)
		? extension.filter(isObject).filter(({ url }) => typeof url === "string" && url.endsWith(`/${name}`))
		: [];
