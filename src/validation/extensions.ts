import type { ExtensionContext, Profile } from "../definitions/index.ts";
import { isObject, type JsonObject } from "../kernel/index.ts";
import { ALSO_FOR } from "./context-corrections.ts";
import { compileTest } from "./fhirpath/index.ts";
import { CORE } from "./meaning.ts";
import { checkBody } from "./profile/check.ts";
import { compileProfile } from "./profile/compile.ts";
import { compilerOf } from "./profile/compiler.ts";
import { findProfile } from "./profile/find.ts";
import { oneOf } from "./references.ts";
import type { RunWalk } from "./run.ts";
import { fault, quote, type Step } from "./walk.ts";

/**
 * Looks at an extension by the definition that its url names: its content, and whether it may stand here. One inside
 * another belongs to the outer one's definition. https://hl7.org/fhir/R4/extensibility.html
 */
export function checkExtension(walk: RunWalk, extension: JsonObject): void {
	const { url } = extension;
	const { options, registry } = walk.run;
	if (typeof url !== "string" || !url.includes(":")) return;
	const isStandard = url.startsWith(CORE);
	if (!isStandard && options.mode === "off") return;
	const profile = findProfile(walk, url);
	if (profile?.type !== "Extension") {
		if (options.advice) unknown(walk, url);
		return;
	}
	const target = isStandard ? walk : walk.run.profileWalk(walk);
	checkContext(target, profile);
	checkBody(target, compileProfile(compilerOf(registry, options.definitions), profile), {
		value: extension,
		type: "Extension",
	});
}

function unknown(walk: RunWalk, url: string): void {
	const isModifier =
		walk.steps.slice(0, walk.depth).findLast((step) => typeof step === "string") === "modifierExtension";
	const kind = isModifier ? "modifier-unknown" : "extension-unknown";
	fault(walk, kind, `is of a kind that nothing here defines: ${quote(url)}`);
}

function checkContext(walk: RunWalk, { contexts = [], contextInvariants, name, url }: Profile): void {
	const { registry } = walk.run;
	const also = ALSO_FOR[url] ?? [];
	if (contexts.length > 0 && !contexts.some((context) => isAllowed(walk, context)) && !isNamed(walk, also)) {
		const places = [...contexts.map(({ expression }) => expression), ...also];
		fault(walk, "extension-context", `must not stand here: ${name} is for ${oneOf(places)}`);
	}
	for (const expression of contextInvariants ?? []) {
		const resource = walk.scope.resource;
		if (compileTest(registry, resource.type, expression)(resource, walk.scope) === false)
			fault(walk, "extension-context", `must not stand here: ${name} asks that ${expression}`);
	}
}

/** https://hl7.org/fhir/R4/defining-extensions.html#context */
function isAllowed(walk: RunWalk, { type, expression }: ExtensionContext): boolean {
	if (type === "extension") return outerUrl(walk) === expression;
	return type === "fhirpath" || isNamed(walk, [expression.replace(/\[x\]$/, "")]);
}

function isNamed(walk: RunWalk, expressions: readonly string[]): boolean {
	const names = ownerNames(walk);
	return expressions.some((expression) => names.has(expression));
}

function outerUrl(walk: RunWalk): string | undefined {
	const owner = ownerOf(walk);
	return isObject(owner) && typeof owner.url === "string" ? owner.url : undefined;
}

/** The value that has the extension: found by going down from the resource again, which only faults and extensions pay for. */
function ownerOf(walk: RunWalk): unknown {
	const steps = stepsInResource(walk);
	let value: unknown = walk.scope.resource.value;
	for (const step of steps)
		value = isObject(value) || Array.isArray(value) ? (value as never)[jsonKey(step)] : undefined;
	return value;
}

/** Steps from the nearest resource to the owner of the extension. */
function stepsInResource(walk: RunWalk): readonly Step[] {
	const below = walk.steps.slice(walk.resourceDepth, walk.depth);
	return below.slice(0, typeof below.at(-1) === "number" ? -2 : -1);
}

const jsonKey = (step: Step): Step =>
	typeof step === "number"
		? step
		: step.replace(/^(.*)\.ofType\((.)(.*)\)$/, (_all, name, first: string, rest) => name + first.toUpperCase() + rest);

/**
 * Every name a context may call the owner by: its path, the path in each type on the way, its type and what that is
 * based on. `Element` means anything: R4 says so of extensions that stand on resources.
 */
function ownerNames(walk: RunWalk): ReadonlySet<string> {
	const names = new Set<string>();
	const { registry } = walk.run;
	let type = walk.scope.resource.type;
	let paths: string[] = [type];
	for (const step of stepsInResource(walk)) {
		if (typeof step === "number") continue;
		const element = registry.type(type)?.elements.get(String(jsonKey(step)));
		const name = element?.choice ?? step;
		paths = [...paths.map((path) => `${path}.${name}`), `${type}.${name}`];
		type = element?.type ?? "Element";
		paths.push(type);
	}
	for (const path of paths) names.add(path);
	for (let base: string | undefined = type; base !== undefined; base = registry.type(base)?.base) names.add(base);
	if (registry.isResourceType(type)) names.add("Resource");
	return names.add("Element").add("*");
}
