/**
 * The closed set of ways a request can fail, each with its HTTP status and FHIR issue code.
 * The only such table: edges render from it, nothing else chooses a status.
 * https://hl7.org/fhir/R4/valueset-issue-type.html
 */
export const PROBLEM_KINDS = {
	invalid: { status: 400, code: "invalid" },
	structure: { status: 400, code: "structure" },
	required: { status: 400, code: "required" },
	value: { status: 400, code: "value" },
	invariant: { status: 400, code: "invariant" },
	unauthenticated: { status: 401, code: "login" },
	expired: { status: 401, code: "expired" },
	forbidden: { status: 403, code: "forbidden" },
	suspended: { status: 403, code: "suppressed" },
	"not-found": { status: 404, code: "not-found" },
	"not-allowed": { status: 405, code: "not-supported" },
	"not-acceptable": { status: 406, code: "not-supported" },
	conflict: { status: 409, code: "conflict" },
	duplicate: { status: 409, code: "duplicate" },
	deleted: { status: 410, code: "deleted" },
	"link-expired": { status: 410, code: "expired" },
	"precondition-failed": { status: 412, code: "conflict" },
	"multiple-matches": { status: 412, code: "multiple-matches" },
	"too-large": { status: 413, code: "too-long" },
	"unsupported-media-type": { status: 415, code: "not-supported" },
	unprocessable: { status: 422, code: "processing" },
	"too-costly": { status: 422, code: "too-costly" },
	throttled: { status: 429, code: "throttled" },
	fault: { status: 500, code: "exception" },
	"not-supported": { status: 501, code: "not-supported" },
	unavailable: { status: 503, code: "transient" },
} as const;

export type ProblemKind = keyof typeof PROBLEM_KINDS;

/**
 * One finding: public text that names the place, the rule and the mend. `expression` is a FHIRPath to the place, `code`
 * an issue type, `rule` the stable code of the message (`PHC-V-012`); without `severity` it is an error.
 */
export type Issue = {
	text: string;
	expression?: string;
	code?: string;
	rule?: string;
	severity?: "error" | "warning" | "information";
};

/**
 * A request that cannot be done, thrown anywhere and rendered only at an edge
 * (OperationOutcome, OAuth error, problem details). `detail` is private: logged, never sent.
 */
export class Problem extends Error {
	readonly kind: ProblemKind;
	readonly issues: readonly Issue[];
	readonly detail: string | undefined;

	constructor(kind: ProblemKind, issues: string | Issue | readonly Issue[], detail?: string) {
		const list = typeof issues === "string" ? [{ text: issues }] : "text" in issues ? [issues] : issues;
		super(list[0]?.text ?? kind);
		this.name = "Problem";
		this.kind = kind;
		this.issues = list;
		this.detail = detail;
	}

	get status(): number {
		return PROBLEM_KINDS[this.kind].status;
	}

	/** The same problem seen from an outer place: every text and expression is led by `place`, as `Bundle.entry[3]`. */
	at(place: string): Problem {
		const issues = this.issues.map((issue) => ({
			...issue,
			text: `${place}: ${issue.text}`,
			expression: issue.expression ? `${place}.${issue.expression}` : place,
		}));
		return new Problem(this.kind, issues, this.detail);
	}
}
