import t from "tap";
import { type Entry, post, urn } from "../../support/bundle.ts";
import { somePatient, testClinic } from "../../support/clinic.ts";
import { statementsOf } from "../../support/statements.ts";

const ask = await testClinic(t);
const identifier = (value: string) => [{ system: "urn:x", value }];

/** Makes the entries of a transaction about `n` patients; `k` tells one transaction from another. */
type Make = (n: number, k: string) => Entry[];

const each = (n: number, make: (i: number) => Entry[]): Entry[] => Array.from({ length: n }, (_, i) => make(i)).flat();
const observation = (more: object) => ({ resourceType: "Observation", status: "final", code: { text: "x" }, ...more });
const abha = (n: number) => [{ system: "https://healthid.ndhm.gov.in", value: String(10_000_000_000_000 + n) }];

const kinds: Record<string, Make> = {
	"creates with links": (n) =>
		each(n, (i) => [
			{ method: "POST", url: "Patient", fullUrl: urn(i), resource: somePatient({ identifier: abha(i) }) },
			{ method: "POST", url: "Observation", resource: observation({ subject: { reference: urn(i) } }) },
			{
				method: "POST",
				url: "Basic",
				resource: { resourceType: "Basic", code: { text: "x" }, subject: { reference: urn(i) } },
			},
		]),
	"creates under client ids": (n, k) =>
		each(n, (i) => [{ method: "PUT", url: `Patient/${k}-${i}`, resource: somePatient({ id: `${k}-${i}` }) }]),
	updates: (n, k) =>
		each(n, (i) => [
			{ method: "PUT", url: `Patient/${k}-${i}`, resource: somePatient({ id: `${k}-${i}`, gender: "male" }) },
		]),
	patches: (n, k) =>
		each(n, (i) => {
			const data = Buffer.from('{"gender":"other"}').toString("base64");
			return [
				{
					method: "PATCH",
					url: `Patient/${k}-${i}`,
					resource: { resourceType: "Binary", contentType: "application/merge-patch+json", data },
				},
			];
		}),
	deletes: (n, k) => each(n, (i) => [{ method: "DELETE", url: `Patient/${k}-${i}` }]),
	"creates that come back after a delete": (n, k) =>
		each(n, (i) => [{ method: "PUT", url: `Patient/${k}-${i}`, resource: somePatient({ id: `${k}-${i}` }) }]),
	"If-None-Exist that makes": (n, k) =>
		each(n, (i) => [
			{
				method: "POST",
				url: "Patient",
				ifNoneExist: `identifier=urn:x|${k}-${i}`,
				resource: somePatient({ identifier: identifier(`${k}-${i}`) }),
			},
		]),
	"If-None-Exist that finds": (n, k) =>
		each(n, (i) => [
			{
				method: "POST",
				url: "Patient",
				fullUrl: urn(i),
				ifNoneExist: `identifier=urn:x|${k}-${i}`,
				resource: somePatient({ identifier: identifier(`${k}-${i}`) }),
			},
			{ method: "POST", url: "Observation", resource: observation({ subject: { reference: urn(i) } }) },
		]),
	"conditional updates": (n, k) =>
		each(n, (i) => [
			{
				method: "PUT",
				url: `Patient?identifier=urn:x|${k}-${i}`,
				resource: somePatient({ identifier: identifier(`${k}-${i}`), gender: "male" }),
			},
		]),
	"conditional references": (n, k) =>
		each(n, (i) => [
			{
				method: "POST",
				url: "Observation",
				resource: observation({
					identifier: identifier(`o-${k}-${i}`),
					subject: { reference: `Patient?identifier=urn:x|${k}-${i}` },
				}),
			},
		]),
	"conditional references to their own type": (n, k) =>
		each(n, (i) => [
			{
				method: "POST",
				url: "Observation",
				resource: observation({ hasMember: [{ reference: `Observation?identifier=urn:x|o-${k}-${i}` }] }),
			},
		]),
	"conditional deletes": (n, k) => each(n, (i) => [{ method: "DELETE", url: `Patient?identifier=urn:x|${k}-${i}` }]),
};

for (const [name, make] of Object.entries(kinds)) {
	t.test(`${name}: as many SQL statements for 60 as for 3`, async (t) => {
		const count = async (n: number) => {
			const entries = make(n, `k${n}`);
			// The clinic's own definitions are asked for now and then, whatever the request.
			await ask("GET", "Patient?_summary=count");
			const statements = await statementsOf(ask.database.pool(), () => post(ask, "transaction", entries));
			return statements.length;
		};
		const few = await count(3);
		t.equal(await count(60), few);
		t.ok(few >= 4 && few <= 16, `${few} statements`);
	});
}

t.test("the counter sees every statement", async (t) => {
	const texts = await statementsOf(ask.database.pool(), () =>
		post(ask, "transaction", [{ method: "POST", url: "Patient", resource: somePatient() }]),
	);
	t.match(texts[0], /^begin/i);
	t.match(texts.at(-1), /^commit/i);
	t.ok(texts.some((text) => /INSERT INTO .*patient/s.test(text)));
});
