import type { Workload } from "../bench.ts";
import { transaction } from "../resources.ts";

const sized = (size: number): Workload => {
	const bodies = Array.from({ length: 20 }, (_, n) => JSON.stringify(transaction(n * 31, size)));
	const body = (n: number): string => bodies[n % bodies.length] as string;
	return {
		name: `transaction of ${size}`,
		goal: 0.5,
		fhir: (n) => ({ method: "POST", path: "/fhir", body: body(n) }),
		twin: (n) => ({ method: "POST", path: "/transaction", body: body(n) }),
	};
};

/** A visit, and a day's import, as one transaction. */
export const smallTransaction: Workload = sized(9);
export const largeTransaction: Workload = sized(500);
