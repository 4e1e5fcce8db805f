import t from "tap";
import type { JsonObject } from "../../../src/kernel/index.ts";
import { refused } from "../../support/refused.ts";
import { asking, observation, patient, table } from "./asking.ts";

const { ask, put, ids } = await asking(t);

t.test("57: a number equals within its precision; the other prefixes take it as it is", async (t) => {
	const risk = (id: string, probabilityDecimal: number) => ({
		resourceType: "RiskAssessment",
		id,
		status: "final",
		subject: { reference: "Patient/p" },
		prediction: [{ probabilityDecimal }],
	});
	await put(risk("a95", 95), risk("b99", 99.5), risk("c100", 100), risk("d1004", 100.4), risk("e1005", 100.5));
	await put(risk("f105", 105), risk("g110", 110), risk("h111", 111));
	await table(t, ids, [
		["RiskAssessment?probability=100", "b99 c100 d1004", "[99.5, 100.5)"],
		["RiskAssessment?probability=100.00", "c100", "[99.995, 100.005)"],
		["RiskAssessment?probability=1e2", "a95 b99 c100 d1004 e1005", "[95, 105)"],
		["RiskAssessment?probability=ne100", "a95 e1005 f105 g110 h111"],
		["RiskAssessment?probability=gt100", "d1004 e1005 f105 g110 h111", "precision plays no part"],
		["RiskAssessment?probability=ge100", "c100 d1004 e1005 f105 g110 h111"],
		["RiskAssessment?probability=lt100", "a95 b99"],
		["RiskAssessment?probability=le100", "a95 b99 c100"],
		["RiskAssessment?probability=sa100", "d1004 e1005 f105 g110 h111"],
		["RiskAssessment?probability=eb100", "a95 b99"],
		["RiskAssessment?probability=ap100", "a95 b99 c100 d1004 e1005 f105 g110", "ten per cent either way"],
		["RiskAssessment?probability=95,111", "a95 h111"],
		["RiskAssessment?probability=gt95&probability=lt100", "b99"],
	]);
	for (const wrong of ["x", "", "1,", "gt", "1..2", "0x10", "ne", "1e", "--1"])
		await refused(t, ids(`RiskAssessment?probability=${wrong}`), 400, wrong);
});

t.test("57: numbers are compared exactly, beyond what a double holds", async (t) => {
	const risk = (id: string, number: string) =>
		ask(
			"PUT",
			`RiskAssessment/${id}`,
			`{"resourceType":"RiskAssessment","id":"${id}","status":"final","subject":{"reference":"Patient/x"},"prediction":[{"probabilityDecimal":${number}}]}`,
		);
	await risk("x1", "0.100000000000000005");
	await risk("x2", "0.100000000000000006");
	await table(t, ids, [
		["RiskAssessment?subject=Patient/x&probability=0.100000000000000005", "x1"],
		["RiskAssessment?subject=Patient/x&probability=gt0.100000000000000005", "x2"],
	]);
});

t.test("58: a date parameter contains the value it equals; the other prefixes compare ranges", async (t) => {
	await put(patient("y", { birthDate: "2020" }), patient("m", { birthDate: "2020-05" }));
	await put(patient("d", { birthDate: "2020-05-10" }), patient("n", { birthDate: "2020-05-11" }));
	await table(t, ids, [
		["Patient?birthdate=2020", "d m n y"],
		["Patient?birthdate=2020-05", "d m n", "the year is wider than the month asked"],
		["Patient?birthdate=2020-05-10", "d"],
		["Patient?birthdate=ne2020-05-10", "m n y", "a value that is not wholly inside"],
		["Patient?birthdate=ne2020-05", "y"],
		["Patient?birthdate=gt2020-05-10", "m n y", "some of the value lies after"],
		["Patient?birthdate=lt2020-05-10", "m y", "some of the value lies before"],
		["Patient?birthdate=ge2020-05-10", "d m n y"],
		["Patient?birthdate=le2020-05-10", "d m y"],
		["Patient?birthdate=sa2020-05-10", "n", "all of the value lies after"],
		["Patient?birthdate=eb2020-05-11", "d", "all of the value lies before"],
		["Patient?birthdate=sa2019", "d m n y"],
		["Patient?birthdate=eb2021", "d m n y"],
		["Patient?birthdate=ap2020-05-10", "d m n y"],
		["Patient?birthdate=ap1950", ""],
	]);
	for (const wrong of [
		"2020-13",
		"2020-02-30",
		"2020-5-1",
		"x",
		"",
		"gt",
		"20200510",
		"2020-05-10T10",
		"2020-05-10T25:00Z",
	])
		await refused(t, ids(`Patient?birthdate=${wrong}`), 400, wrong);
});

t.test("59: a Period that does not end lasts for ever, one that does not begin has always been", async (t) => {
	const during = (id: string, effectivePeriod: JsonObject) => observation(id, { effectivePeriod });
	await put(during("closed", { start: "2020-01-10", end: "2020-01-20" }), during("open", { start: "2020-01-10" }));
	await put(during("past", { end: "2020-01-20" }), observation("none"));
	await table(t, ids, [
		["Observation?date=ge2030", "open"],
		["Observation?date=gt2030", "open"],
		["Observation?date=lt1970", "past"],
		["Observation?date=le1970", "past"],
		["Observation?date=2020", "closed", "an open one is never within"],
		["Observation?date=ne2020", "open past"],
		["Observation?date=2020-01-15", "", "a day within a period does not contain it"],
		["Observation?date=sa2020-01-09", "closed open"],
		["Observation?date=eb2020-01-21", "closed past"],
		["Observation?date=sa2020-01-10", ""],
		["Observation?date:missing=true", "none"],
	]);
});

