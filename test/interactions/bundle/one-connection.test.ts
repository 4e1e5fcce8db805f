import t from "tap";
import { bundleOf } from "../../support/bundle.ts";
import { somePatient, testClinic } from "../../support/clinic.ts";
import { otherClinic } from "../../support/jobs.ts";

const ask = await testClinic(t);

t.test("a transaction does not look its clinic up anew while it holds a connection", async (t) => {
	const { now } = Date;
	let later = 0;
	t.intercept(Date, "now", { value: () => now() + later });
	let isWriting = false;
	const looks: boolean[] = [];
	const { store, validate } = ask.engine;
	const slow = await otherClinic(ask, "first", {
		...ask.engine,
		validate: (...args) => {
			later += 60_000;
			return validate(...args);
		},
		store: {
			...store,
			definitions: (...args) => {
				looks.push(isWriting);
				return store.definitions(...args);
			},
			session: (...args) => {
				const session = store.session(...args);
				const transact: typeof session.transact = async (work) => {
					isWriting = true;
					const done = await session.transact(work);
					isWriting = false;
					return done;
				};
				return { ...session, transact };
			},
		},
	});
	const bundle = bundleOf("transaction", [
		{ method: "POST", url: "Patient", resource: somePatient() },
		{ method: "GET", url: "Patient?_count=0" },
	]);
	t.equal((await slow("POST", "", bundle)).status, 200);
	t.ok(looks.length > 0);
	t.notOk(looks.includes(true));
});
