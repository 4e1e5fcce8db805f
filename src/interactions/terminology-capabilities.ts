import type { JsonObject, Resource } from "../kernel/index.ts";
import type { LargeSystem } from "../terminology/index.ts";
import type { Exchange } from "./engine.ts";

/**
 * What can be asked about codes: the code systems of R4 that are here in full, the large ones of the installation, and
 * what the operations take. A clinic's own are left out, as whoever is not signed in may read this.
 * https://hl7.org/fhir/R4/terminologycapabilities.html
 */
export async function terminologyCapabilities({ engine, context, served }: Exchange): Promise<Resource> {
	const { software, terminology } = engine;
	const { standard, large } = await terminology.systems();
	const taken = (code: string): readonly string[] =>
		served.find((one) => one.code === code)?.operation?.parameters ?? [];
	return {
		resourceType: "TerminologyCapabilities",
		status: "active",
		date: software.released,
		kind: "instance",
		software: { name: software.name, version: software.version },
		implementation: { description: software.name, url: context.base },
		codeSystem: [
			...standard
				.filter(({ url }) => !large.some((one) => one.url === url))
				.map(
					({ url, version }): JsonObject => ({
						uri: url,
						...(version !== undefined && { version: [{ code: version }] }),
					}),
				),
			...[...Map.groupBy(large, ({ url }) => url)].map(largeSystem),
		],
		expansion: {
			hierarchical: false,
			paging: true,
			incomplete: false,
			parameter: taken("$expand").map((name) => ({ name })),
			textFilter: "Each word of the filter begins a word of a display or designation, or the filter begins the code.",
		},
		codeSearch: "all",
		validateCode: { translations: true },
		translation: { needsMap: true },
		closure: { translation: false },
	};
}

const largeSystem = ([uri, versions]: [string, readonly LargeSystem[]]): JsonObject => ({
	uri,
	version: versions.map(({ version }, n): JsonObject => ({ code: version, isDefault: n === 0 })),
	subsumption: versions.some(({ hierarchy }) => hierarchy),
});
