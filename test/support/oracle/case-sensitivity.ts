import { r4Examples } from "../r4-examples.ts";

/** The code systems of R4's definitions whose CodeSystem.caseSensitive is true. https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.caseSensitive */
export function caseSensitiveSystems(): ReadonlySet<string> {
	const systems = new Set<string>();
	for (const { name, text } of r4Examples()) {
		if (!name.startsWith("CodeSystem-")) continue;
		const { url, caseSensitive } = JSON.parse(text);
		if (caseSensitive === true) systems.add(url);
	}
	return systems;
}
