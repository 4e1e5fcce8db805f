import type { Registry } from "../../definitions/index.ts";
import { isObject, isRawNumber, type Json, type JsonObject, Problem, type Resource } from "../../kernel/index.ts";

/** What takes the place of a link inside a transaction; `undefined` leaves it. */
export type Replace = (url: string) => string | undefined;

/** Element types whose values a transaction rewrites beside references; canonicals are names and stay. */
const LINK_TYPES = new Set(["uri", "url", "oid", "uuid"]);

/**
 * A copy of a resource with its links replaced: Reference.reference, elements of type uri, url, oid and uuid, and
 * href and src in narrative. Nothing is copied where nothing changes. https://hl7.org/fhir/R4/http.html#trules
 */
export function rewriteLinks(registry: Registry, resource: Resource, replace: Replace): Resource {
	return rewriteObject(registry, resource, resource.resourceType, replace) as Resource;
}

function rewriteObject(registry: Registry, object: JsonObject, typeName: string, replace: Replace): JsonObject {
	const dynamic = typeof object.resourceType === "string" ? object.resourceType : typeName;
	const elements = registry.type(dynamic)?.elements;
	let copy: JsonObject | undefined;
	for (const name in object) {
		const value = object[name] as Json;
		const type = elements?.get(name)?.type;
		if (type === undefined && !name.startsWith("_")) continue;
		const next = rewriteValue(registry, value, type ?? "Element", name, dynamic, replace);
		if (next !== value) {
			copy ??= { ...object };
			copy[name] = next;
		}
	}
	return copy ?? object;
}

function rewriteValue(
	registry: Registry,
	value: Json,
	type: string,
	name: string,
	owner: string,
	replace: Replace,
): Json {
	if (Array.isArray(value)) {
		let copy: Json[] | undefined;
		for (const [i, item] of value.entries()) {
			const next = rewriteValue(registry, item, type, name, owner, replace);
			if (next !== item) {
				copy ??= [...value];
				copy[i] = next;
			}
		}
		return copy ?? value;
	}
	if (isObject(value)) return rewriteObject(registry, value, type, replace);
	if (typeof value !== "string") return value;
	if (owner === "Reference" && name === "reference") return replace(value) ?? value;
	if (type === "xhtml") return rewriteNarrative(value, replace);
	// An extension's url and a system name a definition, they do not link.
	if (LINK_TYPES.has(type) && !(owner === "Extension" && name === "url")) return replace(value) ?? value;
	return value;
}

const NARRATIVE_LINK = /(\s(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')/g;

function rewriteNarrative(div: string, replace: Replace): string {
	if (!/href|src/.test(div)) return div;
	return div.replace(NARRATIVE_LINK, (whole, lead: string, double?: string, single?: string) => {
		const next = replace(double ?? single ?? "");
		return next === undefined ? whole : `${lead}"${next}"`;
	});
}

/** The conditional references in a resource (`Patient?identifier=…`), each once. https://hl7.org/fhir/R4/http.html#trules */
export function conditionalReferences(registry: Registry, resource: Resource): string[] {
	const found = new Set<string>();
	eachReference(resource, (url) => {
		if (isConditional(registry, url)) found.add(url);
	});
	return [...found];
}

/** Whether a reference is `Type?criteria`. */
export function isConditional(registry: Registry, url: string): boolean {
	const mark = url.indexOf("?");
	return mark > 0 && registry.isResourceType(url.slice(0, mark));
}

/** Calls `take` for the text of every Reference in a resource. */
export function eachReference(resource: Resource, take: (url: string) => void): void {
	visit(resource);
	function visit(value: Json | undefined): void {
		if (Array.isArray(value)) for (const item of value) visit(item);
		else if (isObject(value)) {
			for (const name in value) {
				const child = value[name];
				if (name === "reference" && typeof child === "string") take(child);
				else if (typeof child === "object") visit(child);
			}
		}
	}
}

/** A copy of a resource with its References replaced and all else as it was; nothing is copied where nothing changes. */
export function mapReferences(resource: Resource, replace: Replace): Resource {
	return map(resource) as Resource;
	function map(value: Json | undefined): Json | undefined {
		if (typeof value !== "object" || value === null || isRawNumber(value)) return value;
		let copy: Json[] | JsonObject | undefined;
		for (const name in value) {
			const child = (value as JsonObject)[name];
			const next = name === "reference" && typeof child === "string" ? (replace(child) ?? child) : map(child);
			if (next === child) continue;
			copy ??= Array.isArray(value) ? [...value] : { ...value };
			(copy as JsonObject)[name] = next;
		}
		return copy ?? value;
	}
}

/** @throws Problem for a urn that no entry of the Bundle answers to. */
export function requireResolved(resource: Resource): void {
	eachReference(resource, (url) => {
		if (!/^urn:(uuid|oid):/.test(url)) return;
		throw new Problem("value", {
			text: `The reference "${url}" is the fullUrl of no entry in this Bundle. Add the entry or correct the reference.`,
			expression: "resource",
		});
	});
}
