import { type Definitions, definitionsOf, layer, loadDefinitions, loadRegistry } from "../../src/definitions/index.ts";
import { type Issue, type Json, parseJson, type Resource } from "../../src/kernel/index.ts";
import { createValidator, MESSAGES, type MessageKind, type ValidateOptions } from "../../src/validation/index.ts";
import { standardCodes } from "./standard-codes.ts";

const standard = loadDefinitions();
const validate = createValidator(loadRegistry(), standard);
const codes = standardCodes(standard);

/** JSON as an object, or as text where the way of writing it counts. */
export type Sample = string | { readonly [key: string]: unknown };

export const resourceOf = (sample: Sample): Resource =>
	parseJson(typeof sample === "string" ? sample : JSON.stringify(sample)) as Resource;

/** The definitions of the server and over them those of a test. */
export const withDefinitions = (samples: readonly Sample[]): Definitions =>
	samples.length === 0 ? standard : layer(definitionsOf(samples.map(resourceOf)), standard);

/** What the validator of the server finds: enforcing, with advice, by R4 and our profiles, but as `options` say. */
export const findings = (sample: Sample, options: Partial<ValidateOptions> = {}): Promise<Issue[]> => {
	const definitions = options.definitions ?? standard;
	const own = definitions === standard ? codes : standardCodes(definitions);
	return validate(resourceOf(sample), {
		profiles: [],
		mode: "enforce",
		advice: true,
		codes: own,
		...options,
		definitions,
	});
};

/** What is wanted of one finding. */
export type Wanted = readonly [kind: MessageKind, expression: string, text: RegExp];

/** A resource, and what is to be found in it: nothing where it is good. */
export type Case = readonly [sample: Sample, ...wanted: Wanted[]];

/** Test cases by what they show. */
export type Table = Readonly<Record<string, Case>>;

type Tester = {
	test(name: string, run: (t: Tester) => Promise<void>): unknown;
	match(found: unknown, wanted: unknown): unknown;
	equal(found: unknown, wanted: unknown, message?: string): unknown;
};

/** Plays a table: every case finds exactly what it wants, errors and warnings; advice on narrative is passed over. */
export function playTable(t: Tester, table: Table, options: Partial<ValidateOptions> = {}): void {
	for (const [name, [sample, ...wanted]] of Object.entries(table)) {
		t.test(`${wanted.length === 0 ? "accepts" : "finds"} ${name}`, async (t) => {
			const found = (await findings(sample, options)).filter(({ text }) => !text.includes("dom-6"));
			t.match(
				found.map(({ rule, expression, text }) => [rule, expression, text]),
				wanted.map(([kind, expression, text]) => [MESSAGES[kind].rule, expression, text]),
			);
			t.equal(found.length, wanted.length, found.map(({ text }) => text).join("\n"));
		});
	}
}

const CORE = "http://hl7.org/fhir/StructureDefinition/";

export const TEST = "http://test.example/";

/** ElementDefinitions by id, without id, path and sliceName, which follow from it. */
export type Changes = { readonly [id: string]: { readonly [key: string]: Json } };

/** A profile of the tests, `http://test.example/[name]`, as a differential. */
export const profileOf = (type: string, name: string, changes: Changes, more: Record<string, Json> = {}): Sample => ({
	resourceType: "StructureDefinition",
	url: TEST + name,
	name,
	status: "active",
	kind: "resource",
	abstract: false,
	type,
	baseDefinition: CORE + type,
	derivation: "constraint",
	differential: { element: elementsOf(changes) },
	...more,
});

/** An extension of the tests for `contexts`, the changes as of a profile. */
export const extensionOf = (
	name: string,
	changes: Changes,
	contexts: readonly (readonly [type: string, expression: string])[] = [["element", "Element"]],
	more: Record<string, Json> = {},
): Sample =>
	profileOf(
		"Extension",
		name,
		{ "Extension.url": { fixedUri: TEST + name }, ...changes },
		{ kind: "complex-type", context: contexts.map(([type, expression]) => ({ type, expression })), ...more },
	);

function elementsOf(changes: Changes): Json[] {
	return Object.entries(changes).map(([id, change]) => {
		const slice = /:([^.:]+)$/.exec(id)?.[1];
		return { id, path: id.replace(/:[^.]+/g, ""), ...(slice !== undefined && { sliceName: slice }), ...change };
	});
}
