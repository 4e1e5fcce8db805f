import { PROBLEM_KINDS, type Problem } from "./problem.ts";
import type { JsonObject } from "./resource.ts";

/**
 * An OperationOutcome that says what was wrong, one issue for each fault. The text stands in `details.text` and in
 * `diagnostics`: clients of other servers read one or the other.
 * https://hl7.org/fhir/R4/operationoutcome.html
 */
export function toOutcome(problem: Problem): JsonObject {
	const { code } = PROBLEM_KINDS[problem.kind];
	const severity = problem.status >= 500 ? "fatal" : "error";
	return {
		resourceType: "OperationOutcome",
		issue: problem.issues.map((issue) => ({
			severity,
			code: issue.code ?? code,
			details: { text: issue.text },
			diagnostics: issue.text,
			...(issue.expression === undefined ? {} : { expression: [issue.expression] }),
		})),
	};
}
