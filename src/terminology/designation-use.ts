import type { Json, JsonObject } from "../kernel/index.ts";

/** What a designation is for. https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept.designation.use */
export type DesignationUse = { readonly system?: string; readonly code?: string; readonly display?: string };

/** Kinds of SNOMED CT descriptions, which its files give as codes alone. */
const KIND_OF_DESCRIPTION = /^9000000000000\d{5}$/;
const SNOMED = "http://snomed.info/sct";

/** The system of the thousands of uses in R4, which an `@` before the code stands for. */
const R4_USAGE = "http://terminology.hl7.org/CodeSystem/designation-usage";

/** A use in one text, as designations keep it: the code, or where there is more `[system, code, display]` as JSON. */
export function packUse({ system, code, display }: JsonObject): string | undefined {
	const parts = [system, code, display].map((part) => (typeof part === "string" && part !== "" ? part : ""));
	const [ofSystem, plain = "", words] = parts;
	if (parts.every((part) => part === "")) return undefined;
	if (plain === "" || words !== "" || /^[[@]/.test(plain)) return JSON.stringify(parts);
	if (ofSystem === "") return plain;
	return ofSystem === R4_USAGE ? `@${plain}` : JSON.stringify(parts);
}

/** The use that a text of `packUse`, or a code alone, means. */
export function unpackUse(use: string): DesignationUse {
	if (/^@./.test(use)) return { system: R4_USAGE, code: use.slice(1) };
	const [system, code, display] = partsOf(use) ?? [KIND_OF_DESCRIPTION.test(use) ? SNOMED : "", use, ""];
	return { ...(system && { system }), ...(code && { code }), ...(display && { display }) };
}

function partsOf(use: string): readonly string[] | undefined {
	if (!use.startsWith("[")) return undefined;
	try {
		const parts = JSON.parse(use) as Json;
		return Array.isArray(parts) && parts.every((part) => typeof part === "string") ? (parts as string[]) : undefined;
	} catch {
		return undefined;
	}
}
