import type { Slicing } from "../../definitions/index.ts";
import { at, type Found } from "../children.ts";
import type { Node } from "../fhirpath/index.ts";
import type { RunWalk } from "../run.ts";
import { fault } from "../walk.ts";
import type { Body, Slice, SlicingPlan } from "./compiler.ts";
import { profileName } from "./find.ts";

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
		else if (slice === NO_SLICE && slicing.rules === "closed") at(walk, found, () => outside(walk, slicing, slices));
	}
	if (slicing.ordered) {
		checkOrder(walk, placed, slices);
		if (slicing.rules === "openAtEnd") checkEnd(walk, placed, slices);
	}
	slices.forEach((slice, i) => {
		const members = placed.filter((one) => one.slice === i).map(({ found }) => found);
		checkCount(walk, slicing, slice, name, members.length);
		if (slice.inner) checkSlicing(walk, slice.inner, name, members, look);
	});
}

const sliceOf = (walk: RunWalk, slices: readonly Slice[], node: Node): number =>
	slices.findIndex((slice) => slice.matches(walk, node, walk.scope));

function outside(walk: RunWalk, slicing: Slicing, slices: readonly Slice[]): void {
	const names = slices.map(({ name }) => name);
	const none = names.length === 1 ? "is not the slice" : "is none of the slices";
	const which = `${names.join(", ")} of the profile ${nameOf(slices[0])}`;
	fault(walk, "slice-closed", `${none} ${which}, and nothing else may stand here: ${toldApart(slicing, slices)}`);
}

const nameOf = (slice: Slice | undefined): string => (slice ? profileName(slice.rule.profile) : "");

const MOST_SIGNS = 5;

/** What decides which slice a value is, and what it is for these. */
function toldApart({ discriminators }: Slicing, slices: readonly Slice[]): string {
	const ways = discriminators.map(({ type, path }) => {
		const what = path === "$this" ? "the value" : path;
		if (type === "exists") return `whether ${what} is there`;
		return type === "type" || type === "profile" ? `the ${type} of ${what}` : what;
	});
	const signs = slices.flatMap(({ name, sign }) => (sign() === "" ? [] : `${name} has ${sign()}`)).slice(0, MOST_SIGNS);
	const has = signs.length === 0 ? "" : ` (${signs.join(", ")})`;
	return `slices are told apart by ${ways.length === 0 ? "what they fix" : ways.join(" and ")}${has}`;
}

function checkCount(walk: RunWalk, slicing: Slicing, slice: Slice, element: string, count: number): void {
	const { min, max } = slice.rule.element;
	const by = `for the slice ${slice.name} of the profile ${nameOf(slice)}`;
	const found = count === 0 ? "" : `, not ${count}`;
	if (count < min) {
		const wanted = min === 1 ? "a value" : `at least ${min} values`;
		fault(walk, "slice-min", `must have ${wanted} ${by}${found}: ${toldApart(slicing, [slice])}`, element);
	}
	if (count > max) {
		const wanted = max === 0 ? "no value" : `at most ${max === 1 ? "one value" : `${max} values`}`;
		fault(walk, "slice-max", `must have ${wanted} ${by}${found}: ${toldApart(slicing, [slice])}`, element);
	}
}

function checkOrder(walk: RunWalk, placed: readonly Placed[], slices: readonly Slice[]): void {
	let last = 0;
	for (const { found, slice } of placed) {
		if (slice === NO_SLICE) continue;
		if (slice < last) {
			const later = `those of the slice ${slices[last]?.name}`;
			const own = `the slice ${slices[slice]?.name}`;
			at(walk, found, () =>
				fault(walk, "slice-order", `is ${own} of the profile ${nameOf(slices[0])}, and must stand before ${later}`),
			);
		}
		last = Math.max(last, slice);
	}
}

function checkEnd(walk: RunWalk, placed: readonly Placed[], slices: readonly Slice[]): void {
	const lastInside = placed.findLastIndex(({ slice }) => slice !== NO_SLICE);
	placed.slice(0, Math.max(0, lastInside)).forEach(({ found, slice }) => {
		if (slice === NO_SLICE)
			at(walk, found, () =>
				fault(
					walk,
					"slice-at-end",
					`is no slice of the profile ${nameOf(slices[0])}, and must stand after those that are`,
				),
			);
	});
}
