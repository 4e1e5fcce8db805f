import { type FhirResponse, Problem, toOutcome } from "../../kernel/index.ts";
import type { Exchange } from "../engine.ts";
import { type BundleEntry, bodyOf } from "./entry.ts";
import { requireSize } from "./entry-size.ts";
import { isWrite } from "./identity.ts";
import { conditionalReferences, eachReference } from "./references.ts";
import { patchBody } from "./write-targets.ts";

/** Entries that are under way at once. */
const PARALLEL = 8;
const ORDER = ["DELETE", "POST", "PUT", "PATCH", "GET", "HEAD"];

/** The answer to one entry of a batch: what it would have been alone, failures too. */
export type BatchAnswer = FhirResponse & { readonly outcome?: unknown };

/** Runs every entry on its own. https://hl7.org/fhir/R4/http.html#brules */
export async function batch(exchange: Exchange, entries: readonly BundleEntry[]): Promise<Map<number, BatchAnswer>> {
	const answers = new Map<number, BatchAnswer>();
	const made = new Set(entries.flatMap(({ method, fullUrl }) => (method === "POST" && fullUrl ? [fullUrl] : [])));
	for (const method of ORDER) {
		const queue = entries.filter((entry) => entry.method === method).values();
		const worker = async (): Promise<void> => {
			for (const entry of queue) answers.set(entry.n, await answer(exchange, entry, made));
		};
		await Promise.all(Array.from({ length: PARALLEL }, worker));
	}
	return answers;
}

async function answer(exchange: Exchange, entry: BundleEntry, made: ReadonlySet<string>): Promise<BatchAnswer> {
	const { method, path, query, conditions, resource } = entry;
	try {
		requireSize(exchange, entry);
		if (isWrite(entry)) requirePlain(exchange, entry, made);
		const body = resource && method === "PATCH" ? patchBody(resource) : bodyOf(entry);
		return await exchange.dispatch({ method, path, query, conditions, body });
	} catch (error) {
		const problem = error instanceof Problem ? error : undefined;
		if (!problem) throw error;
		return { status: problem.status, outcome: toOutcome(problem) };
	}
}

/** Conditional references, and those to what another entry makes, belong to transactions only. */
function requirePlain({ engine }: Exchange, { resource }: BundleEntry, made: ReadonlySet<string>): void {
	if (!resource) return;
	eachReference(resource, (url) => {
		if (!made.has(url)) return;
		throw new Problem("invalid", {
			text: "It refers to another entry, and the entries of a batch stand alone. Post the Bundle as a transaction.",
			expression: "resource",
		});
	});
	if (conditionalReferences(engine.registry, resource).length === 0) return;
	throw new Problem("invalid", {
		text: "A conditional reference can be resolved in a transaction only. Post the Bundle as a transaction, or name the id.",
		expression: "resource",
	});
}
