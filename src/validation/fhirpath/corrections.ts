type Correction = {
	readonly key: string;
	readonly published: string;
	readonly corrected: string;
	readonly reason: string;
};

/** Keys of the rule that a name should be usable as an identifier: one for each kind of definition. */
const NAME_KEYS =
	"adf cid cmd cpb cpd csd ees esc evd evi evv gdf ig inv lib mea msd nsd opd pdf que red rsd rvs sdf smp spd tcp tst vsd";

const NAME = "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')";

/**
 * Invariants of R4 that do not say in FHIRPath what they mean. `published` must be the expression word for word, so
 * that a profile with its own rule of the same key keeps it.
 */
const CORRECTIONS: readonly Correction[] = [
	...NAME_KEYS.split(" ").map((kind) => ({
		key: `${kind}-0`,
		published: NAME,
		corrected: "name.matches('^[A-Z]([A-Za-z0-9_]){0,254}$')",
		reason:
			"matches() looks for a part of the text, the rule means all of it: R5 has anchors. https://hl7.org/fhir/R5/metadataresource.html (cnl-0)",
	})),
	{
		key: "que-7",
		published: "operator = 'exists' implies (answer is Boolean)",
		corrected: "operator = 'exists' implies (answer is boolean)",
		reason: "Boolean is System.Boolean, which no element is. https://hl7.org/fhir/R4B/questionnaire.html (que-7)",
	},
];

const byRule = new Map(CORRECTIONS.map((correction) => [`${correction.key} ${correction.published}`, correction]));

/** The expression of an invariant as it was meant; the one given, where nothing is known to be wrong with it. */
export const correctedExpression = (key: string, expression: string): string =>
	byRule.get(`${key} ${expression}`)?.corrected ?? expression;
