type Correction = { readonly keys: string; readonly corrected: string; readonly reason: string };

/** eld-19 and eld-20 have no anchors either. */
const PATH_PART = "[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}";
const ANY_PATH = `${PATH_PART}(\\\\.${PATH_PART}(\\\\[x\\\\])?(\\\\:[^\\\\s\\\\.]+)?)*`;
const PLAIN_PATH = "[A-Za-z][A-Za-z0-9]*(\\\\.[a-z][A-Za-z0-9]*(\\\\[x])?)*";
const NAME = "[A-Z]([A-Za-z0-9_]){0,254}";

const ANCHORS = "matches() finds a part of the text, the rule means all of it; R5 has the anchors:";

/** Invariants of R4 that do not say in FHIRPath what they mean, by their expression as published. */
const CORRECTIONS: Readonly<Record<string, Correction>> = {
	[`name.matches('${NAME}')`]: {
		keys: "adf-0, cid-0, cmd-0 and one more for each kind of definition",
		corrected: `name.matches('^${NAME}$')`,
		reason: `${ANCHORS} cnl-0 of https://hl7.org/fhir/R5/canonicalresource.html`,
	},
	[`path.matches('${ANY_PATH}')`]: {
		keys: "eld-19",
		corrected: `path.matches('^${ANY_PATH}$')`,
		reason: `${ANCHORS} https://hl7.org/fhir/R5/elementdefinition.html`,
	},
	[`path.matches('${PLAIN_PATH}')`]: {
		keys: "eld-20",
		corrected: `path.matches('^${PLAIN_PATH}$')`,
		reason: `${ANCHORS} https://hl7.org/fhir/R5/elementdefinition.html`,
	},
	"operator = 'exists' implies (answer is Boolean)": {
		keys: "que-7",
		corrected: "operator = 'exists' implies (answer is boolean)",
		reason: "Boolean is System.Boolean, which no element is. https://hl7.org/fhir/R4B/questionnaire.html",
	},
};

/** An invariant as it was meant: the expression itself, where nothing is known to be wrong with it. */
export const correctedExpression = (expression: string): string =>
	Object.hasOwn(CORRECTIONS, expression) ? (CORRECTIONS[expression] as Correction).corrected : expression;
