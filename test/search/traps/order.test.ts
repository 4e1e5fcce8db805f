import t, { type Test } from "tap";
import { BASE } from "../../support/clinic.ts";
import { refused } from "../../support/refused.ts";
import { asking, type Bundle, includedOf, matchesOf, observation, patient, table } from "./asking.ts";

const { put, ids, bundle, ask } = await asking(t);

const tests = { category: [{ coding: [{ code: "t" }] }] };
const UCUM = "http://unitsofmeasure.org";
await put(patient("a", { name: [{ family: "Żak" }, { family: "Arya" }], birthDate: "1990-05-01", gender: "female" }));
await put(patient("b", { name: [{ family: "bose" }], birthDate: "1990", gender: "male" }));
await put(
	patient("c", { name: [{ family: "Devi" }], gender: "female" }),
	patient("d", { birthDate: "1985-01-01", gender: "male" }),
);
await put(patient("e", { name: [{ family: "Devi" }], birthDate: "2001-01-01" }));
await put(
	observation("o1", {
		...tests,
		valueQuantity: { value: 2, system: UCUM, code: "g" },
		effectiveDateTime: "2020-01-02",
		subject: { reference: "Patient/b" },
		code: { coding: [{ code: "y" }] },
	}),
);
await put(
	observation("o2", {
		...tests,
		valueQuantity: { value: 100, system: UCUM, code: "mg" },
		effectivePeriod: { start: "2020-01-01", end: "2020-06-01" },
		subject: { reference: "Patient/a" },
		code: { coding: [{ code: "X" }] },
	}),
);
await put(
	observation("o3", {
		...tests,
		valueString: "text",
		effectivePeriod: { start: "2020-01-03" },
		subject: { reference: "Group/z" },
		code: { coding: [{ code: "z" }] },
	}),
);
await put(observation("o4", { ...tests }));

t.test("90: each type has an order; rows without a value come last, either way; the id decides at last", async (t) => {
	await table(t, ids, [
		["Patient?_sort=family", "a b c e d", "the least of several names"],
		["Patient?_sort=-family", "a c e b d", "the greatest of several: Żak is zak"],
		["Patient?_sort=birthdate", "d b a e c", "a year begins before its May"],
		["Patient?_sort=-birthdate", "e a b d c"],
		["Patient?_sort=gender", "a c b d e"],
		["Patient?_sort=-gender", "b d a c e"],
		["Patient?_sort=_id", "a b c d e"],
		["Patient?_sort=-_id", "e d c b a"],
		["Patient?_sort=_lastUpdated", "a b c d e"],
		["Patient?_sort=-_lastUpdated", "e d c b a"],
		["Observation?category=t&_sort=date", "o2 o1 o3 o4"],
		["Observation?category=t&_sort=-date", "o3 o1 o2 o4"],
		["Observation?category=t&_sort=value-quantity", "o2 o1 o3 o4", "100 mg before 2 g"],
		["Observation?category=t&_sort=-value-quantity", "o1 o2 o3 o4"],
		["Observation?category=t&_sort=value-string", "o3 o1 o2 o4"],
		["Observation?category=t&_sort=subject", "o3 o2 o1 o4"],
		["Observation?category=t&_sort=-subject", "o1 o2 o3 o4"],
		["Observation?category=t&_sort=code", "o2 o1 o3 o4", "codes without regard to case"],
	]);
});

t.test("90: several keys, one after the other", async (t) => {
	await table(t, ids, [
		["Patient?_sort=gender,-birthdate", "a c b d e"],
		["Patient?_sort=-gender,birthdate", "d b a c e"],
		["Patient?_sort=family,-_id", "a b e c d"],
		["Patient?_sort=gender,family,birthdate,_id", "a c b d e"],
		["Patient?_sort=gender&_sort=-_id", "c a d b e", "repeated parameters go on with the list"],
	]);
});

t.test("90: what has no order is refused", async (t) => {
	for (const wrong of ["", "-", "nonsense", "gender,", "code-value-quantity", "_text", "near", "gender,,birthdate"])
		await refused(
			t,
			ids(`${wrong === "near" ? "Location" : wrong.startsWith("code") ? "Observation" : "Patient"}?_sort=${wrong}`),
			400,
			wrong,
		);
});

t.test("90, 91: pages in each order, forward and back, are the whole in pieces", async (t) => {
	const orders = [
		"family",
		"-family",
		"birthdate",
		"-birthdate",
		"gender,-birthdate",
		"-gender,family",
		"_lastUpdated",
		"-_id",
		"gender,-family,birthdate",
	];
	for (const order of orders) await inPieces(t, `Patient?_sort=${order}`);
});

/** Asserts that the pages of a search, forward and back, are the whole. */
async function inPieces(t: Test, query: string): Promise<void> {
	const whole = await ids(query);
	const forward: string[][] = [];
	let last = await bundle(`${query}&_count=2`);
	for (;;) {
		forward.push(matchesOf(last));
		const next = last.link.find(({ relation }) => relation === "next")?.url;
		if (next === undefined) break;
		last = await bundle(next.slice(BASE.length + 1));
	}
	t.strictSame(forward.flat(), whole, `${query} forward`);
	const back: string[][] = [];
	for (let at = last; ; ) {
		back.unshift(matchesOf(at));
		const previous = at.link.find(({ relation }) => relation === "previous")?.url;
		if (previous === undefined) break;
		at = await bundle(previous.slice(BASE.length + 1));
	}
	t.strictSame(back.flat(), whole, `${query} back`);
}

