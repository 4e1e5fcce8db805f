import { openTerminology, type ReadOptions, type TerminologyFormat } from "../../../../src/terminology/index.ts";
import type { ReadConcept, ReadDesignation } from "../../../../src/terminology/load/sink.ts";

/** What a reader gives, kept in memory. */
export async function readAll(
	paths: string | readonly string[],
	options: ReadOptions = {},
	format?: TerminologyFormat,
) {
	const concepts = new Map<string, ReadConcept>();
	const designations: ReadDesignation[] = [];
	const preferences: [string, number][] = [];
	const properties: string[] = [];
	const parents: string[] = [];
	let bytes = 0;
	const files = await openTerminology([paths].flat(), format);
	const sink = {
		concept: (concept: ReadConcept) => void concepts.set(concept.code, concept),
		designation: (designation: ReadDesignation) => void designations.push(designation),
		prefer: (id: string, by: number) => void preferences.push([id, by]),
		property: (code: string, property: string, value: string) => void properties.push(`${code} ${property}=${value}`),
		parent: (code: string, parent: string) => void parents.push(`${code} < ${parent}`),
		ready: async () => undefined,
	};
	try {
		const facts = await files.read(sink, options, (more) => {
			bytes += more;
		});
		return {
			format: files.format,
			facts,
			concepts,
			designations,
			preferences,
			properties,
			parents,
			bytes,
			size: files.bytes,
		};
	} finally {
		files.close();
	}
}
