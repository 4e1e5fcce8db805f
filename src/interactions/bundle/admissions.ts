import { setImmediate } from "node:timers/promises";
import { definitionsOf, layer } from "../../definitions/index.ts";
import { Problem } from "../../kernel/index.ts";
import { checkStructure } from "../../validation/index.ts";
import { type Admitted, admitTree } from "../admit.ts";
import { engineWith } from "../clinic-engine.ts";
import type { Exchange } from "../engine.ts";
import type { Place } from "../examine.ts";
import { atEntryAsync, type BundleEntry } from "./entry.ts";
import { requireSize } from "./entry-size.ts";
import { typedLinks } from "./typed-links.ts";

/** What was found beside errors, by the place of the entry in the Bundle. */
export type Admissions = ReadonlyMap<number, Pick<Admitted, "advice">>;

/** No one mends more at a time. */
const MOST_ISSUES = 200;

/** Milliseconds after which others have their turn: a Bundle of documents takes seconds to look at. */
const TURN_MS = 20;

/**
 * Looks at every resource that a Bundle would store, before anything is locked.
 * @throws Problem with the faults of all entries, of the kind of the first.
 */
export async function admitEntries(exchange: Exchange, entries: readonly BundleEntry[]): Promise<Admissions> {
	const admitted = new Map<number, Pick<Admitted, "advice">>();
	const problems: Problem[] = [];
	const typed = typedLinks(exchange.engine.registry, entries);
	const besides = withProfilesOf(exchange, entries);
	let turn = performance.now();
	for (const entry of entries) {
		if (performance.now() - turn > TURN_MS) {
			await setImmediate();
			turn = performance.now();
		}
		const [type = ""] = entry.path.split("/");
		try {
			const one = await atEntryAsync(entry.n, async () => {
				requireSize(exchange, entry);
				if (entry.method !== "POST" && entry.method !== "PUT") return undefined;
				return admitTree(type === PROFILE ? besides : exchange, typed(entry.resource), type, entry);
			});
			if (one) admitted.set(entry.n, one);
		} catch (error) {
			if (!(error instanceof Problem)) throw error;
			problems.push(error);
		}
	}
	const [first] = problems;
	if (first === undefined) return admitted;
	throw new Problem(first.kind, problems.flatMap(({ issues }) => issues).slice(0, MOST_ISSUES));
}

const PROFILE = "StructureDefinition";

/** Profiles may build on others that the same Bundle stores, wherever these stand; malformed ones are refused anyway. */
function withProfilesOf(exchange: Exchange, entries: readonly BundleEntry[]): Place {
	const { engine, context } = exchange;
	const profiles = entries.flatMap(({ method, resource }) => {
		if ((method !== "POST" && method !== "PUT") || resource?.resourceType !== PROFILE) return [];
		return checkStructure(engine.registry, resource).length === 0 ? [resource] : [];
	});
	if (profiles.length === 0) return exchange;
	return { engine: engineWith(engine, layer(definitionsOf(profiles), engine.definitions)), context };
}
