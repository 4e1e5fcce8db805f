import type { ElementModel, Registry } from "../definitions/index.ts";
import {
	type FhirResponse,
	isObject,
	type Json,
	type JsonObject,
	Problem,
	parseJson,
	type Resource,
} from "../kernel/index.ts";
import type { Pair } from "../search/index.ts";
import type { Exchange } from "./engine.ts";

/** A partial view of resources: which elements stay. */
export type Subset = (resource: Resource) => Resource;

const SUBSETTED: JsonObject = {
	system: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
	code: "SUBSETTED",
	display: "subsetted",
};

/**
 * Reads `_summary` and `_elements`; `undefined` when whole resources are wanted. `_summary=count` is the caller's.
 * https://hl7.org/fhir/R4/search.html#summary
 */
export function readSubset(registry: Registry, query: readonly Pair[]): Subset | undefined {
	const summary = query.findLast(([name]) => name === "_summary")?.[1];
	const elements = query.filter(([name]) => name === "_elements").flatMap(([, value]) => value.split(","));
	if (elements.length > 0)
		return (resource) => keep(registry, resource, elementsFilter(resource.resourceType, elements));
	switch (summary) {
		case undefined:
		case "false":
		case "count":
			return undefined;
		case "true":
			return (resource) => keep(registry, resource, ({ summary, min, modifier }) => summary || min > 0 || modifier);
		case "text":
			return (resource) => keep(registry, resource, (element) => element.name === "text" || element.min > 0);
		case "data":
			return (resource) => keep(registry, resource, (element) => element.name !== "text");
		default:
			throw new Problem("value", {
				text: "The value of _summary must be true, text, data, count or false.",
				expression: "_summary",
			});
	}
}

/** Names may be bare or led by the type, as `Patient.name`; only their first step counts. */
function elementsFilter(type: string, names: readonly string[]): (element: ElementModel) => boolean {
	const wanted = new Set(
		names.map((name) => name.trim()).map((name) => (name.startsWith(`${type}.`) ? name.slice(type.length + 1) : name)),
	);
	const roots = new Set([...wanted].map((name) => name.split(".")[0]));
	return (element) =>
		roots.has(element.name) || roots.has(element.choice ?? element.name) || element.min > 0 || element.modifier;
}

const ALWAYS = new Set(["resourceType", "id", "meta"]);

function keep(registry: Registry, resource: Resource, wanted: (element: ElementModel) => boolean): Resource {
	const model = registry.type(resource.resourceType);
	const entries = Object.entries(resource).filter(([name]) => {
		const element = model?.elements.get(name.startsWith("_") ? name.slice(1) : name);
		return ALWAYS.has(name) || element === undefined || wanted(element);
	});
	const subset = Object.fromEntries(entries) as Resource;
	const tags: Json[] = Array.isArray(subset.meta?.tag) ? subset.meta.tag : [];
	return { ...subset, meta: { ...subset.meta, tag: [...tags, SUBSETTED] } };
}

/** Applies `_summary` and `_elements` of the request to a response that carries one resource as text. */
export function subsetResponse({ engine, query }: Exchange, type: string, response: FhirResponse): FhirResponse {
	if (query.length === 0 || typeof response.body !== "string") return response;
	const subset = readSubset(engine.registry, query);
	if (!subset) return response;
	const tree = parseJson(response.body);
	if (!isObject(tree)) throw new Error(`stored ${type} is not an object`);
	return { ...response, body: JSON.stringify(subset(tree as Resource)) };
}
