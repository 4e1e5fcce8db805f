import { type Issue, PROBLEM_KINDS, type Problem } from "./problem.ts";
import type { JsonObject } from "./resource.ts";

/**
 * An OperationOutcome that says what was wrong, one issue for each fault. The text stands in `details.text` and in
 * `diagnostics`: clients of other servers read one or the other.
 * https://hl7.org/fhir/R4/operationoutcome.html
 */
export function toOutcome(problem: Problem): JsonObject {
	const { code } = PROBLEM_KINDS[problem.kind];
	return outcomeOf(problem.issues, { severity: problem.status >= 500 ? "fatal" : "error", code });
}

/** Findings as an OperationOutcome; `otherwise` is said of those that do not say it themselves. */
export const outcomeOf = (
	issues: readonly Issue[],
	otherwise: { readonly severity: string; readonly code: string },
): JsonObject => ({
	resourceType: "OperationOutcome",
	issue: issues.map(({ severity, code, rule, text, expression }) => ({
		severity: severity ?? otherwise.severity,
		code: code ?? otherwise.code,
		details: { ...(rule !== undefined && { coding: [{ system: MESSAGE_SYSTEM, code: rule }] }), text },
		diagnostics: text,
		...(expression !== undefined && { expression: [expression] }),
	})),
});

/** The code system of our messages; docs/errors.md lists them. */
const MESSAGE_SYSTEM = "urn:phc-commons:message";
