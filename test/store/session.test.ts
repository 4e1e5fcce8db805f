import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
import { Contention, type TransactionSession } from "../../src/store/index.ts";
import { BASE, somePatient, testClinic } from "../support/clinic.ts";
import { contentsOf } from "../support/contents.ts";

const ask = await testClinic(t);
const session = ask.engine.store.session(ask.tenant, BASE);
const basic = (text: string) => ({ resourceType: "Basic", code: { text } });

t.test("create says no when the id is taken, update and delete when the version is not the one seen", async (t) => {
	const first = await session.create(basic("1"), "a", "POST");
	t.equal(first?.version, 1);
	t.equal(await session.create(basic("2"), "a", "POST"), undefined);
	if (!first) return;
	const second = await session.update(basic("2"), first, "PUT");
	t.equal(second?.version, 2);
	t.equal(await session.update(basic("3"), first, "PUT"), undefined);
	t.equal(await session.delete("Basic", "a", 1), undefined);
	t.equal((await session.delete("Basic", "a", 2))?.version, 3);
	t.equal(await session.delete("Basic", "a"), undefined);
	t.equal(await session.update(basic("4"), first, "PUT"), undefined);
});

t.test("the stored text is the text that was answered, byte for byte", async (t) => {
	for (const type of ["Patient", "Basic"]) {
		const resource = type === "Patient" ? somePatient() : basic("x");
		const stored = await session.create(resource, `text-${type}`, "POST");
		t.strictSame(await session.read(type, `text-${type}`), stored);
		const inner = await session.transact((one) => one.create(resource, `inner-${type}`, "POST"));
		t.strictSame(await session.read(type, `inner-${type}`), inner);
	}
});

t.test("versions of one resource rise in time, also when made within a millisecond", async (t) => {
	let last = await session.create(basic("0"), "fast", "POST");
	const times: number[] = [];
	for (let i = 1; i <= 50 && last; i++) {
		times.push(last.lastUpdated.getTime());
		last = await session.update(basic(String(i)), last, "PUT");
	}
	t.equal(times.length, 50);
	t.ok(times.every((time, i) => i === 0 || time > (times[i - 1] as number)));
	const inOne = await session.transact(async (inner) => {
		const made = await inner.create(basic("0"), "one", "POST");
		const next = made && (await inner.update(basic("1"), made, "PUT"));
		const gone = await inner.delete("Basic", "one");
		const back = await inner.create(basic("2"), "one", "PUT", 4);
		return [made, next, gone, back].map((version) => version?.lastUpdated.getTime() ?? 0);
	});
	t.strictSame(
		inOne.toSorted((a, b) => a - b),
		inOne,
	);
	t.equal(new Set(inOne).size, 4);
	t.strictSame(
		(await session.history({ type: "Basic", id: "one", limit: 9 })).versions.map(
			({ version, method }) => `${version} ${method}`,
		),
		["4 PUT", "3 DELETE", "2 PUT", "1 POST"],
	);
});

t.test("a transaction sees its own writes in every kind of read", async (t) => {
	await session.transact(async (inner: TransactionSession) => {
		await inner.create(somePatient({ identifier: [{ system: "urn:x", value: "own" }] }), "own", "POST");
		const criteria = { resourceType: "Patient", filter: { kind: "id", ids: ["own"] } } as const;
		t.equal((await inner.read("Patient", "own"))?.version, 1);
		t.equal((await inner.search([criteria], { limit: 2 })).length, 1);
		t.equal(await inner.count([criteria]), 1);
		t.strictSame(await inner.match([criteria], 2), [["own"]]);
		t.equal((await inner.history({ type: "Patient", id: "own", limit: 2 })).versions.length, 1);
		t.equal(await session.read("Patient", "own"), undefined, "nobody else does before the commit");
		await inner.delete("Patient", "own");
		t.equal(await inner.read("Patient", "own"), undefined);
		t.equal((await inner.deletion("Patient", "own"))?.version, 2);
		t.equal(await inner.vread("Patient", "own", 2), "deleted");
	});
});

t.test("a transaction that throws leaves nothing", async (t) => {
	const before = await contentsOf(ask);
	const fault = new Error("stop");
	await t.rejects(
		session.transact(async (inner) => {
			await inner.create(somePatient(), "undone", "POST");
			await inner.flush();
			await inner.create(basic("x"), "undone", "POST");
			throw fault;
		}),
		fault,
	);
	t.strictSame(await contentsOf(ask), before);
});

t.test("lost races are run again, and not for ever", async (t) => {
	let runs = 0;
	const twice = await session.transact(async (inner) => {
		runs++;
		await inner.create(basic("x"), `again${runs}`, "POST");
		if (runs < 3) throw new Contention("a test");
		return runs;
	});
	t.equal(twice, 3);
	t.equal(await session.read("Basic", "again1"), undefined);
	t.ok(await session.read("Basic", "again3"));
	runs = 0;
	await t.rejects(
		session.transact(async () => {
			runs++;
			throw new Contention("a test");
		}),
		{ message: /at the same time/ },
	);
	t.ok(runs > 1 && runs < 20, `${runs} runs`);
});

t.test("deadlocks end with both transactions done", async (t) => {
	await session.create(basic("0"), "d1", "POST");
	await session.create(basic("0"), "d2", "POST");
	const both = (first: string, second: string) =>
		session.transact(async (inner) => {
			await inner.prepare([{ type: "Basic", id: first }]);
			await wait(30);
			await inner.prepare([{ type: "Basic", id: second }]);
			for (const id of [first, second]) {
				const current = await inner.read("Basic", id);
				if (current) await inner.update(basic(first), current, "PUT");
			}
		});
	await Promise.all([both("d1", "d2"), both("d2", "d1")]);
	t.equal((await session.read("Basic", "d1"))?.version, 3);
	t.equal((await session.read("Basic", "d2"))?.version, 3);
});

t.test("two clinics on one pool never see each other's rows", async (t) => {
	await ask.tenancy.provision({ slug: "second", name: "Second" });
	const tenant = (await ask.tenancy.resolve("second"))?.tenant ?? ask.tenant;
	t.not(tenant.schema, ask.tenant.schema);
	const other = ask.engine.store.session(tenant, "http://clinic.test/t/second/fhir");
	await session.create(somePatient({ gender: "male" }), "same", "POST");
	await other.create(somePatient({ gender: "female" }), "same", "POST");
	const all = { resourceType: "Patient", filter: { kind: "and", nodes: [] } } as const;
	// More requests than connections, so that every connection serves both clinics.
	const rounds = Array.from({ length: 60 }, async (_, i) => {
		const [mine, gender] = i % 2 ? [session, "male"] : [other, "female"];
		const direct = i % 4 < 2;
		const text = direct
			? (await mine.read("Patient", "same"))?.text
			: await mine.transact(async (inner) => (await inner.read("Patient", "same"))?.text);
		return text?.includes(`"${gender}"`);
	});
	t.ok((await Promise.all(rounds)).every(Boolean));
	t.equal(await other.count([all]), 1);
	t.equal((await other.history({ limit: 100 })).versions.length, 1);
	await other.delete("Patient", "same");
	t.ok(await session.read("Patient", "same"));
});

t.test("an amendment of what the transaction did not write is a fault of ours", async (t) => {
	await t.rejects(
		session.transact(async (inner) => inner.amend(basic("x"), "nobody")),
		{ message: /did not write/ },
	);
});
