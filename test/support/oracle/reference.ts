import { isId } from "../../../src/kernel/index.ts";
import { splitAt, unescaped } from "./escape.ts";
import { isCoded } from "./token.ts";
import { fieldsOf, type Matcher, textOf, type Value, type World } from "./world.ts";

/** `[id]`, `[type]/[id]`, `[url]`, `:[type]` and `:identifier`. https://hl7.org/fhir/R4/search.html#reference */
export const reference: Matcher = ({ part, modifier, parameter, world }, value) => {
	if (modifier === "identifier") return isIdentified(part, value, world);
	const sought = unescaped(part);
	const stored = literalOf(value);
	if (stored === undefined || stored.startsWith("#")) return false;
	if (isId(sought))
		return (modifier ? [modifier] : parameter.targets).some((type) => localOf(stored, world) === `${type}/${sought}`);
	const local = localOf(sought, world);
	if (local !== undefined) return localOf(stored, world) === local && (!modifier || local.startsWith(`${modifier}/`));
	return stored === sought || (value.type !== "Reference" && stored.split("|")[0] === sought);
};

/** "`:identifier` ... matches Reference.identifier", not the identifier of what is referred to. */
function isIdentified(part: string, { data }: Value, world: World): boolean {
	const { value, system } = fieldsOf(fieldsOf(data).identifier);
	return isCoded(splitAt(part, "|").map(unescaped), { code: textOf(value), system: textOf(system) }, world);
}

/** The reference or canonical as stored. */
export const literalOf = ({ data, type }: Value): string | undefined =>
	textOf(type === "Reference" ? fieldsOf(data).reference : data);

/** `Type/id` of what lies in this clinic; a version named is not part of it. https://hl7.org/fhir/R4/search.html#versions */
export function localOf(literal: string, { base, registry }: World): string | undefined {
	const relative = literal.startsWith(`${base}/`) ? literal.slice(base.length + 1) : literal;
	const match = /^(([A-Za-z]+)\/[A-Za-z0-9\-.]{1,64})(\/_history\/[^/]+)?$/.exec(relative);
	return match && registry.isResourceType(match[2] as string) ? match[1] : undefined;
}
