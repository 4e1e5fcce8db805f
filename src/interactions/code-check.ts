import type { Definitions } from "../definitions/index.ts";
import { Problem } from "../kernel/index.ts";
import type { OwnTerminology, Terminology } from "../terminology/index.ts";
import type { CodeCheck } from "../validation/index.ts";

/** Code systems and value sets as these definitions have them. */
export const ownTerminologyOf = (definitions: Definitions): OwnTerminology => ({
	codeSystem: async (url) => definitions.resource("CodeSystem", url),
	valueSet: async (url) => definitions.resource("ValueSet", url),
});

/** Whether codes are in value sets, by the terminology of the server and by these definitions. */
export function codeCheckOf(terminology: Terminology, definitions: Definitions): CodeCheck {
	const own = ownTerminologyOf(definitions);
	return async (valueSet, { system, code }) => {
		try {
			const codings = await terminology.expand(valueSet, own);
			return codings.some((one) => one.code === code && (system ?? one.system) === one.system) ? "in" : "out";
		} catch (error) {
			if (error instanceof Problem) return "unknown";
			throw error;
		}
	};
}
