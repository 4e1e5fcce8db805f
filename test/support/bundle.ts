import type { FhirRequest } from "../../src/kernel/index.ts";
import { type Ask, jsonOf } from "./clinic.ts";

/** An entry to send: method and url, with what belongs to it. */
export type Entry = { method: string; url: string; fullUrl?: string; resource?: unknown; [condition: string]: unknown };

/** The answer to one entry. */
export type Answer = {
	// biome-ignore lint/suspicious/noExplicitAny: tests look into resources of every shape
	resource?: any;
	// biome-ignore lint/suspicious/noExplicitAny: likewise
	response: { status: string; location?: string; etag?: string; lastModified?: string; outcome?: any };
};

/** A Bundle of entries written as `{method, url, resource, fullUrl, ifMatch …}`. */
export const bundleOf = (type: string, entries: readonly Entry[]): object => ({
	resourceType: "Bundle",
	type,
	entry: entries.map(({ method, url, fullUrl, resource, ...conditions }) => ({
		fullUrl,
		resource,
		request: { method, url, ...conditions },
	})),
});

/** Sends entries as one Bundle and gives the answers in the order of the requests. */
export async function post(
	ask: Ask,
	type: "transaction" | "batch" | "history",
	entries: readonly Entry[],
	{ prefer = "return=representation", ...more }: Partial<FhirRequest> & { prefer?: string } = {},
): Promise<Answer[]> {
	return jsonOf(await ask("POST", "", bundleOf(type, entries), { ...more, conditions: { prefer } })).entry ?? [];
}

/** `urn:uuid:` with a small number, for links inside a Bundle. */
export const urn = (n: number): string => `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
