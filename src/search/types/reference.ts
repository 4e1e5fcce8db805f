import { isId, isObject, type Json, type JsonObject, localReference } from "../../kernel/index.ts";
import { splitEscaped, unescaped } from "../escape.ts";
import { targetType } from "../expression.ts";
import { entryOf } from "../key.ts";
import { type Node, or } from "../tree.ts";
import { malformed } from "./prefix.ts";
import { type Asked, hasContent, type SearchType, type Selected } from "./search-type.ts";

/**
 * Reference: `id` (of any target type), `Type/id`, an absolute URL, `:Type=id`; `:identifier` for what is named by
 * identifier only. A stored version is not part of the match. Literal references to this clinic are known as
 * `Type/id`; all others, and canonicals, by their URL. https://hl7.org/fhir/R4/search.html#reference
 */
export const reference: SearchType = {
	name: "reference",
	modifiers: ["identifier", "[type]"],
	presence: "r",
	index(selected, index) {
		const { value } = selected;
		if (isObject(value) && isObject(value.identifier)) indexIdentifier(value.identifier, index);
		const target = targetOf(selected);
		if (target === undefined) {
			if (isObject(value) && hasContent(value)) index.fact("r", "");
			return;
		}
		const local = localReference(target, selected.base);
		index.fact("r", local ?? target);
		if (local) index.key(entryOf("reference", local));
		else {
			index.key(entryOf("url", target));
			const bar = target.indexOf("|");
			if (bar > 0) index.key(entryOf("url", target.slice(0, bar)));
		}
	},
	read(asked: Asked): Node {
		const { parameter, path, modifier, base } = asked;
		const key = (...words: string[]): Node => ({
			kind: "key",
			path: path.name,
			entry: entryOf(...words),
			selective: true,
		});
		if (modifier === "identifier") return readIdentifier(asked, key);
		const text = unescaped(asked.text);
		if (text === "") throw malformed(parameter.code, "an id, Type/id or an absolute URL");
		const local = localReference(text, base);
		const wanted = modifier ?? path.target;
		if (local && asked.isResourceType(local.slice(0, local.indexOf("/")))) {
			return wanted === undefined || local.startsWith(`${wanted}/`) ? key("reference", local) : { kind: "nothing" };
		}
		if (!isId(text)) return key("url", text);
		const types = wanted === undefined ? parameter.targets : [wanted];
		return or([
			...types.map((type) => key("reference", `${type}/${text}`)),
			...(wanted === undefined ? [key("url", text)] : []),
		]);
	},
};

function indexIdentifier({ system, value }: JsonObject, index: { key(entry: string): void }): void {
	if (typeof value !== "string") return;
	index.key(entryOf("identifier", value));
	index.key(entryOf("identifier", typeof system === "string" ? system : "", value));
}

function readIdentifier({ parameter, text }: Asked, key: (...words: string[]) => Node): Node {
	const parts = splitEscaped(text, "|").map(unescaped);
	const [system = "", value] = parts;
	if (parts.length > 2 || parts.at(-1) === "")
		throw malformed(`${parameter.code}:identifier`, "value, system|value or |value");
	return value === undefined ? key("identifier", system) : key("identifier", system, value);
}

function targetOf({ value, type, resource }: Selected): string | undefined {
	if (!isObject(value)) return textOf(value);
	if (type !== "Reference") return undefined;
	const target = textOf(value.reference);
	return target?.startsWith("#") && targetType(value, resource) === undefined ? undefined : target;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
