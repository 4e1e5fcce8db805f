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

/**
 * Gives every element the id its place has, whatever ids were written: from the paths and slice names, where each
 * belongs to the last slice before it. https://hl7.org/fhir/R4/elementdefinition.html#id
 */
export function identify(elements: readonly ElementChange[]): ElementChange[] {
	const open = new Map<string, string>();
	return elements.map((element) => {
		const { path, sliceName } = element;
		if (pathOfId(element.id) === path && namesSlice(element)) {
			remember(open, path, element.id);
			return element;
		}
		const parent = open.get(parentOf(path)) ?? parentOf(path);
		const name = path.slice(path.lastIndexOf(".") + 1);
		const id = `${parent === "" ? "" : `${parent}.`}${name}${sliceName === undefined ? "" : `:${sliceName}`}`;
		remember(open, path, id);
		return { ...element, id };
	});
}

const namesSlice = ({ id, sliceName }: ElementChange): boolean =>
	sliceName === undefined || readStep(id.slice(id.lastIndexOf(".") + 1)).slice === sliceName;

function remember(open: Map<string, string>, path: string, id: string): void {
	for (const known of open.keys()) if (known.startsWith(`${path}.`)) open.delete(known);
	open.set(path, id);
}
