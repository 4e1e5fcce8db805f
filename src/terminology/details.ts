import { isObject, type Json, type JsonObject } from "../kernel/index.ts";
import { packUse } from "./designation-use.ts";
import type { Designation, PropertyType } from "./large-systems.ts";

/**
 * What a reader wants to know of a code system beside what can be asked of its codes; those of R4 lie apart
 * (`r4/details.json`), so that a search does not read them.
 */
export type PackedDetails = {
	readonly title?: string;
	/** In the order of the packed concepts; empty where the display is the code. */
	readonly displays?: readonly string[];
	/** By code; not kept for R4. */
	readonly definitions?: Readonly<Record<string, string>>;
	readonly designations?: Readonly<Record<string, readonly PackedDesignation[]>>;
	/** Of properties that are not `code`, by name. */
	readonly types?: Readonly<Record<string, PropertyType>>;
};

/** The use as `packUse` writes it. */
export type PackedDesignation = readonly [value: string, language?: string | null, use?: string];

/** The details of R4. */
export type DetailsOfAll = {
	readonly codeSystems: Readonly<Record<string, PackedDetails>>;
	/** Titles, by url. */
	readonly valueSets: Readonly<Record<string, string>>;
	/** What value sets call codes of systems that are not here: by system and code. */
	readonly displays: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const objects = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

const TYPES: readonly string[] = [
	"code",
	"string",
	"boolean",
	"integer",
	"decimal",
	"dateTime",
	"Coding",
] satisfies PropertyType[];
const isType = (type: string | undefined): type is PropertyType => type !== undefined && TYPES.includes(type);

/** The texts of a CodeSystem resource whose packed concepts are these `codes`. https://hl7.org/fhir/R4/codesystem.html */
export function packDetails(resource: JsonObject, codes: readonly string[]): PackedDetails {
	const displays = new Map<string, string>();
	const definitions: [string, string][] = [];
	const designations: [string, PackedDesignation[]][] = [];
	const types = new Map<string, PropertyType>();
	const typed = (code: string | undefined, type: string | undefined): void => {
		if (code !== undefined && isType(type) && type !== "code") types.set(code, type);
	};
	const walk = (concepts: readonly JsonObject[]): void => {
		for (const concept of concepts) {
			const code = text(concept.code);
			if (code === undefined) continue;
			displays.set(code, text(concept.display) ?? code);
			const definition = text(concept.definition);
			if (definition !== undefined) definitions.push([code, definition]);
			const others = objects(concept.designation).flatMap(packDesignation);
			if (others.length > 0) designations.push([code, others]);
			for (const property of objects(concept.property)) {
				const name = Object.keys(property).find((key) => key.startsWith("value")) ?? "";
				const type =
					name === "valueCoding" ? "Coding" : name === "valueDateTime" ? "dateTime" : name.slice(5).toLowerCase();
				typed(text(property.code), type);
			}
			walk(objects(concept.concept));
		}
	};
	walk(objects(resource.concept));
	for (const { code, type } of objects(resource.property)) typed(text(code), text(type));
	const title = text(resource.title) ?? text(resource.name);
	return {
		...(title !== undefined && { title }),
		displays: codes.map((code) => (displays.get(code) === code ? "" : (displays.get(code) ?? ""))),
		...(definitions.length > 0 && { definitions: Object.fromEntries(definitions) }),
		...(designations.length > 0 && { designations: Object.fromEntries(designations) }),
		...(types.size > 0 && { types: Object.fromEntries(types) }),
	};
}

/** https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept.designation */
export function packDesignation({ language, use, value }: JsonObject): PackedDesignation[] {
	const words = text(value);
	if (words === undefined) return [];
	const kind = isObject(use) ? packUse(use) : undefined;
	const spoken = text(language);
	if (kind !== undefined) return [[words, spoken ?? null, kind]];
	return [spoken === undefined ? [words] : [words, spoken]];
}

export const designationOf = ([value, language, use]: PackedDesignation): Designation => ({
	value,
	...(typeof language === "string" && { language }),
	...(use !== undefined && { use }),
});
