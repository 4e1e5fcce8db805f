import type { Definitions, Registry } from "../definitions/index.ts";
import { type Issue, type JsonObject, nearUrls, type Resource } from "../kernel/index.ts";
import { askOnce } from "./codings.ts";
import { looking } from "./look.ts";
import { type Meanings, meaningsOf } from "./meaning.ts";
import { membershipsOf } from "./memberships.ts";
import { checkBody } from "./profile/check.ts";
import { compileProfile } from "./profile/compile.ts";
import { compilerOf } from "./profile/compiler.ts";
import { conformityOf } from "./profile/conformity.ts";
import { findProfile, profileName } from "./profile/find.ts";
import type { Claim, Run, RunWalk } from "./run.ts";
import { scopeOf } from "./scope.ts";
import { walkStructure } from "./structure.ts";
import type { Validate, ValidateOptions } from "./validate.ts";
import { fault, issuesOf, newWalk, quote } from "./walk.ts";

/**
 * Makes the validator of a server. `standard` are R4's own definitions, whose rules always hold; profiles come with
 * each call. What it compiles is kept. https://hl7.org/fhir/R4/validation.html
 */
export function createValidator(registry: Registry, standard: Definitions): Validate {
	const meanings = meaningsOf(registry, standard);
	return async (resource, options) => {
		const answers = { memberships: membershipsOf(options.codes), codings: askOnce(options.codings) };
		let issues = await pass(newRun(registry, meanings, options, answers), resource);
		for (let n = 1; n < MOST_PASSES && (await answers.memberships.settle()); n++)
			issues = await pass(newRun(registry, meanings, options, answers), resource);
		return issues;
	};
}

/** Some seconds' worth: far beyond any honest resource, and the end of a hostile expression. */
const MOST_STEPS_OF_FHIRPATH = 5_000_000;

/** What a code decides may let other codes decide; deeper than this nothing is nested. */
const MOST_PASSES = 5;

async function pass(run: Run, resource: Resource): Promise<Issue[]> {
	const { registry, options } = run;
	const walk = walkOf(run, resource);
	walkStructure(registry, walk, resource);
	const profiles = run.profileWalk(walk);
	if (options.mode !== "off") checkClaims(profiles, resource, options);
	if (run.pending.length > 0) await Promise.all(run.pending);
	const told = options.mode === "warn" ? issuesOf(profiles).map(asWarning) : issuesOf(profiles);
	return distinct([...issuesOf(walk), ...told], options.advice);
}

/** What is asked once for all passes. */
type Answers = Pick<Run, "memberships" | "codings">;

function newRun(registry: Registry, meanings: Meanings, options: ValidateOptions, answers: Answers): Run {
	let profiles: RunWalk | undefined;
	return {
		registry,
		options,
		meanings,
		...answers,
		claims: [],
		pending: [],
		budget: { left: MOST_STEPS_OF_FHIRPATH },
		told: new Set(),
		conforms: conformityOf(),
		profileWalk(walk) {
			profiles ??= { ...walk, ...newWalk(walk.container) };
			return Object.assign(profiles, {
				steps: walk.steps,
				depth: walk.depth,
				scope: walk.scope,
				resourceDepth: walk.resourceDepth,
			});
		},
		scopes: new Map(),
		neighbourhoods: new Map(),
	};
}

function walkOf(run: Run, resource: JsonObject): RunWalk {
	return { ...newWalk(resource), observer: looking, run, scope: scopeOf(run, resource), resourceDepth: 0 };
}

function checkClaims(walk: RunWalk, resource: Resource, options: ValidateOptions): void {
	if (!walk.run.registry.isResourceType(resource.resourceType)) return;
	const steps = [resource.resourceType];
	const asked = options.profiles.map((canonical) => ({ resource, steps, canonical, isAsked: true }));
	const done = new Map<JsonObject, Set<string>>();
	for (const claim of [...asked, ...walk.run.claims]) {
		const canonicals = done.get(claim.resource) ?? new Set();
		if (canonicals.has(claim.canonical)) continue;
		done.set(claim.resource, canonicals.add(claim.canonical));
		checkClaim(walk, claim);
	}
}

function checkClaim(walk: RunWalk, { resource, steps, canonical, isAsked }: Claim): void {
	const { registry, options } = walk.run;
	walk.steps.splice(0, walk.steps.length, ...steps);
	walk.depth = steps.length;
	walk.resourceDepth = steps.length;
	walk.scope = scopeOf(walk.run, resource);
	const profile = findProfile(walk, canonical);
	if (!profile) {
		const { definitions } = options;
		if (isAsked) fault(walk, "profile-missing", () => `must conform to ${unknownProfile(canonical, definitions)}`);
		else if (options.advice && !isListed(definitions, canonical))
			fault(walk, "profile-unknown", () => `says it conforms to ${unknownProfile(canonical, definitions)}`);
		return;
	}
	if (profile.derivation === "specialization" && profile.abstract) return;
	if (profile.type !== resource.resourceType) {
		fault(
			walk,
			"profile-type",
			`must be ${profile.type} to conform to ${profileName(profile)}, not ${resource.resourceType}`,
		);
		return;
	}
	checkBody(walk, compileProfile(compilerOf(registry, options.definitions), profile), walk.scope.resource);
}

/** A profile that is listed and yet cannot be had is one from which no snapshot can be made: that has been said. */
function isListed(definitions: Definitions, canonical: string): boolean {
	const known =
		listed.get(definitions) ?? new Set(definitions.profiles.flatMap((one) => [one, one.split("|")[0] ?? ""]));
	listed.set(definitions, known);
	return known.has(canonical);
}

/** A resource may claim thousands. */
const listed = new WeakMap<Definitions, ReadonlySet<string>>();

function unknownProfile(canonical: string, definitions: Definitions): string {
	const { profiles } = definitions;
	if (isListed(definitions, canonical)) return `${quote(canonical)}, which cannot be used: mend that profile`;
	const [url = ""] = canonical.split("|");
	const versions = profiles.filter((known) => known.startsWith(`${url}|`)).map((known) => known.slice(url.length + 1));
	if (versions.length > 0)
		return `${quote(canonical)}, which is not known here: of that profile there is version ${versions.join(", ")}`;
	const near = nearUrls(canonical, [...new Set(profiles.map((known) => known.split("|")[0] ?? known))]);
	const mend = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "add its package";
	return `${quote(canonical)}, which is not known here: ${mend}`;
}

const asWarning = (issue: Issue): Issue => (issue.severity === "error" ? { ...issue, severity: "warning" } : issue);

/** Two profiles may find the same; a write wants to know of errors only. */
function distinct(issues: readonly Issue[], advice: boolean): Issue[] {
	if (issues.length === 0) return [];
	const seen = new Set<string>();
	return issues.filter(({ text, expression, severity }) => {
		const told = `${expression} ${text}`;
		if (seen.has(told) || (!advice && severity !== "error")) return false;
		seen.add(told);
		return true;
	});
}
