import t from "tap";
import { type ElementModel, loadRegistry } from "../../src/definitions/index.ts";
import type { Json, JsonObject, Resource } from "../../src/kernel/index.ts";
import {
	type Differential,
	differentialOf,
	NRCES,
	OFFICIAL,
	ofType,
	PROFILES,
	resourcesIn,
	withoutOfficial,
} from "../support/profiles.ts";

/** Rules of the official guide that ours leave out, and why. */
const LEFT_OUT: Record<string, string> = {
	"Task.input.value[x] type": "lists every datatype, as R4 does",
	"Task.output.value[x] type": "lists every datatype, as R4 does",
};

const registry = loadRegistry();
const ours = [...resourcesIn(PROFILES).values()].filter(({ url }) => String(url).startsWith(NRCES));
const theirs = new Map(withoutOfficial ? [] : [...resourcesIn(OFFICIAL).values()].map((one) => [one.url, one]));
const pairs = (type: string): [Resource, Resource][] =>
	ofType(ours, type).map((one) => [one, theirs.get(one.url) as Resource]);

t.test(
	"our profiles make the rules of the official guide, all of them and no other",
	{
		skip: withoutOfficial,
	},
	async (t) => {
		const unmet = new Set(Object.keys(LEFT_OUT));
		for (const [mine, official] of pairs("StructureDefinition")) {
			t.ok(official, `${mine.id} is in the guide`);
			for (const key of ["id", "name", "type", "kind", "abstract", "baseDefinition", "derivation", "fhirVersion"]) {
				t.strictSame(mine[key], official[key], `${mine.id} ${key}`);
			}
			const rules = rulesOf(mine);
			for (const [name, rule] of rulesOf(official)) {
				if (unmet.delete(name)) continue;
				t.strictSame(rules.get(name), rule, `${mine.id}: ${name}`);
				rules.delete(name);
			}
			t.strictSame([...rules.keys()], [], `${mine.id} adds nothing`);
		}
		t.strictSame([...unmet], [], "what is left out is in the guide");
	},
);

t.test("our code systems have the codes and displays of the guide", { skip: withoutOfficial }, async (t) => {
	const facts = ({ concept, caseSensitive }: Resource): Json => [
		caseSensitive as Json,
		...(concept as JsonObject[]).map(({ code, display }) => [code as Json, display as Json]),
	];
	for (const [mine, official] of pairs("CodeSystem")) t.strictSame(facts(mine), facts(official), String(mine.id));
});

t.test("our value sets choose the codes of the guide", { skip: withoutOfficial }, async (t) => {
	for (const [mine, official] of pairs("ValueSet")) {
		t.strictSame(withoutDisplays(mine.compose), withoutDisplays(official.compose), String(mine.id));
		const names = new Set(JSON.stringify(official.compose).match(/"display":"[^"]*"/g));
		for (const name of JSON.stringify(mine.compose).match(/"display":"[^"]*"/g) ?? []) {
			t.ok(names.has(name), `${mine.id} ${name}`);
		}
	}
});

/** `Patient.name.text min` → 1: every rule of a differential that says more than R4 does; hints in extensions are none. */
function rulesOf(profile: Resource): Map<string, unknown> {
	const rules = new Map<string, unknown>();
	for (const element of differentialOf(profile)) {
		for (const [kind, rule] of Object.entries(ruleOf(element))) {
			if (rule !== undefined) rules.set(`${element.id} ${kind}`, rule);
		}
	}
	return rules;
}

function ruleOf(element: Differential): Record<string, unknown> {
	const { id, path, sliceName, min, max, mustSupport, type, binding, slicing } = element;
	const base = sliceName === undefined ? cardinalityOf(path) : { min: 0, max: "*" };
	const values = Object.entries(element).filter(([key]) =>
		/^(fixed|pattern|minValue|maxValue|maxLength|contentReference|constraint|isModifier)/.test(key),
	);
	return {
		...Object.fromEntries(values),
		min: min === base?.min ? undefined : min,
		max: max === base?.max ? undefined : max,
		mustSupport: mustSupport || undefined,
		slice: sliceName === undefined ? undefined : id,
		slicing: slicing && { ordered: false, ...(slicing as JsonObject) },
		type: (type as JsonObject[] | undefined)?.map(({ code, profile, targetProfile, extension: _, ...rest }) => ({
			code,
			profile: new Set(profile as string[]),
			targetProfile: new Set(targetProfile as string[]),
			...rest,
		})),
		binding: binding && [(binding as JsonObject).strength, (binding as JsonObject).valueSet],
	};
}

/** What R4 allows at a path: `Patient.name.text` → 0..1; undefined at the root. */
function cardinalityOf(path: string): { min: number; max: string } | undefined {
	const [root = "", ...steps] = path.split(".");
	let type: string | undefined = root;
	let element: ElementModel | undefined;
	for (const step of steps) {
		const elements: ReadonlyMap<string, ElementModel> | undefined = type ? registry.type(type)?.elements : undefined;
		element = [...(elements?.values() ?? [])].find(({ name, choice }) => step === (choice ? `${choice}[x]` : name));
		type = step === "medication[x]" ? "CodeableConcept" : element?.type;
	}
	return element && { min: element.min, max: element.max === Number.POSITIVE_INFINITY ? "*" : String(element.max) };
}

const withoutDisplays = (compose: Json | undefined): Json =>
	JSON.parse(JSON.stringify(compose, (key, value) => (key === "display" ? undefined : value)));
