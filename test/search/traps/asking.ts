import type { Test } from "tap";
import type { Resource } from "../../../src/kernel/index.ts";
import { type Ask, jsonOf, testClinic } from "../../support/clinic.ts";
import { structureOnly } from "../../support/structure-only.ts";

export type Entry = {
	readonly fullUrl?: string;
	// biome-ignore lint/suspicious/noExplicitAny: tests look into resources of every shape
	readonly resource: any;
	readonly search: { readonly mode: "match" | "include" | "outcome" };
};
export type Bundle = {
	readonly total?: number;
	readonly link: readonly { readonly relation: string; readonly url: string }[];
	readonly entry?: readonly Entry[];
};

export type Asking = {
	readonly ask: Ask;
	/** Stores resources under the ids they have. */
	put(...resources: (Partial<Resource> & { resourceType: string; id: string })[]): Promise<void>;
	bundle(url: string, prefer?: string): Promise<Bundle>;
	/** The ids of the matches, in their order. */
	ids(url: string, prefer?: string): Promise<string[]>;
};

/** A clinic of its own, with short words for storing and searching. */
export async function asking(t: Test): Promise<Asking> {
	const ask = structureOnly(await testClinic(t));
	const bundle = async (url: string, prefer?: string): Promise<Bundle> =>
		jsonOf(await ask("GET", url, undefined, { conditions: { prefer } }));
	return {
		ask,
		bundle,
		put: async (...resources) => {
			for (const resource of resources) await ask("PUT", `${resource.resourceType}/${resource.id}`, resource);
		},
		ids: async (url, prefer) => matchesOf(await bundle(url, prefer)),
	};
}

export const matchesOf = ({ entry = [] }: Bundle): string[] => idsOf(entry, "match");
export const includedOf = ({ entry = [] }: Bundle): string[] =>
	entry.flatMap(({ search, resource }) =>
		search.mode === "include" ? [`${resource.resourceType}/${resource.id}`] : [],
	);

const idsOf = (entry: readonly Entry[], mode: string): string[] =>
	entry.flatMap(({ search, resource }) => (search.mode === mode ? [resource.id] : []));

/** Asserts the ids of each query, row by row: `[query, ids, why]`. */
export async function table(
	t: Test,
	ids: Asking["ids"],
	rows: readonly (readonly [query: string, want: string, why?: string])[],
): Promise<void> {
	for (const [query, want, why] of rows) {
		const found = await ids(query).catch((fault: Error) => [`refused: ${fault.message}`]);
		t.equal(found.join(" "), want, why === undefined ? query : `${query}: ${why}`);
	}
}

export const observation = (id: string, more: Partial<Resource> = {}) => ({
	resourceType: "Observation",
	id,
	status: "final",
	code: { text: "test" },
	...more,
});

export const patient = (id: string, more: Partial<Resource> = {}) => ({ resourceType: "Patient", id, ...more });
