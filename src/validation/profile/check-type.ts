import type { TypeRule } from "../../definitions/index.ts";
import { isObject, type JsonObject } from "../../kernel/index.ts";
import type { Node } from "../fhirpath/index.ts";
import { oneOf, targetType } from "../references.ts";
import type { RunWalk } from "../run.ts";
import { fault } from "../walk.ts";
import { knownProfile } from "./find.ts";

/** What a profile says of the type of a value: profiles it must conform to, and where and what a reference points to. */
export function checkTypeRule(walk: RunWalk, rule: TypeRule, node: Node): void {
	if (rule.code === "Reference") checkReference(walk, rule, node);
	if (rule.profiles.length > 0 && rule.code !== "Extension") checkProfiles(walk, rule.profiles, node);
}

function checkProfiles(walk: RunWalk, profiles: readonly string[], node: Node): void {
	const findings = profiles.map((canonical) => walk.run.conforms(walk, node, canonical));
	if (findings.some((found) => found === undefined || found.length === 0)) return;
	const names = profiles.map(lastPart);
	fault(walk, "type-profile", `must conform to ${oneOf(names)}: ${reasons(findings)}`);
}

function checkReference(walk: RunWalk, rule: TypeRule, node: Node): void {
	const { value } = node;
	if (!isObject(value)) return;
	checkPlace(walk, rule, value.reference);
	if (rule.targetProfiles.length > 0) checkTarget(walk, rule.targetProfiles, node);
}

/** https://hl7.org/fhir/R4/valueset-resource-aggregation-mode.html */
function checkPlace(walk: RunWalk, { aggregation, versioning }: TypeRule, reference: unknown): void {
	if (typeof reference !== "string") return;
	if (aggregation && aggregation.length > 0) {
		const isContained = reference.startsWith("#");
		const isBundled = !isContained && walk.scope.resolve(reference, NOWHERE) !== undefined;
		const place = isContained ? "contained" : isBundled ? "bundled" : "referenced";
		const fits = aggregation.includes(place) || (place === "bundled" && aggregation.includes("referenced"));
		if (!fits) fault(walk, "aggregation", `must refer to a resource that is ${oneOf(aggregation)}, not ${place}`);
	}
	const isSpecific = /\/_history\/[^/]+$/.test(reference);
	if (versioning === "specific" && !isSpecific) fault(walk, "versioning", "must name a version (/_history/n)");
	if (versioning === "independent" && isSpecific)
		fault(walk, "versioning", "must not name a version: drop /_history/n");
}

const NOWHERE: Node = { value: undefined, type: "Reference" };

function checkTarget(walk: RunWalk, canonicals: readonly string[], node: Node): void {
	const { registry, options } = walk.run;
	const value = node.value as { reference?: string };
	const type = targetType(value as never, walk.scope, registry.isResourceType);
	if (type === undefined) return;
	const fitting = canonicals.filter((canonical) => {
		const wanted = knownProfile(options.definitions, canonical)?.type;
		return wanted === undefined || wanted === type || wanted === "Resource" || wanted === "DomainResource";
	});
	if (fitting.length === 0) {
		const types = canonicals.map(
			(canonical) => knownProfile(options.definitions, canonical)?.type ?? lastPart(canonical),
		);
		fault(walk, "reference-type", `must refer to ${oneOf([...new Set(types)])}, not to ${type}`);
		return;
	}
	const target = value.reference === undefined ? undefined : walk.scope.resolve(value.reference, node);
	if (target) checkConformity(walk, fitting, type, target);
}

/** What a target claims itself is told where it stands, and what is amiss with it only at the first reference to it. */
function checkConformity(walk: RunWalk, canonicals: readonly string[], type: string, target: JsonObject): void {
	const { run } = walk;
	if (canonicals.some((canonical) => isPlain(walk, canonical))) return;
	const findings = canonicals.map((canonical) => run.conforms(walk, { value: target, type }, canonical));
	if (findings.some((found) => found === undefined || found.length === 0)) return;
	if (run.told.has(target) || canonicals.some((canonical) => claims(target, canonical))) return;
	run.told.add(target);
	const names = oneOf(canonicals.map(lastPart));
	fault(walk, "reference-profile", `must refer to what conforms to ${names}: ${reasons(findings)}`);
}

const claims = ({ meta }: JsonObject, canonical: string): boolean =>
	isObject(meta) && Array.isArray(meta.profile) && meta.profile.includes(canonical);

/** A type of R4 itself, against which every resource is checked anyway. */
const isPlain = (walk: RunWalk, canonical: string): boolean =>
	knownProfile(walk.run.options.definitions, canonical)?.derivation === "specialization";

const lastPart = (canonical: string): string => canonical.slice(canonical.lastIndexOf("/") + 1);

const MOST_REASONS = 3;

/** Of several profiles the one that came nearest. */
function reasons(findings: readonly (readonly string[] | undefined)[]): string {
	const nearest = findings.reduce((best, found) => ((found?.length ?? 0) < (best?.length ?? 0) ? found : best)) ?? [];
	const told = nearest.slice(0, MOST_REASONS).join(" ").replace(/\.$/, "");
	return nearest.length > MOST_REASONS ? `${told}, and ${nearest.length - MOST_REASONS} more` : told;
}
