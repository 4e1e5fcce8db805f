import { type Context, type Issue, Problem, type Resource } from "../kernel/index.ts";
import { MESSAGES, type MessageKind, type ValidateOptions } from "../validation/index.ts";
import { codingCheckOf } from "./code-check.ts";
import type { Engine } from "./engine.ts";

/** Where a resource is to be stored, or is asked whether it could be. */
export type Place = { readonly engine: Engine; readonly context: Pick<Context, "tenant"> };

/** How it is looked at, where that is not as the clinic has set it. */
export type Looking = Partial<Pick<ValidateOptions, "profiles" | "mode">> & Pick<ValidateOptions, "advice">;

/** Everything found by the rules of R4 and of profiles: those the resource claims, the clinic requires and `profiles` names. */
export function examine({ engine, context }: Place, resource: Resource, looking: Looking): Promise<Issue[]> {
	const { timeZone, validation } = context.tenant;
	const { mode, requiredProfiles } = validation;
	const type = resource.resourceType;
	const required = Object.hasOwn(requiredProfiles, type) ? (requiredProfiles[type] ?? NONE) : NONE;
	return engine.validate(resource, {
		profiles: looking.profiles ? [...new Set([...required, ...looking.profiles])] : required,
		mode: looking.mode ?? mode,
		advice: looking.advice,
		definitions: engine.definitions,
		codes: engine.codes,
		codings: codingCheckOf(engine.terminology, engine.ownTerminology),
		timeZone,
	});
}

const NONE: readonly string[] = [];

export const isError = ({ severity }: Issue): boolean => severity === undefined || severity === "error";

/** Kinds of faults that make a text no resource of R4; a resource with others is one, but it is not as it should be. */
const MALFORMED: readonly MessageKind[] = [
	"resource-type",
	"unknown-property",
	"shape",
	"empty",
	"null",
	"alignment",
	"too-deep",
	"required",
	"choice-clash",
	"primitive",
	"required-code",
	"implicit-rules",
	"primitive-empty",
	"extension-content",
	"local-reference",
	"contained",
	"narrative",
];
const MALFORMED_RULES = new Set<string | undefined>(MALFORMED.map((kind) => MESSAGES[kind].rule));

/**
 * @throws Problem with all that was found if an error is among it: `structure` (400) for what is no resource of R4,
 * else `unprocessable` (422). https://hl7.org/fhir/R4/http.html#create
 */
export function requireNoError(issues: readonly Issue[]): void {
	const errors = issues.filter(isError);
	if (errors.length === 0) return;
	const isMalformed = errors.some(({ rule }) => rule === undefined || MALFORMED_RULES.has(rule));
	throw new Problem(isMalformed ? "structure" : "unprocessable", issues);
}
