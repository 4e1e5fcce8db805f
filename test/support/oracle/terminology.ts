import { r4Examples } from "../r4-examples.ts";
import { fieldsOf, listOf, type World } from "./world.ts";

/** What the oracle knows of codes: the code systems that R4 publishes, each also as the value set of all its codes. */
export function r4Terminology(): Pick<World, "isCaseSensitive" | "isBelow" | "isIn"> {
	const sensitive = new Set<unknown>();
	const ancestors = new Map<string, readonly string[]>();
	for (const { name, text } of r4Examples()) {
		if (!name.startsWith("CodeSystem-")) continue;
		const { url, caseSensitive, concept } = JSON.parse(text);
		if (caseSensitive === true) sensitive.add(url);
		for (const [code, above] of lineages(concept, [])) ancestors.set(`${url}|${code}`, above);
	}
	return {
		isCaseSensitive: (system) => sensitive.has(system),
		isBelow: (system, code, ancestor) => ancestors.get(`${system}|${code}`)?.includes(ancestor) ?? false,
		isIn: (valueSet, system, code) => SETS[valueSet] === system && ancestors.has(`${system}|${code}`),
	};
}

/** Each code with itself and all above it. https://hl7.org/fhir/R4/codesystem.html#hierarchy */
function lineages(concepts: unknown, above: readonly string[]): [code: string, lineage: readonly string[]][] {
	return listOf(concepts).flatMap((one) => {
		const { code, concept } = fieldsOf(one);
		const lineage = [...above, String(code)];
		return [[String(code), lineage] as [string, readonly string[]], ...lineages(concept, lineage)];
	});
}

/** Value sets that hold the whole of one code system. */
const SETS: Record<string, string> = {
	"http://hl7.org/fhir/ValueSet/observation-category": "http://terminology.hl7.org/CodeSystem/observation-category",
	"http://hl7.org/fhir/ValueSet/issue-type": "http://hl7.org/fhir/issue-type",
	"http://hl7.org/fhir/ValueSet/administrative-gender": "http://hl7.org/fhir/administrative-gender",
};

export const VALUE_SETS = Object.keys(SETS);
