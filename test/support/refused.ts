import type { Test } from "tap";
import { Problem } from "../../src/kernel/index.ts";

/** Asserts that a request is refused by a Problem of this status, and gives the Problem. */
export async function refused(t: Test, work: Promise<unknown>, status: number, name = ""): Promise<Problem> {
	const error = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof Problem)) {
		t.fail(`${name}: expected a Problem of status ${status}`, { found: error ?? "success" });
		return new Problem("fault", "no Problem");
	}
	t.equal(error.status, status, `${name || "refused"}: ${error.message}`);
	return error;
}
