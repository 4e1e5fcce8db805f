import { Problem, type Resource } from "../kernel/index.ts";
import { definedBy } from "./clinic-engine.ts";
import { DEFINITIONS } from "./conformance.ts";
import type { Place } from "./examine.ts";

/** Characters of all definitions of a clinic: every process that serves it holds them in memory, at some ten bytes each. */
const MOST = 32 * 1024 * 1024;

/**
 * A clinic's own definitions are kept in memory, which other clinics need too.
 * @throws Problem `too-costly` where a definition would make them too large.
 */
export function requireRoom({ engine, context }: Place, resource: Resource): void {
	const { resourceType, id } = resource;
	if (!DEFINITIONS.includes(resourceType)) return;
	const others = definedBy(engine, context.tenant).filter((one) => one.type !== resourceType || one.id !== id);
	const size = others.reduce((sum, one) => sum + one.size, JSON.stringify(resource).length);
	if (size <= MOST) return;
	throw new Problem(
		"too-costly",
		`The clinic's own ${DEFINITIONS.join(", ")} resources may have ${MOST / 1024 ** 2} MB together; with this one they have more. Delete some, or have large code systems loaded by \`phc terminology load\`.`,
	);
}
