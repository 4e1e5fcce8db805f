import { setImmediate } from "node:timers";
import t from "tap";
import { bundleOf } from "../../support/bundle.ts";
import { somePatient, testClinic } from "../../support/clinic.ts";
import { otherClinic } from "../../support/jobs.ts";

const ask = await testClinic(t);

t.test("others have their turn while a large transaction is looked at", async (t) => {
	let turns = 0;
	const seen: number[] = [];
	const { validate } = ask.engine;
	const busy = await otherClinic(ask, "first", {
		...ask.engine,
		validate: (...args) => {
			seen.push(turns);
			const end = performance.now() + 10;
			while (performance.now() < end);
			return validate(...args);
		},
	});
	let isDone = false;
	const tick = (): void => {
		turns++;
		if (!isDone) setImmediate(tick);
	};
	const entries = Array.from({ length: 20 }, () => ({ method: "POST", url: "Patient", resource: somePatient() }));
	setImmediate(tick);
	await busy("POST", "", bundleOf("transaction", entries));
	isDone = true;
	t.ok((seen.at(-1) ?? 0) - (seen[0] ?? 0) >= 3, `${seen}`);
});
