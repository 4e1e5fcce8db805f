import type { Registry } from "../definitions/index.ts";
import {
	type Context,
	type Issue,
	isObject,
	type Json,
	localReference,
	Problem,
	type Resource,
} from "../kernel/index.ts";
import type { Session } from "../store/index.ts";
import { MESSAGES } from "../validation/index.ts";
import type { Engine } from "./engine.ts";

type Place = { readonly engine: Engine; readonly context: Context };

/** A resource about to be stored, or just stored in this transaction; `at` is its entry in a Bundle. */
export type Referring = { readonly resource: Resource; readonly id?: string; readonly at?: string };

/**
 * Where the clinic wants it: each reference to a resource of the clinic must name one that is there. One statement for
 * all of them. What the caller may not see is as if it were not there; types that the caller may see nothing of are
 * left alone, there or not.
 * @throws Problem `unprocessable` that names each place.
 */
export async function requireReferences(place: Place, session: Session, all: readonly Referring[]): Promise<void> {
	if (!place.context.tenant.validation.references) return;
	const issues = await missingReferences(place, session, all);
	if (issues.length > 0) throw new Problem("unprocessable", issues);
}

/** The same as findings. */
export async function missingReferences(
	{ engine, context }: Place,
	session: Session,
	all: readonly Referring[],
): Promise<Issue[]> {
	const restrict = engine.restrictionOf(context);
	const literals = all.flatMap((referring) => literalReferences(engine.registry, context.base, referring));
	const unreadable = literals.filter(({ target }) => target === undefined).map(misspelt);
	const asked = literals
		.filter(isTargeted)
		.filter(({ target }) => restrict?.(target.slice(0, target.indexOf("/")))?.kind !== "nothing");
	if (asked.length === 0) return firstOf(unreadable);
	const ids = new Map<string, Set<string>>();
	for (const { target } of asked) {
		const [type = "", id = ""] = target.split("/");
		ids.set(type, (ids.get(type) ?? new Set()).add(id));
	}
	const there = await session.existing(new Map([...ids].map(([type, set]) => [type, [...set]])));
	return firstOf([...unreadable, ...asked.filter(({ target }) => !there.has(target)).map(missing)]);
}

/** No one mends more at a time. */
const MOST_ISSUES = 200;

function firstOf(issues: readonly Issue[]): Issue[] {
	const more = issues.length - MOST_ISSUES;
	if (more <= 0) return [...issues];
	const { rule, code } = MESSAGES.unlisted;
	const text = `${more} more findings are not listed: mend these first.`;
	return [...issues.slice(0, MOST_ISSUES), { text, code, rule, severity: "error" }];
}

const { rule, code } = MESSAGES["reference-missing"];

const missing = ({ target, expression }: Targeted): Issue => ({
	text: `${expression} refers to ${target}, which this clinic does not have. Store it first, or correct the reference.`,
	expression,
	code,
	rule,
	severity: "error",
});

const misspelt = ({ expression }: Literal): Issue => ({
	text: `${expression} names no resource: write the type and the id, as Patient/1, or a whole URL.`,
	expression,
	code,
	rule,
	severity: "error",
});

/** `target` is missing where a relative reference is no type and id. */
type Literal = { readonly target: string | undefined; readonly expression: string };
type Targeted = Literal & { readonly target: string };

const isTargeted = (literal: Literal): literal is Targeted => literal.target !== undefined;

/** `#id`, `urn:…`, `https://…`: what does not begin so is relative to the clinic's base. */
const NOT_RELATIVE = /^(?:#|[A-Za-z][A-Za-z0-9+.-]*:)/;

/** The references of a resource to resources of the clinic, with their places; those to itself left out. */
function literalReferences(registry: Registry, base: string, { resource, id, at }: Referring): Literal[] {
	const found: Literal[] = [];
	const own = id === undefined ? undefined : `${resource.resourceType}/${id}`;
	const visit = (value: Json | undefined, type: string | undefined, place: string): void => {
		if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, type, `${place}[${i}]`);
		if (!isObject(value)) return;
		const dynamic = typeof value.resourceType === "string" ? value.resourceType : type;
		if (type === "Reference" && typeof value.reference === "string") {
			const target = localReference(value.reference, base);
			const isKnown = target !== undefined && registry.isResourceType(target.slice(0, target.indexOf("/")));
			const expression = `${place}.reference`;
			if (isKnown && target !== own) found.push({ target, expression });
			else if (!isKnown && !NOT_RELATIVE.test(value.reference)) found.push({ target: undefined, expression });
		}
		const elements = dynamic === undefined ? undefined : registry.type(dynamic)?.elements;
		for (const name in value) {
			const child = value[name];
			const element = typeof child === "object" ? elements?.get(name.replace(/^_/, "")) : undefined;
			// Resources within a Bundle or Parameters have their own lives, and links among themselves.
			if (element === undefined || (element.type === "Resource" && name !== "contained")) continue;
			const step = element.choice === undefined ? element.name : `${element.choice}.ofType(${element.type})`;
			visit(child, name.startsWith("_") ? "Element" : element.type, `${place}.${step}`);
		}
	};
	const root = resource.resourceType;
	visit(resource, root, at === undefined ? root : `${at}.resource`);
	return found;
}
