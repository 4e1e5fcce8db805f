import { isId, isObject, type Json, localReference } from "../../kernel/index.ts";
import { unescaped } from "../escape.ts";
import { targetType } from "../expression.ts";
import { entryOf, SEPARATOR } from "../key.ts";
import { and, type Node, or } from "../tree.ts";
import { malformed } from "./prefix.ts";
import { type Asked, hasContent, type Index, type SearchType, type Selected } from "./search-type.ts";
import { indexCode, readCode } from "./token.ts";

/**
 * Reference: `id` (of any target type), `Type/id`, an absolute URL, `:Type=id`; `:identifier` for what is named by
 * identifier only. A stored version is not part of the match. Literal references to this clinic are known as
 * `Type/id`; all others, and canonicals, by their URL. https://hl7.org/fhir/R4/search.html#reference
 */
export const reference: SearchType = {
	name: "reference",
	modifiers: ["identifier", "[type]"],
	operators: ["$ne"],
	presence: "r",
	index(selected, index) {
		const { value } = selected;
		if (isObject(value) && isObject(value.identifier))
			indexCode(index, textOf(value.identifier.value), textOf(value.identifier.system));
		const target = targetOf(selected);
		if (target === undefined) {
			if (isObject(value) && hasContent(value))
				index.fact("r", UNRESOLVED + (textOf(value.type) ?? (value.identifier ? "" : NOTHING)));
			return;
		}
		if (target.startsWith("#")) {
			index.fact("r", `#${targetType(value, selected.resource)}/${target.slice(1)}`);
			return;
		}
		const local = localReference(target, selected.base);
		index.fact("r", local ?? target);
		if (local) index.key(entryOf("reference", local));
		else indexUrl(target, index);
	},
	read(asked: Asked): Node {
		const { parameter, path, modifier, base } = asked;
		const key = (...words: string[]): Node => ({
			kind: "key",
			path: path.name,
			entry: entryOf(...words),
			selective: true,
		});
		if (modifier === "identifier")
			return path.target === undefined ? readCode(asked) : and([readCode(asked), refersTo(path.name, path.target)]);
		if (modifier === "$ne") return unequal(asked, reference.read({ ...asked, modifier: undefined }));
		const text = unescaped(asked.text);
		if (text === "") throw malformed(parameter.code, "an id, Type/id or an absolute URL");
		const local = localReference(text, base);
		if (modifier !== undefined && path.target !== undefined && modifier !== path.target) return { kind: "nothing" };
		const wanted = modifier ?? path.target;
		if (local && asked.isResourceType(local.slice(0, local.indexOf("/")))) {
			return wanted === undefined || local.startsWith(`${wanted}/`) ? key("reference", local) : { kind: "nothing" };
		}
		if (!isId(text)) return wanted === undefined || namesType(text, wanted) ? key("url", text) : { kind: "nothing" };
		const types = wanted === undefined ? parameter.targets : [wanted];
		return or([
			...types.map((type) => key("reference", `${type}/${text}`)),
			...(wanted === undefined ? [key("url", text)] : []),
		]);
	},
};

/** Leads the fact of a reference without a literal, before the type that it may name. */
const UNRESOLVED = "?";
/** Stands for the type of a reference that has words only, which refers to nothing. */
const NOTHING = "-";

/**
 * Some reference under a path is to a type: by its text, by the contained resource it names, or by its `type`. One
 * that is known by an identifier alone may be to any type.
 */
export const refersTo = (path: string, type: string): Node => ({ kind: "fact", fact: "r", path, test: typeTest(type) });

function typeTest(type: string): string {
	const literal = JSON.stringify(`(^|[/#])${type}/[A-Za-z0-9.-]+(/_history/[A-Za-z0-9.-]+)?$`);
	return `@ like_regex ${literal} || @ == "${UNRESOLVED}" || @ == "${UNRESOLVED}${type}"`;
}

/** Some reference at the path leads elsewhere than each of the places that `equal` names. */
function unequal({ path }: Asked, equal: Node): Node {
	const keys = equal.kind === "or" ? equal.nodes : [equal];
	const tests = keys.flatMap((node) => {
		if (node.kind !== "key") return [];
		const target = node.entry.slice(node.entry.indexOf(SEPARATOR) + 1);
		return [`@ == ${JSON.stringify(target)}`, `@ starts with ${JSON.stringify(`${target}|`)}`];
	});
	const own = path.target === undefined ? [] : [`(${typeTest(path.target)})`];
	return {
		kind: "fact",
		fact: "r",
		path: path.name,
		test: [...own, `!(${tests.join(" || ") || "1 == 2"})`].join(" && "),
	};
}

/** A canonical is found with its version and without. */
function indexUrl(url: string, index: Pick<Index, "key">): void {
	index.key(entryOf("url", url));
	const bar = url.indexOf("|");
	if (bar > 0) index.key(entryOf("url", url.slice(0, bar)));
}

/** Whether a URL ends in `Type/id`, as literal references to other servers do. */
const namesType = (url: string, type: string): boolean =>
	new RegExp(`/${type}/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?$`).test(url);

function targetOf({ value, type, resource }: Selected): string | undefined {
	if (!isObject(value)) return textOf(value);
	if (type !== "Reference") return undefined;
	const target = textOf(value.reference);
	return target?.startsWith("#") && targetType(value, resource) === undefined ? undefined : target;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
