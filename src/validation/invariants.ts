import type { Node, Scope } from "./fhirpath/index.ts";
import type { Invariant } from "./meaning.ts";
import type { MessageKind } from "./messages.ts";
import { fault, type Walk } from "./walk.ts";

/**
 * Tries invariants on the value the walk stands at. Those that only warn are tried only where advice is wanted.
 * https://hl7.org/fhir/R4/conformance-rules.html#constraints
 */
export function tryInvariants(
	walk: Walk,
	invariants: readonly Invariant[],
	node: Node,
	scope: Scope,
	advice: boolean,
): void {
	for (const { constraint, test } of invariants) {
		const isAdvice = constraint.severity === "warning" || constraint.bestPractice === true;
		if (isAdvice && !advice) continue;
		const answer = test(node, scope);
		if (answer === true) continue;
		if (answer === undefined) {
			if (advice) fault(walk, "invariant-untold", `could not be judged by ${constraint.key}: ${constraint.human}`);
			continue;
		}
		const kind: MessageKind = isAdvice ? "invariant-advice" : "invariant";
		fault(walk, kind, `${isAdvice ? "should" : "must"} fulfil ${constraint.key}: ${constraint.human}`);
	}
}
