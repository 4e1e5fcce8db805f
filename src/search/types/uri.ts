import { Problem } from "../../kernel/index.ts";
import { unescaped } from "../escape.ts";
import { keyText } from "../key.ts";
import type { SearchType } from "./search-type.ts";

/** Uri: the whole URI, case-sensitive. https://hl7.org/fhir/R4/search.html#uri */
export const uri: SearchType = {
	name: "uri",
	modifiers: [],
	index({ resourceType, parameter, value }, add) {
		if (typeof value === "string") add(keyText(resourceType, parameter, "uri", value));
	},
	read({ resourceType, parameter, text }) {
		if (text === "") {
			throw new Problem("value", {
				text: `The uri parameter "${parameter.code}" has no value. Write the whole URI.`,
				expression: parameter.code,
			});
		}
		return { kind: "key", text: keyText(resourceType, parameter.code, "uri", unescaped(text)), selective: true };
	},
};
