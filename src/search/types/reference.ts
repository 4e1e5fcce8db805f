import { isId, isObject, type Json, Problem } from "../../kernel/index.ts";
import { unescaped } from "../escape.ts";
import { keyText } from "../key.ts";
import { type Node, or } from "../tree.ts";
import type { Asked, SearchType, Selected } from "./search-type.ts";

/**
 * Reference: `id` (of any target type), `Type/id`, an absolute URL, `:Type=id`. A stored version is not part of the match.
 * Literal references to this clinic are keyed as `Type/id`; all others, and canonicals, by their URL.
 * https://hl7.org/fhir/R4/search.html#reference
 */
export const reference: SearchType = {
	name: "reference",
	modifiers: ["[type]"],
	index(selected, add) {
		const target = targetOf(selected);
		if (target === undefined) return;
		const key = (form: string, text: string) => add(keyText(selected.resourceType, selected.parameter, form, text));
		const local = localReference(target, selected.base);
		if (local) return key("reference", local);
		key("url", target);
		const bar = target.indexOf("|");
		if (bar > 0) key("url", target.slice(0, bar));
	},
	read(asked: Asked): Node {
		const { resourceType, parameter, modifier, base } = asked;
		const text = unescaped(asked.text);
		const key = (form: string, value: string): Node => ({
			kind: "key",
			text: keyText(resourceType, parameter.code, form, value),
			selective: true,
		});
		if (text === "") throw malformed(parameter.code);
		const local = localReference(text, base);
		if (local && asked.isResourceType(local.slice(0, local.indexOf("/")))) {
			return modifier === undefined || local.startsWith(`${modifier}/`) ? key("reference", local) : { kind: "nothing" };
		}
		if (!isId(text)) return key("url", text);
		const types = modifier === undefined ? parameter.targets : [modifier];
		return or(types.map((type) => key("reference", `${type}/${text}`)));
	},
};

const malformed = (parameter: string): Problem =>
	new Problem("value", {
		text: `The reference parameter "${parameter}" has no value. Write an id, Type/id or an absolute URL.`,
		expression: parameter,
	});

function targetOf({ value, type }: Selected): string | undefined {
	if (isObject(value)) return type === "Reference" ? text(value.reference) : undefined;
	return text(value);
}

const text = (value: Json | undefined): string | undefined =>
	typeof value === "string" && !value.startsWith("#") ? value : undefined;

const LITERAL = /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** `Type/id` when `url` is a relative reference, or an absolute one under this clinic's own base. */
export function localReference(url: string, base: string): string | undefined {
	const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url;
	return LITERAL.exec(relative)?.[1];
}
