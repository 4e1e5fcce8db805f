import { at, type Found } from "../children.ts";
import type { Node } from "../fhirpath/index.ts";
import type { RunWalk } from "../run.ts";
import { fault } from "../walk.ts";
import type { Body, Slice, SlicingPlan } from "./compiler.ts";

type Look = (walk: RunWalk, body: Body, node: Node) => void;
type Placed = { readonly found: Found; readonly slice: number };

const NO_SLICE = -1;

/**
 * Tells the values of an element apart and looks at each by its slice: how many a slice has, whether a value outside
 * every slice is allowed, and the order. The first slice that fits takes a value.
 * `openAtEnd` counts only where the slices are ordered, as R4 asks for the two together.
 * https://hl7.org/fhir/R4/valueset-resource-slicing-rules.html
 */
export function checkSlicing(
	walk: RunWalk,
	{ slicing, slices }: SlicingPlan,
	name: string,
	values: readonly Found[],
	look: Look,
): void {
	const placed = values.map((found) => ({ found, slice: sliceOf(walk, slices, found.node) }));
	for (const { found, slice } of placed) {
		const body = slices[slice]?.body(found.node.type);
		if (body) at(walk, found, () => look(walk, body, found.node));
		else if (slice === NO_SLICE && slicing.rules === "closed") at(walk, found, () => outside(walk, slices));
	}
	if (slicing.ordered) {
		checkOrder(walk, placed, slices);
		if (slicing.rules === "openAtEnd") checkEnd(walk, placed);
	}
	slices.forEach((slice, i) => {
		const members = placed.filter((one) => one.slice === i).map(({ found }) => found);
		checkCount(walk, slice, name, members.length);
		if (slice.inner) checkSlicing(walk, slice.inner, name, members, look);
	});
}

const sliceOf = (walk: RunWalk, slices: readonly Slice[], node: Node): number =>
	slices.findIndex((slice) => slice.matches(walk, node, walk.scope));

const outside = (walk: RunWalk, slices: readonly Slice[]): void =>
	fault(
		walk,
		"slice-closed",
		`must be ${slices.map(({ name }) => name).join(" or ")} by the profile ${nameOf(slices[0])}: it fits none of them`,
	);

const nameOf = (slice: Slice | undefined): string => slice?.rule.profile.name ?? "";

function checkCount(walk: RunWalk, { rule, name }: Slice, element: string, count: number): void {
	const { min, max } = rule.element;
	const by = `${name} by the profile ${rule.profile.name}`;
	if (count < min) {
		const wanted = min === 1 ? "must have" : `must have ${min} times`;
		fault(walk, "slice-min", `${wanted} ${by}${count === 0 ? "" : `, not ${count}`}`, element);
	}
	if (count > max) {
		fault(
			walk,
			"slice-max",
			max === 0 ? `must not have ${by}` : `must have at most ${max} times ${by}, not ${count}`,
			element,
		);
	}
}

function checkOrder(walk: RunWalk, placed: readonly Placed[], slices: readonly Slice[]): void {
	let last = 0;
	for (const { found, slice } of placed) {
		if (slice === NO_SLICE) continue;
		if (slice < last) {
			at(walk, found, () =>
				fault(walk, "slice-order", `must stand before ${slices[last]?.name} by the profile ${nameOf(slices[0])}`),
			);
		}
		last = Math.max(last, slice);
	}
}

function checkEnd(walk: RunWalk, placed: readonly Placed[]): void {
	const lastInside = placed.findLastIndex(({ slice }) => slice !== NO_SLICE);
	placed.slice(0, Math.max(0, lastInside)).forEach(({ found, slice }) => {
		if (slice === NO_SLICE)
			at(walk, found, () => fault(walk, "slice-at-end", "fits no slice, and must stand after those that do"));
	});
}
