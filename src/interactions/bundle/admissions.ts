import { Problem } from "../../kernel/index.ts";
import { type Admitted, admitTree } from "../admit.ts";
import type { Exchange } from "../engine.ts";
import { atEntryAsync, type BundleEntry } from "./entry.ts";
import { requireSize } from "./entry-size.ts";

/** What was admitted, by the place of its entry in the Bundle. */
export type Admissions = ReadonlyMap<number, Admitted>;

/** No one mends more at a time. */
const MOST_ISSUES = 200;

/**
 * Looks at every resource that a Bundle would store, before anything is locked.
 * @throws Problem with the faults of all entries, of the kind of the first.
 */
export async function admitEntries(exchange: Exchange, entries: readonly BundleEntry[]): Promise<Admissions> {
	const admitted = new Map<number, Admitted>();
	const problems: Problem[] = [];
	for (const entry of entries) {
		if (entry.method !== "POST" && entry.method !== "PUT") continue;
		const [type = ""] = entry.path.split("/");
		try {
			const one = await atEntryAsync(entry.n, async () => {
				requireSize(exchange, entry);
				return admitTree(exchange, entry.resource, type, entry);
			});
			admitted.set(entry.n, one);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			problems.push(error);
		}
	}
	const [first] = problems;
	if (first === undefined) return admitted;
	throw new Problem(first.kind, problems.flatMap(({ issues }) => issues).slice(0, MOST_ISSUES));
}
