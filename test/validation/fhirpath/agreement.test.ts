import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";
import t from "tap";
import { loadRegistry } from "../../../src/definitions/index.ts";
import { isObject, type JsonObject } from "../../../src/kernel/index.ts";
import { compileTest, type Test } from "../../../src/validation/fhirpath/index.ts";
import { r4Examples } from "../../support/r4-examples.ts";
import { type Instance, type Invariant, instancesOf, invariantsOfR4 } from "./instances.ts";

/**
 * All invariants of R4 on all examples of the specification and on damaged copies of them: ours say what fhirpath.js
 * says. `node test/validation/fhirpath/agreement.test.ts full` runs all of it, else a sample.
 */
const isFull = process.argv.includes("full");
/** Examples between two of the sample; instances of one place at most; damaged copies of each. */
const SAMPLE = isFull ? { every: 1, each: Infinity, damaged: 2 } : { every: 7, each: 12, damaged: 2 };
const LONGEST_TEXT = isFull ? Infinity : 100_000;

type Result = boolean | undefined | string;
type Reference = (instance: Instance) => Result;

/** Invariants that fhirpath.js can run only when written otherwise. */
const REWRITTEN: Record<string, (expression: string) => string> = {
	"dom-3": (expression) => expression.replaceAll("descendants().as(", "descendants().ofType("),
	"eld-19": (expression) => expression.replaceAll(/\\\\([,:;'"!@#%&-])|\\'/g, "$1").replaceAll("['\"", "['\""),
	"eld-20": (expression) => expression.replaceAll("[x]", "[x\\\\]"),
	"ctm-1": () => "true",
};

/** What fhirpath.js cannot tell, and why. */
const UNTOLD: Record<string, RegExp> = {
	"ctm-1": /^/, // resolve() needs a server there
	"ras-1": /getDecimal is not a function/, // `low` of a decimal
	"eld-16": /Invalid regular expression/, // `\\@` is none with the flag u
	"per-1": /^error/, // a damaged date is text, and text has no order with dates
	"rng-2": /^error/, // so has a damaged number
};

const registry = loadRegistry();
const tests = new Map<string, Test>();
const references = new Map<string, Reference>();

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
	const known = cache.get(key) ?? make();
	cache.set(key, known);
	return known;
}

function referenceOf(type: string, { key, expression }: Invariant): Reference {
	const written = REWRITTEN[key]?.(expression) ?? expression;
	const compiled = fhirpath.compile({ base: type, expression: written }, r4, { traceFn: () => undefined } as never);
	return ({ node, resource, root }) => {
		const variables = { resource: resource.value, rootResource: root.value, context: node.value };
		try {
			const values = compiled(node.value, variables) as unknown[];
			if (values.length === 0) return undefined;
			return values.length === 1 && typeof values[0] === "boolean" ? values[0] : true;
		} catch (error) {
			return `error: ${(error as Error).message}`;
		}
	};
}

/** A copy of a value with one of its properties, at any depth, removed, doubled or put in place of another. */
function damage(value: JsonObject, random: () => number): JsonObject {
	const copy = structuredClone(value);
	const owners: JsonObject[] = [];
	const collect = (item: unknown): void => {
		if (Array.isArray(item)) item.forEach(collect);
		else if (isObject(item)) {
			owners.push(item);
			Object.values(item).forEach(collect);
		}
	};
	collect(copy);
	const owner = owners[Math.floor(random() ** 2 * owners.length)] as JsonObject;
	const keys = Object.keys(owner).filter((key) => key !== "resourceType");
	const key = keys[Math.floor(random() * keys.length)];
	if (key === undefined) return copy;
	const found = owner[key];
	if (Array.isArray(found) && random() < 0.5) found.push(structuredClone(found[0] as never));
	else if (typeof found === "string" && random() < 0.5) owner[key] = "changed";
	else delete owner[key];
	return copy;
}

function randomOf(seed: number): () => number {
	return () => {
		seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
		return seed / 2 ** 32;
	};
}

t.test("invariants of R4 on the examples of R4", async (t) => {
	const invariants = invariantsOfR4();
	const seen = new Map<string, number>();
	const random = randomOf(1);
	const differences = new Map<string, string>();
	const told = { true: 0, false: 0, undefined: 0 };
	const look = (name: string, instance: Instance, isWhole: boolean): void => {
		for (const place of instance.places) {
			const due = invariants.get(place) ?? [];
			const count = seen.get(place + isWhole) ?? 0;
			seen.set(place + isWhole, count + 1);
			if (due.length === 0 || count >= SAMPLE.each) continue;
			for (const invariant of due) {
				const { type } = instance.node;
				const id = `${type} ${place} ${invariant.key}`;
				const test = cached(tests, id, () => compileTest(registry, type, invariant.expression));
				const reference = cached(references, id, () => referenceOf(type, invariant));
				const scope = {
					registry,
					resource: instance.resource,
					rootResource: instance.root,
					resolve: () => undefined,
				};
				const ours = test(instance.node, scope);
				const theirs = reference(instance);
				told[`${ours}`]++;
				if (ours === theirs) continue;
				if (UNTOLD[invariant.key]?.test(String(theirs))) continue;
				const difference = `${place} ${invariant.key}: ours ${ours}, theirs ${String(theirs).slice(0, 150)}`;
				if (!differences.has(difference)) differences.set(difference, name);
			}
		}
	};
	let number = 0;
	for (const { name, text } of r4Examples()) {
		if (number++ % SAMPLE.every !== 0 || text.length > LONGEST_TEXT) continue;
		const resource = JSON.parse(text) as JsonObject;
		for (const instance of instancesOf(resource)) look(name, instance, true);
		for (let i = 0; i < SAMPLE.damaged; i++) {
			for (const instance of instancesOf(damage(resource, random))) look(`${name}, damaged`, instance, false);
		}
	}
	t.strictSame([...differences], []);
	t.ok(told.true > 2000 && told.false > 100 && told.undefined > 20, JSON.stringify(told));
});
