import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { isObject, type Json, Problem, type Resource } from "../../src/kernel/index.ts";
import { loadTerminology, type OwnTerminology } from "../../src/terminology/index.ts";
import { checkStructure } from "../../src/validation/index.ts";
import { differentialOf, NRCES, ofType, PROFILES, resourcesIn } from "../support/profiles.ts";

const R4 = "http://hl7.org/fhir/";
const LICENSED = ["http://snomed.info/sct", "http://loinc.org", `${R4}sid/icd-10`];
const registry = loadRegistry();
const files = resourcesIn(PROFILES);
const resources = [...files.values()];
const nrces = [...files].filter(([, { url }]) => String(url).startsWith(NRCES));
const profiles = ofType(resources, "StructureDefinition");
const urls = new Set(resources.map(({ url }) => url));

t.test("a file is named by the type and id of what it holds, and so is the canonical", async (t) => {
	t.ok(profiles.length >= 48);
	for (const [file, { resourceType, id, url, name, version, status, publisher, fhirVersion }] of nrces) {
		t.equal(file, `${resourceType}-${id}.json`);
		t.equal(url, `${NRCES}${resourceType}/${id}`);
		t.match(version, /^6\.5\.0-phc\.\d+$/, file);
		t.strictSame([status, publisher], ["active", "PHC Commons"], file);
		if (resourceType !== "StructureDefinition") continue;
		t.equal(name, id);
		t.equal(fhirVersion, "4.0.1", file);
	}
	t.equal(urls.size, resources.length, "no canonical is taken twice");
});

t.test("every file is a well-formed resource of R4", async (t) => {
	for (const [file, resource] of files) t.strictSame(checkStructure(registry, resource), [], file);
});

t.test("an element is named once, by its path and slice, and says in words what to send", async (t) => {
	for (const profile of profiles) {
		const elements = differentialOf(profile);
		t.equal(elements[0]?.id, profile.type);
		t.equal(new Set(elements.map(({ id }) => id)).size, elements.length, `${profile.id}: no id twice`);
		const wrong = elements.filter(
			({ id, path, sliceName, short }) =>
				id.replace(/:[^.]+/g, "") !== path ||
				/:([^.]+)$/.exec(id)?.[1] !== sliceName ||
				typeof short !== "string" ||
				short === "",
		);
		t.strictSame(wrong, [], String(profile.id));
	}
});

t.test("what a profile names is here or in R4", async (t) => {
	const named = profiles.flatMap((profile) => [...canonicalsIn(profile)].map((url) => [profile.id, url] as const));
	t.ok(named.length > 300);
	for (const [id, url] of named) {
		const type = url.startsWith(`${R4}StructureDefinition/`) && url.slice(`${R4}StructureDefinition/`.length);
		const known = urls.has(url) || (type && registry.type(type)) || (await isKnownValueSet(url));
		t.ok(known, `${id} names ${url}`);
	}
});

t.test("a value set names its codes, or is drawn from a system that a licence holder loads", async (t) => {
	for (const { id, url, compose, copyright } of ofType(resources, "ValueSet")) {
		const text = JSON.stringify(compose);
		const licensed = LICENSED.filter((system) => text.includes(`"${system}"`));
		if (String(url).startsWith(NRCES)) t.equal(copyright !== undefined, licensed.length > 0, `${id} names its licence`);
		if (licensed.length > 0) continue;
		t.ok((await loadTerminology().expand(String(url), own)).length > 1, String(id));
	}
});

t.test("a code system holds each code once, with its display", async (t) => {
	const systems = ofType(resources, "CodeSystem").filter(({ url }) => String(url).startsWith(NRCES));
	t.ok(systems.length >= 13);
	for (const { id, concept, count, content } of systems) {
		const concepts = concept as { code: string; display?: string }[];
		t.strictSame([content, count], ["complete", concepts.length], String(id));
		t.equal(new Set(concepts.map(({ code }) => code)).size, concepts.length, String(id));
		t.strictSame(
			concepts.filter(({ display }) => !display),
			[],
			String(id),
		);
	}
});

t.test("the page beside them names every profile and the version", async (t) => {
	const page = readFileSync(join(PROFILES, "README.md"), "utf8");
	for (const { id, version } of nrces.map(([, resource]) => resource)) {
		t.ok(page.includes(`\`${version}\``), `${version}`);
		if (files.has(`StructureDefinition-${id}.json`)) t.match(page, new RegExp(`\\b${id}\\b`));
	}
});

const own: OwnTerminology = {
	codeSystem: async (url) => find("CodeSystem", url),
	valueSet: async (url) => find("ValueSet", url),
};

const find = (type: string, url: string): Resource | undefined =>
	ofType(resources, type).find((resource) => resource.url === url);

/** Canonicals of profiles and value sets: what it was derived from, types, targets and bindings. */
function* canonicalsIn(value: Json | undefined, key = ""): Generator<string> {
	if (Array.isArray(value)) for (const item of value) yield* canonicalsIn(item, key);
	else if (isObject(value)) for (const [name, item] of Object.entries(value)) yield* canonicalsIn(item, name);
	else if (/^(baseDefinition|profile|targetProfile|valueSet)$/.test(key)) yield String(value);
}

async function isKnownValueSet(url: string): Promise<boolean> {
	const answer = await loadTerminology()
		.expand(url)
		.catch((error: unknown) => error);
	return Array.isArray(answer) || (answer instanceof Problem && answer.status === 422);
}