t.test(
	"60: zones: a value without one is in the clinic's, pure dates are not shifted, a + may come as a space",
	async (t) => {
		t.equal(ask.tenant.timeZone, "Asia/Kolkata");
		await put(observation("z1", { effectiveDateTime: "2021-06-01T00:30:00+05:30" }));
		await put(observation("z2", { effectiveDateTime: "2021-05-31T19:00:00Z" }));
		await put(observation("z3", { effectiveDateTime: "2021-06-01" }));
		await table(t, ids, [
			["Observation?date=2021-06-01", "z1 z2 z3", "the day of the clinic"],
			["Observation?date=2021-05-31", ""],
			["Observation?date=2021-06-01T00:30:00", "z1 z2"],
			["Observation?date=2021-06-01T00:30", "z1 z2"],
			["Observation?date=2021-06-01T00:30:00%2B05:30", "z1 z2"],
			["Observation?date=2021-06-01T00:30:00+05:30", "z1 z2", "+ that became a space"],
			["Observation?date=2021-05-31T19:00:00Z", "z1 z2"],
			["Observation?date=2021-06-01T00:30:00Z", ""],
			["Observation?date=2021-06-01T00:30:00-05:30", ""],
		]);
	},
);

t.test("61: a Timing counts by its outer limits", async (t) => {
	const request = (id: string, occurrenceTiming: JsonObject) => ({
		resourceType: "ServiceRequest",
		id,
		status: "active",
		intent: "order",
		subject: { reference: "Patient/p" },
		occurrenceTiming,
	});
	await put(request("events", { event: ["2022-01-01", "2022-03-01"] }));
	await put(request("bounds", { repeat: { boundsPeriod: { start: "2022-02-01", end: "2022-02-28" } } }));
	await put(request("daily", { repeat: { frequency: 1, period: 1, periodUnit: "d" } }));
	await table(t, ids, [
		["ServiceRequest?occurrence=2022", "bounds events"],
		["ServiceRequest?occurrence=2022-02", "bounds", "the events begin before and end after"],
		["ServiceRequest?occurrence=gt2022-02-28", "events"],
		["ServiceRequest?occurrence=sa2022-01-01", "bounds"],
		["ServiceRequest?occurrence=eb2022-03-01", "bounds"],
	]);
});

t.test("62: each of several dates may be met by another value of the resource", async (t) => {
	const goal = { resourceType: "CarePlan", status: "active", intent: "plan", subject: { reference: "Patient/p" } };
	const scheduled = (start: string, end: string) => ({
		detail: { status: "scheduled", scheduledPeriod: { start, end } },
	});
	await put({
		...goal,
		id: "two",
		activity: [scheduled("2023-01-01", "2023-01-02"), scheduled("2023-03-01", "2023-03-02")],
	});
	await put({ ...goal, id: "one", activity: [scheduled("2023-02-01", "2023-02-02")] });
	await table(t, ids, [
		["CarePlan?activity-date=ge2023-02-15&activity-date=le2023-01-15", "two", "met by different values"],
		["CarePlan?activity-date=2023-01&activity-date=2023-03", "two"],
		["CarePlan?activity-date=ge2023-01-15&activity-date=le2023-02-15", "one two"],
	]);
});

t.test("74: quantities by value, unit, system; units of UCUM are compared as amounts", async (t) => {
	const UCUM = "http://unitsofmeasure.org";
	const measured = (id: string, valueQuantity: JsonObject) =>
		observation(id, { category: [{ text: "q" }], valueQuantity });
	await put(measured("q1", { value: 5.4, system: UCUM, code: "mg" }), measured("q2", { value: 5.4, unit: "mg" }));
	await put(
		measured("q3", { value: 0.0054, system: UCUM, code: "g" }),
		measured("q4", { value: 5.4, system: "urn:o", code: "mg" }),
	);
	await put(
		measured("q5", { value: 5.44, system: UCUM, code: "mg" }),
		measured("q6", { value: 5.45, system: UCUM, code: "mg" }),
	);
	await put(measured("q7", { value: 5, comparator: "<", system: UCUM, code: "mg" }));
	await put(measured("q8", { value: 100, comparator: ">=", system: UCUM, code: "mg" }), measured("q9", { unit: "mg" }));
	await table(t, ids, [
		["Observation?value-quantity=5.4", "q1 q2 q4 q5", "any unit"],
		["Observation?value-quantity=5.40", "q1 q2 q4"],
		["Observation?value-quantity=5.4||mg", "q1 q2 q4 q5", "code or unit"],
		[`Observation?value-quantity=5.4|${UCUM}|mg`, "q1 q3 q5", "the same amount in grams"],
		[`Observation?value-quantity=0.00540|${UCUM}|g`, "q1 q3"],
		["Observation?value-quantity=5.4|urn:o|mg", "q4"],
		[`Observation?value-quantity=gt5.4|${UCUM}|mg`, "q5 q6 q8"],
		[`Observation?value-quantity=lt5|${UCUM}|mg`, "q7", "< 5 lies below 5"],
		[`Observation?value-quantity=le5|${UCUM}|mg`, "q7"],
		[`Observation?value-quantity=gt200|${UCUM}|mg`, "q8", "at least 100 may be more than 200"],
		[`Observation?value-quantity=ap5.4|${UCUM}|mg`, "q1 q3 q5 q6 q7"],
		[`Observation?value-quantity=5.4|${UCUM}|mL`, "", "another kind of amount"],
		[`Observation?value-quantity=5.4|${UCUM}|nonsense`, ""],
	]);
	for (const wrong of ["x", "5|mg", "|mg", "", "5|a|b|c", "gt"])
		await refused(t, ids(`Observation?value-quantity=${wrong}`), 400, wrong);
});
