import type { Exchange } from "../interactions/index.ts";
import { type FhirResponse, isObject, type JsonObject, Problem, parseJson, type Resource } from "../kernel/index.ts";
import type { OwnTerminology } from "../terminology/index.ts";

/** The terminology of the clinic that asks: its own definitions, those of its packages, those of all. */
export const ownOf = ({ engine }: Exchange): OwnTerminology | undefined => engine.ownTerminology;

/** The resource that the URL of an operation at the level of an instance names; `undefined` at the other levels. */
export async function instanceOf({ params, dispatch }: Exchange): Promise<Resource | undefined> {
	const { type, id } = params;
	if (id === "") return undefined;
	const { body } = await dispatch({ method: "GET", path: `${type}/${id}`, query: "", conditions: {} });
	const tree = typeof body === "string" ? parseJson(body) : undefined;
	if (isObject(tree)) return tree as Resource;
	throw new Problem("not-found", `${type}/${id} is not here.`);
}

/** The canonical of a resource, or what stands for it in messages. */
export const urlOf = ({ url, resourceType, id }: Resource): string =>
	typeof url === "string" ? url : id === undefined ? "" : `${resourceType}/${id}`;

/** With the resource in the place of what has its url, for a question about just this one. */
export const withSystem = (own: OwnTerminology | undefined, resource: Resource): OwnTerminology => ({
	...own,
	codeSystem: async (canonical) => (canonical.split("|")[0] === urlOf(resource) ? resource : undefined),
});

/** A name of an output with its value, as `valueString: "…"`, or parts. */
export type Out = JsonObject & { name: string };

/** 200 with Parameters. */
export const answer = (parameter: readonly Out[]): FhirResponse => ({
	status: 200,
	body: JSON.stringify({ resourceType: "Parameters", parameter }),
});

/** An output that is left out where there is nothing to say. */
export const maybe = (name: string, key: string, value: string | boolean | undefined): Out[] =>
	value === undefined ? [] : [{ name, [key]: value }];
