import type { ElementRule, Profile } from "../../definitions/index.ts";

/** An element of a snapshot among its own: what stands below it, and the slices it is cut into. */
export type Rule = {
	readonly element: ElementRule;
	/** Last part of the path: `section`, `value[x]`; the type at the root. */
	readonly name: string;
	/** By name, slices not among them. */
	readonly children: ReadonlyMap<string, Rule>;
	/** In the order of the profile; a slice may be sliced again. */
	readonly slices: readonly Rule[];
	readonly profile: Profile;
	/** The root of the tree, from where a content reference is found. */
	readonly root: () => Rule;
};

type Growing = Rule & { readonly children: Map<string, Rule>; readonly slices: Rule[] };

const trees = new WeakMap<Profile, Rule>();

/** The snapshot of a profile as a tree, made once. https://hl7.org/fhir/R4/elementdefinition.html#id */
export function ruleTree(profile: Profile): Rule {
	const made = trees.get(profile);
	if (made) return made;
	const byId = new Map<string, Growing>();
	const root = (): Rule => byId.values().next().value as Rule;
	for (const element of profile.elements) {
		const rule: Growing = { element, name: lastName(element.path), children: new Map(), slices: [], profile, root };
		byId.set(element.id, rule);
		hang(rule, byId);
	}
	const tree = root();
	trees.set(profile, tree);
	return tree;
}

function hang(rule: Growing, byId: ReadonlyMap<string, Growing>): void {
	const { id, sliceName } = rule.element;
	const { parent, name, slice } = splitId(id);
	if (parent === undefined) return;
	if (slice === undefined && sliceName === undefined) {
		byId.get(parent)?.children.set(name, rule);
		return;
	}
	const plain = `${parent}.${name}`;
	const outer = slice?.includes("/") ? byId.get(`${plain}:${slice.slice(0, slice.lastIndexOf("/"))}`) : undefined;
	(outer ?? byId.get(plain))?.slices.push(rule);
}

/** `a.b:s.c[x]:t` → parent `a.b:s`, name `c[x]`, slice `t`. */
function splitId(id: string): { parent: string | undefined; name: string; slice: string | undefined } {
	const dot = id.lastIndexOf(".");
	const last = id.slice(dot + 1);
	const colon = last.indexOf(":");
	return {
		parent: dot === -1 ? undefined : id.slice(0, dot),
		name: colon === -1 ? last : last.slice(0, colon),
		slice: colon === -1 ? undefined : last.slice(colon + 1),
	};
}

const lastName = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

/** The element whose content this one shares, or itself. */
export function contentOf(rule: Rule): Rule {
	const { contentReference } = rule.element;
	if (contentReference === undefined || rule.children.size > 0) return rule;
	return descend(rule.root(), contentReference.split(".").slice(1)) ?? rule;
}

function descend(rule: Rule, names: readonly string[]): Rule | undefined {
	let found: Rule | undefined = rule;
	for (const name of names) found = found?.children.get(name);
	return found;
}
