import type { ElementChange } from "./element-change.ts";

/** One step of an element id: `component:systolic/left` → name `component`, slice `systolic/left`. */
export type Step = { readonly name: string; readonly slice?: string };

/** The steps of an id below its root: `Observation.component:systolic.code` → component:systolic, code. */
export const stepsOf = (id: string): Step[] => id.split(".").slice(1).map(readStep);

export function readStep(step: string): Step {
	const colon = step.indexOf(":");
	return colon === -1 ? { name: step } : { name: step.slice(0, colon), slice: step.slice(colon + 1) };
}

/** The path of an id: without the names of slices. */
export const pathOfId = (id: string): string => id.replace(/:[^.]*/g, "");

export const parentOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf(".")));

/** An element at whose path others may go on; `under` is the one it was given below. */
type Open = { readonly id: string; readonly under: Open | undefined };

/**
 * Gives every element the id its place has, whatever ids were written: from the paths and slice names, where each
 * belongs to the last slice before it. https://hl7.org/fhir/R4/elementdefinition.html#id
 */
export function identify(elements: readonly ElementChange[]): ElementChange[] {
	const open = new Map<string, Open>();
	return elements.map((element) => {
		const { path, sliceName } = element;
		const under = lastAt(open, parentOf(path));
		if (pathOfId(element.id) === path && namesSlice(element)) {
			open.set(path, { id: element.id, under });
			return element;
		}
		const parent = under?.id ?? parentOf(path);
		const name = path.slice(path.lastIndexOf(".") + 1);
		const id = `${parent === "" ? "" : `${parent}.`}${name}${sliceName === undefined ? "" : `:${sliceName}`}`;
		open.set(path, { id, under });
		return { ...element, id };
	});
}

const namesSlice = ({ id, sliceName }: ElementChange): boolean =>
	sliceName === undefined || readStep(id.slice(id.lastIndexOf(".") + 1)).slice === sliceName;

/** The last element at a path, unless another has since come at a path above it. */
function lastAt(open: ReadonlyMap<string, Open>, path: string): Open | undefined {
	const last = path === "" ? undefined : open.get(path);
	return last && last.under === lastAt(open, parentOf(path)) ? last : undefined;
}
