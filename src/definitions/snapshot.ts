import { type Issue, Problem } from "../kernel/index.ts";
import { canonicalOf } from "./canonical.ts";
import type { ElementChange } from "./element-change.ts";
import { type Step, stepsOf } from "./element-id.ts";
import { type IsKindOf, NarrowingFault, narrow, wholeRule } from "./narrow.ts";
import type { ElementRule, Profile, TypeRule } from "./profile.ts";
import {
	type Budget,
	copyChildren,
	find,
	findSlice,
	idOf,
	type Node,
	node,
	redirect,
	slicingOf,
	treeOf,
	writeTree,
} from "./snapshot-tree.ts";
import type { Structure } from "./structure.ts";

/** Finds what a profile builds on, with its snapshot. May throw what is wrong with that. */
export type Lookup = (canonical: string) => Profile | undefined;

const TYPES = "http://hl7.org/fhir/StructureDefinition/";

/**
 * The snapshot of a differential: what it is derived from with every change merged in.
 * https://hl7.org/fhir/R4/profiling.html
 * @throws Problem `unprocessable` with all faults, each naming the profile, the element and the mend.
 */
export function generateSnapshot(structure: Structure, lookup: Lookup): ElementRule[] {
	const changes = structure.differential ?? [];
	const maker = new Maker(structure, baseTree(structure, lookup), lookup);
	const issues = changes.flatMap((change, i) => maker.apply(change, i));
	if (issues.length > 0) throw new Problem("unprocessable", issues);
	return writeTree(maker.finish());
}

function baseTree(structure: Structure, lookup: Lookup): Node {
	const { base, type, derivation } = structure;
	if (base === undefined) {
		if (derivation === "constraint")
			throw headFault(structure, "names no baseDefinition: name the profile or type it constrains");
		return node(type, undefined, wholeRule({ id: type, path: type }));
	}
	const found = lookup(base);
	if (found === undefined) {
		throw headFault(structure, `is derived from ${base}, which is not known here: add the package that defines it`);
	}
	if (derivation === "constraint" && found.type !== type) {
		throw headFault(structure, `is of type ${type}, but its base ${base} of ${found.type}: make them the same`);
	}
	return treeOf(found.elements, type);
}

function headFault({ url, version }: Structure, fault: string): Problem {
	const text = `The profile ${canonicalOf(url, version)} ${fault}.`;
	return new Problem("unprocessable", { text, expression: "StructureDefinition.baseDefinition" });
}

/** The largest published snapshots have some hundreds. */
const MOST_ELEMENTS = 20_000;

/** A snapshot in the making: its tree, changed one element of the differential after the other. */
class Maker {
	readonly structure: Structure;
	readonly root: Node;
	readonly lookup: Lookup;
	readonly isKindOf: IsKindOf;
	/** Choices that were named by one of their types (`valueQuantity`), and those types. */
	readonly shorthands = new Map<Node, Set<string>>();
	readonly named = new Set<Node>();
	/** Elements that this profile makes `mustSupport`: that says nothing of their slices. */
	readonly raised = new Set<Node>();
	readonly budget: Budget = { left: MOST_ELEMENTS };

	constructor(structure: Structure, root: Node, lookup: Lookup) {
		this.structure = structure;
		this.root = root;
		this.lookup = lookup;
		this.isKindOf = (type, base) => {
			// The type being made cannot be looked up yet, but what it is derived from can.
			const start = type === structure.type ? structure.base : TYPES + type;
			const seen = new Set<Profile>();
			for (let at = start && lookup(start); at && !seen.has(at); at = at.base && lookup(at.base)) {
				if (at.type === base) return true;
				seen.add(at);
			}
			return false;
		};
	}

	apply(change: ElementChange, index: number): Issue[] {
		try {
			const target = this.reach(change);
			const { mustSupport } = target.rule;
			target.rule = narrow(target.rule, change, this.isKindOf);
			this.named.add(target);
			if (!mustSupport && target.rule.mustSupport) this.raised.add(target);
			return [];
		} catch (error) {
			if (!(error instanceof NarrowingFault)) throw error;
			const { url, version } = this.structure;
			const text = `The profile ${canonicalOf(url, version)}, element ${change.id}: ${error.message}.`;
			return [{ text, expression: `StructureDefinition.differential.element[${index}]` }];
		}
	}

	/** A choice of which only single types were named allows only these: so the published profiles are meant. */
	finish(): Node {
		for (const [choice, codes] of this.shorthands) {
			if (this.named.has(choice)) continue;
			const types = choice.rule.types.filter(({ code }) => codes.has(code));
			const slicing = choice.rule.slicing ?? slicingOf(choice.name);
			choice.rule = { ...choice.rule, types, ...(slicing && { slicing: { ...slicing, rules: "closed" } }) };
		}
		return this.root;
	}

	/** The node a change is about; what stands on the way is unfolded, and the last step may make a slice. */
	reach(change: ElementChange): Node {
		const steps = stepsOf(change.id);
		if (change.id.split(".")[0] !== this.root.name) {
			throw new NarrowingFault(`its path does not begin with ${this.root.name}: write ${this.root.name}.…`);
		}
		return steps.reduce<Node>((at, step, i) => {
			const last = i === steps.length - 1;
			const [child, slice] = this.child(at, step, last ? change : undefined);
			return slice === undefined ? child : this.slice(child, slice, last);
		}, this.root);
	}

