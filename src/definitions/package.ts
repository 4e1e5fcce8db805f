import { basename } from "node:path";
import { isObject, type Json, type JsonObject, Problem, parseJson, type Resource } from "../kernel/index.ts";
import { canonicalOf } from "./canonical.ts";
import { PACKAGE_LIMITS, type PackageLimits, packageFiles } from "./package-files.ts";
import { slimResource } from "./slim.ts";

/** A file of a package that gives no definition, and why. */
export type PassedFile = {
	readonly file: string;
	readonly reason: string;
	/** Whether it should have been read: broken, a second of the same name, or of another FHIR version. */
	readonly isFault: boolean;
};

/** What was read of a FHIR package. `resources` hold only what the server works with. */
export type DefinitionPackage = {
	readonly name: string;
	readonly version: string;
	readonly resources: readonly Resource[];
	readonly passed: readonly PassedFile[];
};

/** The resources that define something the server works with. */
export const DEFINITION_TYPES = ["StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "SearchParameter"];

/**
 * Reads a FHIR implementation guide: an official package (`.tgz`), or a folder of JSON files.
 * https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
 * @throws Problem `not-found`, `invalid`, `too-large`, or `unprocessable` when it is for another FHIR version.
 */
export async function readPackage(path: string, limits: PackageLimits = PACKAGE_LIMITS): Promise<DefinitionPackage> {
	const files = await packageFiles(path, limits);
	const read = files.map(({ name, text }) => ({ file: name, content: contentOf(text) }));
	const manifest = objectOf(read.find(({ file }) => file === "package.json")?.content);
	checkFhirVersion(path, manifest);
	const passed: PassedFile[] = [];
	const byName = new Map<string, Resource>();
	for (const { file, content } of read) {
		if (file === "package.json") continue;
		const reason = content instanceof Error ? `cannot be read: ${content.message}` : reasonToPass(content, byName);
		if (reason === undefined) {
			const resource = slimmed(content as Resource, file);
			byName.set(keyOf(resource), resource);
		} else passed.push({ file, reason, isFault: reason !== NO_DEFINITION });
	}
	if (byName.size === 0)
		throw new Problem("invalid", `${path} holds no definitions of ${DEFINITION_TYPES.join(", ")}.`);
	const guide = objectOf(
		read.find(({ content }) => objectOf(content)?.resourceType === "ImplementationGuide")?.content,
	);
	return {
		name: textOf(manifest?.name) ?? textOf(guide?.packageId) ?? basename(path).replace(/\.(?:tgz|tar\.gz|tar)$/i, ""),
		version: textOf(manifest?.version) ?? textOf(guide?.version) ?? "0",
		resources: [...byName.values()],
		passed,
	};
}

function slimmed(resource: Resource, file: string): Resource {
	try {
		return slimResource(resource);
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		throw new Problem(error.kind, `${file} cannot be used: ${error.message}`);
	}
}

function contentOf(text: string): Json | Error {
	try {
		return parseJson(text);
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

const objectOf = (content: Json | Error | undefined): JsonObject | undefined =>
	!(content instanceof Error) && isObject(content) ? content : undefined;
const textOf = (value: Json | undefined): string | undefined =>
	typeof value === "string" && value ? value : undefined;

const keyOf = ({ resourceType, url, version }: JsonObject): string =>
	`${resourceType} ${canonicalOf(String(url), textOf(version))}`;

const NO_DEFINITION = "is no definition";

function reasonToPass(content: Json, known: ReadonlyMap<string, Resource>): string | undefined {
	if (!isObject(content) || typeof content.resourceType !== "string") return NO_DEFINITION;
	if (!DEFINITION_TYPES.includes(content.resourceType)) return NO_DEFINITION;
	if (textOf(content.url) === undefined) return `is a ${content.resourceType} without a url: give it one`;
	const { fhirVersion } = content;
	if (typeof fhirVersion === "string" && !isR4(fhirVersion)) return `is for FHIR ${fhirVersion}; this server speaks R4`;
	if (known.has(keyOf(content))) return `defines ${keyOf(content)} once more: leave out one of them`;
	return undefined;
}

const isR4 = (version: string): boolean => /^4\.0(?:\.|$)/.test(version);

function checkFhirVersion(path: string, manifest: JsonObject | undefined): void {
	const said = manifest?.fhirVersions ?? manifest?.["fhir-version-list"];
	const versions = Array.isArray(said) ? said.filter((version) => typeof version === "string") : [];
	if (versions.length === 0 || versions.some(isR4)) return;
	const text = `${path} is for FHIR ${versions.join(", ")}; this server speaks R4 (4.0.1): fetch the package for R4.`;
	throw new Problem("unprocessable", text);
}
