import { isObject, type JsonObject } from "../../kernel/index.ts";
import { ABSTRACT, INACTIVE } from "../code-system.ts";
import { packUse } from "../designation-use.ts";
import type { PropertyType } from "../large-systems.ts";
import { type StreamedConcept, streamConcepts } from "./concept-stream.ts";
import type { Package, PackageFile } from "./package.ts";
import { type ConceptSink, fileFault, isCode, type ReadOptions, type SystemFacts } from "./sink.ts";
import type { OnBytes } from "./text.ts";

const ENOUGH = 100;
/** In these a nested concept is not a kind of the one around it. https://hl7.org/fhir/R4/valueset-codesystem-hierarchy-meaning.html */
const NO_SUBSUMPTION: ReadonlySet<unknown> = new Set(["part-of", "grouped-by"]);

const isFhirJson = ({ path }: PackageFile): boolean => /\.json$/i.test(path);

export const fhirFiles = ({ files }: Package): readonly PackageFile[] => files.filter(isFhirJson);

/** Reads a CodeSystem resource of any size. https://hl7.org/fhir/R4/codesystem.html */
export async function readFhirJson(
	release: Package,
	sink: ConceptSink,
	options: ReadOptions,
	onBytes: OnBytes,
): Promise<SystemFacts> {
	const [file, second] = fhirFiles(release);
	if (file === undefined) throw fileFault("FHIR", undefined, "there is no JSON file. Name a CodeSystem in JSON.");
	if (second)
		throw fileFault(second.name, undefined, `is a second JSON file beside ${file.name}. Name the one to load.`);
	const concepts = streamConcepts(file, onBytes);
	let last = "the beginning";
	let isNested = false;
	let next = await concepts.next();
	for (let read = 1; !next.done; read++) {
		const code = next.value.concept.code;
		if (typeof code !== "string" || !isCode(code)) {
			throw fileFault(file.name, undefined, `the concept after ${last} has no code. Give it one.`);
		}
		last = code;
		isNested ||= next.value.children.length > 0;
		give(code, next.value, sink);
		if (read % ENOUGH === 0) await sink.ready();
		next = await concepts.next();
	}
	return factsOf(next.value, file, options, isNested);
}

function factsOf(resource: JsonObject, file: PackageFile, options: ReadOptions, isNested: boolean): SystemFacts {
	const { resourceType, content } = resource;
	if (resourceType !== "CodeSystem") throw fileFault(file.name, undefined, "is not a CodeSystem resource. Name one.");
	if (content !== "complete") {
		const found = `has the content "${content}", and only a complete one can be loaded`;
		throw fileFault(file.name, undefined, `${found}. Store it in the clinic by PUT CodeSystem instead.`);
	}
	const text = (key: string): string | undefined => (typeof resource[key] === "string" ? resource[key] : undefined);
	if (isNested && NO_SUBSUMPTION.has(resource.hierarchyMeaning)) {
		const found = `has the hierarchyMeaning "${resource.hierarchyMeaning}", so that its concepts are no kinds of those around them`;
		throw fileFault(file.name, undefined, `${found}. Take the nesting away; what is a kind of what, say by "parent".`);
	}
	const url = options.system ?? text("url");
	const version = options.version ?? text("version");
	if (url === undefined) throw fileFault(file.name, undefined, "has no url. Give --system.");
	if (version === undefined) throw fileFault(file.name, undefined, "has no version. Give --version.");
	const name = options.name ?? text("title") ?? text("name") ?? url;
	return { url, version, name, caseSensitive: resource.caseSensitive === true };
}

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function give(code: string, { concept, children }: StreamedConcept, sink: ConceptSink): void {
	const properties = objects(concept.property).flatMap((property) => {
		const value = readValue(property);
		return value && typeof property.code === "string" ? [{ name: property.code, ...value }] : [];
	});
	const says = (name: string, test: (value: string) => boolean): boolean =>
		properties.some((property) => property.name === name && test(property.value));
	sink.concept({
		code,
		display: typeof concept.display === "string" ? concept.display : code,
		inactive: says("inactive", (value) => value === "true") || says("status", (value) => INACTIVE.includes(value)),
		abstract: ABSTRACT.some((name) => says(name, (value) => value === "true")),
		definition: typeof concept.definition === "string" ? concept.definition : undefined,
	});
	for (const child of children) if (typeof child === "string") sink.parent(child, code);
	for (const { name, value, type } of properties) {
		if (name === "parent" || name === "subsumedBy") sink.parent(code, value);
		else if (name === "child") sink.parent(value, code);
		else if (name !== "inactive" && name !== "notSelectable") sink.property(code, name, value, type);
	}
	for (const { language, use, value } of objects(concept.designation)) {
		if (typeof value !== "string") continue;
		sink.designation({
			code,
			value,
			use: isObject(use) ? packUse(use) : undefined,
			language: typeof language === "string" ? language : undefined,
		});
	}
}

const TYPES: readonly PropertyType[] = ["code", "string", "boolean", "integer", "decimal", "dateTime"];

function readValue(property: JsonObject): { value: string; type: PropertyType } | undefined {
	for (const type of TYPES) {
		const value = property[`value${type[0]?.toUpperCase()}${type.slice(1)}`];
		if (value !== undefined) return { value: String(value), type };
	}
	const { valueCoding: coding } = property;
	return isObject(coding) ? { value: `${coding.system ?? ""}|${coding.code ?? ""}`, type: "Coding" } : undefined;
}