	child(at: Node, { name, slice }: Step, change: ElementChange | undefined): [Node, string | undefined] {
		if (at.children.size === 0) this.unfold(at, name);
		const child = at.children.get(name);
		if (child !== undefined) return [child, slice];
		const choice = this.choice(at, name);
		if (choice !== undefined) return [choice, slice ?? name];
		if (this.structure.derivation !== "specialization" || change === undefined) {
			const known = [...at.children.keys()].join(", ");
			throw new NarrowingFault(`${idOf(at)} has no element "${name}": use one of ${known || "its own"}`);
		}
		const added = node(name, at, { ...wholeRule(change), types: change.types ?? [] });
		at.children.set(name, added);
		return [added, slice];
	}

	/** `value[x]` for `valueQuantity`. */
	choice(at: Node, name: string): Node | undefined {
		for (const child of at.children.values()) {
			if (!child.name.endsWith("[x]") || !name.startsWith(child.name.slice(0, -3))) continue;
			const type = typeNamed(child, name);
			if (type === undefined) continue;
			this.shorthands.set(child, (this.shorthands.get(child) ?? new Set()).add(type.code));
			return child;
		}
		return undefined;
	}

	slice(element: Node, name: string, mayAdd: boolean): Node {
		const found = findSlice(element, name);
		if (found !== undefined) return found;
		const outer = name.includes("/") ? findSlice(element, name.slice(0, name.lastIndexOf("/"))) : undefined;
		const of = outer ?? element;
		const type = element.name.endsWith("[x]") ? typeNamed(element, name) : undefined;
		if (!mayAdd && type === undefined) {
			throw new NarrowingFault(`there is no slice "${name}": put an element ${idOf(element)}:${name} before it`);
		}
		const slicing = of.rule.slicing ?? slicingOf(element.name);
		if (slicing === undefined) {
			throw new NarrowingFault(`${idOf(of)} is not sliced: give it a slicing with discriminator and rules`);
		}
		if (slicing.rules === "closed" && of.slices.size > 0 && !this.named.has(of) && type === undefined) {
			throw new NarrowingFault(`the slicing of ${idOf(of)} is closed in the base: use one of its slices`);
		}
		const { slicing: _, mustSupport, ...rest } = of.rule;
		const rule = mustSupport && !this.raised.has(of) ? { ...rest, mustSupport } : rest;
		const made = node(element.name, element.parent, { ...rule, min: 0, ...(type && { types: [type] }) }, name);
		copyChildren(of, made, this.budget);
		of.slices.set(name, made);
		return made;
	}

	/** Makes the elements below a leaf: those of its type, its type's profile, or of the content it refers to. */
	unfold(at: Node, wanted: string): void {
		const { contentReference, types } = at.rule;
		if (contentReference !== undefined) {
			const from = this.content(contentReference);
			copyChildren(from, at, this.budget);
			const { contentReference: _, ...rule } = at.rule;
			at.rule = { ...rule, types: from.rule.types };
			return;
		}
		const canonical = types.length > 1 && /^(?:id|extension)$/.test(wanted) ? `${TYPES}Element` : contentOf(types);
		if (canonical === undefined) {
			if (at === this.root && types.length === 0) return;
			const names = types.map(({ code }) => code).join(", ");
			throw new NarrowingFault(`${idOf(at)} may be of several types (${names}): name one, as ${idOf(at)}:… or by type`);
		}
		const profile = this.lookup(canonical);
		if (profile === undefined) {
			throw new NarrowingFault(
				`${idOf(at)} is a ${canonical}, which is not known here: add the package that defines it`,
			);
		}
		const tree = treeOf(profile.elements);
		copyChildren(tree, at, this.budget);
		redirect(at, tree.name, idOf(at));
	}

	/** What a content reference means is what the type says, not what a profile makes of the element there. */
	content(id: string): Node {
		const type = this.structure.derivation === "constraint" ? this.lookup(TYPES + id.split(".")[0]) : undefined;
		const found = (type && find(treeOf(type.elements), id)) ?? find(this.root, id);
		if (found === undefined) throw new NarrowingFault(`it shares the content of ${id}, which is not there: correct it`);
		return found;
	}
}

/** The type of a choice that a name ends in: `Quantity` for `valueQuantity` of `value[x]`. */
function typeNamed(choice: Node, name: string): TypeRule | undefined {
	const stem = choice.name.slice(0, -3);
	return choice.rule.types.find(({ code }) => name === stem + code.charAt(0).toUpperCase() + code.slice(1));
}

/** The canonical whose elements are below an element of these types; `undefined` where there are several. */
function contentOf(types: readonly TypeRule[]): string | undefined {
	const [type, ...more] = types;
	if (type === undefined || more.length > 0) return undefined;
	return type.profiles.length === 1 ? type.profiles[0] : TYPES + type.code;
}
