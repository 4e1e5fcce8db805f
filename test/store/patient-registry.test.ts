import t from "tap";
import { post } from "../support/bundle.ts";
import { somePatient, testClinic } from "../support/clinic.ts";

const ask = await testClinic(t);
const SYSTEM = "https://healthid.ndhm.gov.in";

/** What the registry holds of this clinic, as `patient kind value`. */
async function registry(tenant = ask.tenant.id): Promise<string[]> {
	const { rows } = await ask.database
		.pool()
		.query(
			"SELECT patient_id || ' ' || kind || ' ' || value AS line FROM phc.patient_registry WHERE tenant_id = $1::uuid ORDER BY 1",
			[tenant],
		);
	return rows.map(({ line }) => line);
}

const patient = (id: string | undefined, ...values: string[]) =>
	somePatient({
		...(id && { id }),
		identifier: [{ system: "urn:clinic", value: "x" }, ...values.map((value) => ({ system: SYSTEM, value }))],
	});

t.afterEach(async () => {
	await post(
		ask,
		"transaction",
		(await registry())
			.map((line) => ({ method: "DELETE", url: `Patient/${line.split(" ")[0]}` }))
			.filter(({ url }, i, all) => all.findIndex((o) => o.url === url) === i),
	);
});

t.test("single writes keep it in step", async (t) => {
	await ask("PUT", "Patient/a", patient("a", "91-1111-2222-3333", "Asha@abdm"));
	t.strictSame(await registry(), ["a address asha@abdm", "a number 91111122223333"]);
	await ask("PUT", "Patient/a", patient("a", "91111122223333", "new@sbx"));
	t.strictSame(await registry(), ["a address new@sbx", "a number 91111122223333"]);
	await ask("PUT", "Patient/a", patient("a"));
	t.strictSame(await registry(), []);
	await ask("PUT", "Patient/a", patient("a", "91111122223333"));
	await ask("DELETE", "Patient/a");
	t.strictSame(await registry(), []);
	await ask("PUT", "Patient/a", patient("a", "91111122223333"));
	t.strictSame(await registry(), ["a number 91111122223333"]);
	const { body } = await ask("POST", "Patient", patient(undefined, "91111122223333"));
	t.equal((await registry()).length, 2, "the same identity of two patients is kept twice");
	t.ok((await registry()).includes(`${JSON.parse(body as string).id} number 91111122223333`));
});

t.test("transactions keep it in step", async (t) => {
	await post(ask, "transaction", [
		{ method: "PUT", url: "Patient/b", resource: patient("b", "91-1111-2222-0001") },
		{ method: "PUT", url: "Patient/c", resource: patient("c", "91-1111-2222-0002") },
		{ method: "PUT", url: "Patient/d", resource: patient("d", "91-1111-2222-0003") },
	]);
	t.strictSame(await registry(), ["b number 91111122220001", "c number 91111122220002", "d number 91111122220003"]);
	await post(ask, "transaction", [
		{ method: "PUT", url: "Patient/b", resource: patient("b") },
		{ method: "DELETE", url: "Patient/c" },
		{ method: "PUT", url: "Patient/d", resource: patient("d", "91-1111-2222-0009") },
	]);
	t.strictSame(await registry(), ["d number 91111122220009"]);
});

t.test("what fails leaves it as it was", async (t) => {
	await ask("PUT", "Patient/e", patient("e", "91-1111-2222-0001"));
	const before = await registry();
	const conditions = { ifMatch: 'W/"9"' };
	await t.rejects(ask("PUT", "Patient/e", patient("e"), { conditions }));
	await t.rejects(ask("DELETE", "Patient/e", undefined, { conditions }));
	await t.rejects(
		post(ask, "transaction", [
			{ method: "PUT", url: "Patient/e", resource: patient("e") },
			{ method: "GET", url: "Patient/never" },
		]),
	);
	t.strictSame(await registry(), before);
});

t.test("a clinic's own record numbers and odd values are no identities", async (t) => {
	const mr = {
		type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }] },
		value: "91111122223333",
	};
	await ask(
		"PUT",
		"Patient/n",
		somePatient({ id: "n", identifier: [mr, { system: SYSTEM, value: "12" }, { system: SYSTEM, value: "a b@abdm" }] }),
	);
	t.strictSame(await registry(), []);
});

t.test("two clinics' rows stand apart, though the patients have one id", async (t) => {
	await ask.tenancy.provision({ slug: "second", name: "Second" });
	const tenant = (await ask.tenancy.resolve("second"))?.tenant ?? ask.tenant;
	const other = ask.engine.store.session(tenant, "http://clinic.test/t/second/fhir");
	await ask("PUT", "Patient/s", patient("s", "91-1111-2222-0001"));
	await other.create(patient("s", "91-1111-2222-0002"), "s", "PUT");
	t.strictSame(
		[await registry(), await registry(tenant.id)],
		[["s number 91111122220001"], ["s number 91111122220002"]],
	);
	await ask("DELETE", "Patient/s");
	t.strictSame([await registry(), await registry(tenant.id)], [[], ["s number 91111122220002"]]);
});
