import t from "tap";
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
	for (const order of orders) {
		const whole = await ids(`Patient?_sort=${order}`);
		const forward: string[][] = [];
		let last = await bundle(`Patient?_sort=${order}&_count=2`);
		for (;;) {
			forward.push(matchesOf(last));
			const next = last.link.find(({ relation }) => relation === "next")?.url;
			if (next === undefined) break;
			last = await bundle(next.slice(BASE.length + 1));
		}
		t.strictSame(forward.flat(), whole, `${order} forward`);
		const back: string[][] = [];
		for (let at = last; ; ) {
			back.unshift(matchesOf(at));
			const previous = at.link.find(({ relation }) => relation === "previous")?.url;
			if (previous === undefined) break;
			at = await bundle(previous.slice(BASE.length + 1));
		}
		t.strictSame(back.flat(), whole, `${order} back`);
	}
});

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