t.test("90: several types in one order", async (t) => {
	await table(t, ids, [
		["?_type=Patient,Observation&_id=a,o1,e&_sort=-_lastUpdated", "o1 e a"],
		["?_type=Patient,Observation&_id=a,o1,e&_sort=_id", "a e o1"],
	]);
	await put({
		resourceType: "Encounter",
		id: "visit",
		status: "finished",
		class: { code: "A" },
		subject: { reference: "Patient/a" },
		period: { start: "2020-01-01T12:00:00+05:30" },
	} as never);
	await put({
		resourceType: "Procedure",
		id: "proc",
		status: "completed",
		subject: { reference: "Patient/a" },
		performedDateTime: "2020-01-01T18:00:00+05:30",
	} as never);
	await table(t, ids, [
		[
			"?_type=Encounter,Observation,Procedure&_sort=date&_count=20",
			"o2 visit proc o1 o3 o4",
			"each type by its own dates, in column or not",
		],
		["?_type=Encounter,Observation,Procedure&_sort=-date&_count=20", "o3 o1 proc visit o2 o4"],
		["?_type=Encounter,Procedure&_sort=-date&_include=Encounter:subject", "proc visit", "an include of one of them"],
	]);
	const pages: string[] = [];
	for (
		let next: string | undefined = "?_type=Encounter,Observation,Procedure&_sort=-date&_count=2";
		next !== undefined;
	) {
		const page: Bundle = await bundle(next);
		pages.push(...matchesOf(page));
		next = page.link.find(({ relation }) => relation === "next")?.url.slice(BASE.length);
	}
	t.strictSame(pages, ["o3", "o1", "proc", "visit", "o2", "o4"], "by pages");
	t.strictSame(includedOf(await bundle("?_type=Encounter,Procedure&_include=Encounter:subject")), ["Patient/a"]);
	await refused(t, bundle("?_type=Encounter,Procedure&_include=Observation:subject"), 400, "of none of them");
	await refused(t, bundle("?_type=Patient,CodeSystem&_sort=name,date"), 400, "no date in a patient");
	t.equal((await ask("GET", "?_type=Patient&_count=1")).status, 200);
});

const LOINC = "http://loinc.org";
const codes = (...list: readonly string[]) => ({
	code: {
		coding: list.map((code) => ({ code, ...(code.startsWith("9") ? { system: LOINC } : { system: "urn:local" }) })),
	},
});

t.test("90: observations of a code in the order of time, wherever the code stands among others", async (t) => {
	await put(
		observation("c1", { ...codes("95-1"), effectiveDateTime: "2024-01-01" }),
		observation("c2", { ...codes("95-1", "96-2"), effectivePeriod: { start: "2024-01-05", end: "2024-03-01" } }),
		observation("c3", { ...codes("11", "95-1", "96-2"), effectiveDateTime: "2024-01-03" }),
		observation("c4", { ...codes("11", "12", "95-1"), effectiveDateTime: "2024-01-04" }),
		observation("c5", { ...codes("97-3", "96-2", "95-1"), effectiveDateTime: "2024-01-02T10:00:00Z" }),
		observation("c6", { ...codes("97-3", "96-2", "95-1") }),
		observation("c7", { ...codes("97-3", "96-2", "95-1"), effectivePeriod: { start: "2024-01-06" } }),
		observation("c8", { ...codes("95-1"), effectivePeriod: { end: "2024-01-02" } }),
		observation("c9", { code: { coding: [{ system: LOINC }, { code: "95-1" }] }, effectiveDateTime: "2024-01-07" }),
	);
	await table(t, ids, [
		["Observation?code=95-1&_sort=-date", "c9 c7 c2 c4 c3 c5 c1 c6 c8"],
		["Observation?code=95-1&_sort=date", "c1 c5 c3 c4 c2 c7 c9 c6 c8"],
		[`Observation?code=${LOINC}|95-1&_sort=-date`, "c7 c2 c4 c3 c5 c1 c6 c8", "one is of no system"],
		["Observation?code=|95-1&_sort=-date", "c9"],
		["Observation?code=urn:local|95-1&_sort=-date", "", "the code is there, the system is another"],
		["Observation?code=96-2&_sort=-date", "c7 c2 c3 c5 c6"],
		["Observation?code=11,97-3&_sort=-date", "c7 c4 c3 c5 c6"],
		["Observation?code=95-1,96-2,11,12&_sort=-date", "c9 c7 c2 c4 c3 c5 c1 c6 c8", "each once"],
		["Observation?code=95-1&code=11&_sort=-date", "c4 c3"],
		["Observation?code=95-1&date=2024-01", "c9 c4 c3 c5 c1", "newest first by default"],
		["Observation?code=95-1&date=lt2024-01-06", "c2 c4 c3 c5 c1 c8"],
		["Observation?code=95-1,97-3&date=gt2024-01-04", "c9 c7 c2"],
		["Observation?code=95-1&_sort=-date&_count=2", "c9 c7"],
	]);
	for (const order of ["-date", "date"]) await inPieces(t, `Observation?code=95-1,12&_sort=${order}`);
});
