import { unescaped } from "../escape.ts";
import { entryOf } from "../key.ts";
import { type Node, or } from "../tree.ts";
import { malformed } from "./prefix.ts";
import type { SearchType } from "./search-type.ts";

/**
 * Uri: the whole URI, case-sensitive; `:below` and `:above` by path segment, not for urns.
 * https://hl7.org/fhir/R4/search.html#uri
 */
export const uri: SearchType = {
	name: "uri",
	modifiers: ["above", "below"],
	operators: ["$ne"],
	presence: "u",
	index({ value }, index) {
		if (typeof value !== "string") return;
		index.fact("u", value);
		index.key(entryOf("uri", value));
	},
	read({ parameter, path, modifier, text }): Node {
		const value = unescaped(text);
		if (value === "") throw malformed(parameter.code, "a whole URI");
		const key = (entry: string): Node => ({
			kind: "key",
			path: path.name,
			entry: entryOf("uri", entry),
			selective: true,
		});
		if (modifier === "$ne") return { kind: "fact", fact: "u", path: path.name, test: `@ != ${JSON.stringify(value)}` };
		if (modifier === "above" && value.split("/").length > MOST_SEGMENTS)
			throw malformed(parameter.code, `a URI of ${MOST_SEGMENTS} segments at most`);
		if (modifier === "above") return or(ancestorsOf(value).map(key));
		if (modifier !== "below" || isOpaque(value)) return key(value);
		const lead = value.replace(/\/+$/, "");
		const tests = [lead, `${lead}/`].map((start, i) =>
			i === 0 ? `@ == ${JSON.stringify(start)}` : `@ starts with ${JSON.stringify(start)}`,
		);
		const versions = `@ starts with ${JSON.stringify(`${lead}|`)}`;
		return { kind: "fact", fact: "u", path: path.name, test: [...tests, versions].join(" || ") };
	},
};

/** Each beginning of a URI is looked for, so that the work grows by the square of its length. */
const MOST_SEGMENTS = 100;

const isOpaque = (uri: string): boolean => !/^[a-z][a-z0-9+.-]*:\/\//i.test(uri);

/** The URI itself and each URI its path lies under: `http://a/b/c` → that, `http://a/b`, `http://a`. */
function ancestorsOf(uri: string): string[] {
	if (isOpaque(uri)) return [uri];
	const found = [uri];
	const root = uri.indexOf("://") + 3;
	let rest = uri.replace(/\/+$/, "");
	if (rest !== uri) found.push(rest);
	for (let slash = rest.lastIndexOf("/"); slash > root; slash = rest.lastIndexOf("/")) {
		rest = rest.slice(0, slash);
		found.push(rest, `${rest}/`);
	}
	return found;
}
