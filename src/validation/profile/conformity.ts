import type { JsonObject } from "../../kernel/index.ts";
import type { Node } from "../fhirpath/index.ts";
import type { RunWalk } from "../run.ts";
import { scopeOf } from "../scope.ts";
import { newWalk, stepsOf } from "../walk.ts";
import { checkBody } from "./check.ts";
import { compileProfile } from "./compile.ts";
import { compilerOf } from "./compiler.ts";
import { findProfile } from "./find.ts";

/** `open` while it is being found out: references may go in circles, and then each part of the circle is given the benefit. */
type Conformity = "open" | readonly string[];

/** Resources that ask for one another deeper than this are not followed. */
const MOST_DEEP = 40;

/**
 * Makes the judge of a run: the faults of a value against a profile, as texts. What many refer to is looked at once.
 * `undefined` where the profile is not known, or too far away to follow.
 */
export function conformityOf(): (walk: RunWalk, node: Node, canonical: string) => readonly string[] | undefined {
	const known = new Map<unknown, Map<string, Conformity>>();
	let deep = 0;
	return (walk, node, canonical) => {
		const ofNode = known.get(node.value) ?? new Map<string, Conformity>();
		known.set(node.value, ofNode);
		const found = ofNode.get(canonical);
		if (found !== undefined) return found === "open" ? [] : found;
		if (deep >= MOST_DEEP) return undefined;
		ofNode.set(canonical, "open");
		deep++;
		const faults = judge(walk, node, canonical);
		deep--;
		if (faults) ofNode.set(canonical, faults);
		else ofNode.delete(canonical);
		return faults;
	};
}

function judge(walk: RunWalk, node: Node, canonical: string): readonly string[] | undefined {
	const { registry, options } = walk.run;
	const profile = findProfile(walk, canonical);
	if (!profile) return undefined;
	if (!isOfType(walk, node.type, profile.type)) return [`It is ${node.type}, not ${profile.type}.`];
	if (profile.derivation === "specialization") return [];
	const trial = trialOf(walk, node);
	checkBody(trial, compileProfile(compilerOf(registry, options.definitions), profile), node);
	return trial.issues.filter(({ severity }) => severity === "error").map(({ text }) => text);
}

function isOfType({ run }: RunWalk, type: string, wanted: string): boolean {
	for (let name: string | undefined = type; name !== undefined; name = run.registry.type(name)?.base)
		if (name === wanted) return true;
	return wanted === "Resource" && run.registry.isResourceType(type);
}

/** A walk whose findings stay apart: at the entry of a Bundle for a target, else where the walk is. */
function trialOf(walk: RunWalk, { value, type }: Node): RunWalk {
	const { run } = walk;
	if (!run.registry.isResourceType(type)) {
		const steps = stepsOf(walk);
		return { ...walk, ...newWalk(walk.container), steps, depth: steps.length };
	}
	const resource = value as JsonObject;
	return { ...walk, ...newWalk(resource), steps: [type], depth: 1, resourceDepth: 1, scope: scopeOf(run, resource) };
}
