import type { Test } from "tap";
import { loadDefinitions } from "../../src/definitions/index.ts";
import { MESSAGES } from "../../src/validation/index.ts";
import { findings, type Sample } from "./validation.ts";

/**
 * By key: what fulfils an invariant, what breaks it, and where it is said to. Each way to break a compound one has a
 * row of its own.
 */
export type Invariants = Readonly<
	Record<string, readonly (readonly [good: Sample, bad: Sample, expression: string])[]>
>;

/** Told under a message of its own, which says what the rule means there. */
const OWN_KINDS: Readonly<Record<string, readonly string[]>> = {
	"ele-1": [MESSAGES["primitive-empty"].rule, MESSAGES.empty.rule],
	"ext-1": [MESSAGES["extension-content"].rule],
	"dom-2": [MESSAGES.contained.rule],
	"dom-3": [MESSAGES.contained.rule],
	"dom-4": [MESSAGES.contained.rule],
	"dom-5": [MESSAGES.contained.rule],
	"txt-1": [MESSAGES.narrative.rule],
	"txt-2": [MESSAGES.narrative.rule],
	"ref-1": [MESSAGES["local-reference"].rule],
};

const isAbout = (key: string, { rule, text }: { rule?: string; text: string }): boolean =>
	OWN_KINDS[key]?.includes(rule ?? "") || text.includes(` ${key}: `);

/** Plays a table: the good are without error, in the bad the invariant is found once, at its place. */
export function playInvariants(t: Pick<Test, "test">, table: Invariants): void {
	for (const [key, rows] of Object.entries(table)) {
		t.test(`${key} holds where it should, and is found broken at its place`, async (t) => {
			for (const [good, bad, expression] of rows) {
				const quiet = (await findings(good)).filter((issue) => issue.severity === "error" || isAbout(key, issue));
				t.strictSame(quiet, [], JSON.stringify(good));
				const found = (await findings(bad)).filter((issue) => isAbout(key, issue));
				t.strictSame(
					found.map((issue) => issue.expression),
					[expression],
					JSON.stringify(bad),
				);
			}
		});
	}
}

const CORE = "http://hl7.org/fhir/StructureDefinition/";

/** Every key that R4 states for some types, for what they are based on, and for all data types within them. */
export function keysWithin(types: readonly string[]): readonly string[] {
	const definitions = loadDefinitions();
	const canonicals = types.map((type) => CORE + type);
	const keys = new Set(["ele-1", "ext-1"]);
	for (const canonical of canonicals) {
		const { elements = [], base } = definitions.profile(canonical) ?? {};
		for (const element of elements) for (const { key } of element.constraints ?? []) keys.add(key);
		const within = elements.flatMap(({ types }) => types.flatMap(({ code, profiles }) => [CORE + code, ...profiles]));
		for (const next of base === undefined ? within : [...within, base])
			if (!canonicals.includes(next) && next !== `${CORE}Resource`) canonicals.push(next);
	}
	return [...keys].toSorted();
}
