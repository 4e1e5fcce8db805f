import type { ElementChange } from "./element-change.ts";
import { parentOf, readStep, stepsOf } from "./element-id.ts";
import { BY_TYPE, BY_URL, NarrowingFault, wholeRule } from "./narrow.ts";
import type { ElementRule } from "./profile.ts";

/** An element of a snapshot being made. Ids and paths of its rule are set when the tree is written out. */
export type Node = {
	readonly name: string;
	readonly slice?: string;
	readonly parent: Node | undefined;
	rule: ElementRule;
	/** By name; empty where the type says what is below. */
	children: Map<string, Node>;
	/** By whole name (`sct/primary`): those of a slice are its reslices. */
	slices: Map<string, Node>;
};

/** A snapshot as a tree, under another name of the root where a type is derived. */
export function treeOf(elements: readonly ElementRule[], rootName?: string): Node {
	const [root, ...rest] = elements as readonly [ElementRule, ...ElementRule[]];
	const tree = node(rootName ?? root.path, undefined, root);
	const byId = new Map([[root.id, tree]]);
	for (const rule of rest) {
		const parent = byId.get(parentOf(rule.id));
		const step = readStep(rule.id.slice(rule.id.lastIndexOf(".") + 1));
		if (parent === undefined) continue;
		const element = parent.children.get(step.name);
		// Some published snapshots give an element that is not sliced a slice name, which then is but a label.
		const slice = element === undefined ? undefined : step.slice;
		const added = node(step.name, parent, rule, slice);
		if (element === undefined || slice === undefined) parent.children.set(step.name, added);
		else sliceOwner(element, slice).slices.set(slice, added);
		byId.set(rule.id, added);
	}
	return tree;
}

export const node = (name: string, parent: Node | undefined, rule: ElementRule, slice?: string): Node => ({
	name,
	...(slice !== undefined && { slice }),
	parent,
	rule,
	children: new Map(),
	slices: new Map(),
});

/** `a/b` belongs to the slice `a` where there is one, else to the element. */
function sliceOwner(element: Node, slice: string): Node {
	return (slice.includes("/") && findSlice(element, slice.slice(0, slice.lastIndexOf("/")))) || element;
}

/** The slice of an element by its whole name, at whatever depth of reslicing. */
export function findSlice(element: Node, slice: string): Node | undefined {
	const direct = element.slices.get(slice);
	if (direct !== undefined) return direct;
	for (const inner of element.slices.values()) {
		const found = slice.startsWith(`${inner.slice}/`) ? findSlice(inner, slice) : undefined;
		if (found !== undefined) return found;
	}
	return undefined;
}

/** How many elements may still be made for one snapshot: slices of slices multiply what is below them. */
export type Budget = { left: number };

/** Puts copies of the elements below `from` below `to`. @throws NarrowingFault when that would be too many. */
export function copyChildren(from: Node, to: Node, budget: Budget): void {
	for (const [name, child] of from.children) to.children.set(name, copy(child, to, budget));
}

function copy(from: Node, parent: Node, budget: Budget): Node {
	if (--budget.left < 0) throw new NarrowingFault("the profile would have too many elements: slice less deeply");
	const made = node(from.name, parent, from.rule, from.slice);
	copyChildren(from, made, budget);
	for (const [name, slice] of from.slices) made.slices.set(name, copy(slice, parent, budget));
	return made;
}

/** The id a node has where it stands. */
export function idOf({ name, slice, parent }: Node): string {
	const step = slice === undefined ? name : `${name}:${slice}`;
	return parent === undefined ? step : `${idOf(parent)}.${step}`;
}

/** Each content reference below `node` that begins with `from`, made to begin with `to`: the type stands elsewhere now. */
export function redirect(below: Node, from: string, to: string): void {
	for (const child of [...below.children.values(), ...below.slices.values()]) {
		const { contentReference } = child.rule;
		if (contentReference?.startsWith(`${from}.`)) {
			child.rule = { ...child.rule, contentReference: to + contentReference.slice(from.length) };
		}
		redirect(child, from, to);
	}
}

/** The node at an id of the same tree, without making any. */
export function find(root: Node, id: string): Node | undefined {
	let at: Node | undefined = root;
	for (const { name, slice } of stepsOf(id)) {
		const child: Node | undefined = at?.children.get(name);
		at = child === undefined || slice === undefined ? child : findSlice(child, slice);
	}
	return at;
}

/** The tree as a snapshot: an element, what is below it, then its slices. */
export function writeTree(root: Node): ElementRule[] {
	const elements: ElementRule[] = [];
	const write = (at: Node, parentId: string, parentPath: string): void => {
		const id = `${parentId}${at.slice === undefined ? at.name : `${at.name}:${at.slice}`}`;
		const path = parentPath + at.name;
		const { sliceName: _, slicing = implicit(at), ...rule } = at.rule;
		elements.push({
			...rule,
			id,
			path,
			...(at.slice !== undefined && { sliceName: at.slice }),
			...(slicing && { slicing }),
		});
		for (const child of at.children.values()) write(child, `${id}.`, `${path}.`);
		for (const slice of at.slices.values()) write(slice, parentId, parentPath);
	};
	write(root, "", "");
	return elements;
}

/** A snapshot as it was given, told in the way of those that are made here. */
export const wholeSnapshot = (elements: readonly ElementChange[]): ElementRule[] =>
	writeTree(treeOf(elements.map(wholeRule)));

const implicit = ({ name, slices }: Node): ElementRule["slicing"] => (slices.size > 0 ? slicingOf(name) : undefined);

/** How an element is sliced without a word. https://hl7.org/fhir/R4/profiling.html#slicing */
export function slicingOf(name: string): ElementRule["slicing"] {
	if (name === "extension" || name === "modifierExtension") return BY_URL;
	return name.endsWith("[x]") ? BY_TYPE : undefined;
}
