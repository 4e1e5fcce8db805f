import t from "tap";
import { typedTables } from "../../src/clinical/index.ts";
import { parseJson } from "../../src/kernel/index.ts";
import { post } from "../support/bundle.ts";
import { somePatient, testClinic } from "../support/clinic.ts";
import { structureOnly } from "../support/structure-only.ts";

const ask = structureOnly(await testClinic(t));
const { schema } = ask.tenant;
const pool = ask.database.pool();

/** A row as a clinic's own SQL would see it, with every value as text. */
async function row(table: string, id: string): Promise<Record<string, string | null>> {
	const { rows } = await pool.query(
		`SELECT e.key, e.value FROM "${schema}".${table} t, jsonb_each_text(to_jsonb(t) - 'content' - 'keys') e WHERE id = $1`,
		[id],
	);
	return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

/** The same instant, whatever zone it is written in. */
const instant = (text: string | null | undefined): string => new Date(text ?? Number.NaN).toISOString();

t.test("a blood pressure panel can be read by columns", async (t) => {
	await ask(
		"PUT",
		"Observation/bp",
		`{"resourceType":"Observation","id":"bp","status":"final",
		"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
		"code":{"coding":[{"system":"http://snomed.info/sct","code":"75367002"},{"system":"http://loinc.org","code":"85354-9"}],"text":"Blood pressure"},
		"subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e/_history/3"},
		"effectiveDateTime":"2024-05-01T10:00:00+05:30","issued":"2024-05-01T10:05:00.123Z",
		"performer":[{"reference":"Practitioner/nurse"},{"reference":"Practitioner/2"}],
		"component":[
			{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80.50,"unit":"mmHg"}},
			{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"unit":"mmHg"}}],
		"note":[{"text":"sitting"}]}`,
	);
	const found = await row("observation", "bp");
	t.match(found, {
		status: "final",
		category: "vital-signs",
		code: "85354-9",
		second_code: "75367002",
		code_text: "Blood pressure",
		systolic: "120",
		diastolic: "80.50",
		value: null,
		subject: "Patient/p",
		encounter: "Encounter/e",
		recorder: "Practitioner/nurse",
		note: "sitting",
		version: "1",
		method: "PUT",
	});
	t.equal(instant(found.effective), "2024-05-01T04:30:00.000Z");
	t.equal(instant(found.issued), "2024-05-01T10:05:00.123Z");
});

t.test("every kind of value and time of an Observation finds its column", async (t) => {
	const cases: [id: string, body: string, columns: Record<string, string | null>][] = [
		[
			"quantity",
			'"valueQuantity":{"value":0.010,"unit":"deg C","code":"Cel"}',
			{ value: "0.010", unit: "Cel", value_text: null },
		],
		["huge", '"valueQuantity":{"value":123456789012345678}', { value: "123456789012345678", unit: null }],
		["exponent", '"valueQuantity":{"value":1.2E+2,"unit":"x"}', { value: "120", unit: "x" }],
		["comparator", '"valueQuantity":{"value":5,"comparator":"<"}', { value: "5", value_text: "<" }],
		["integer", '"valueInteger":-3', { value: "-3" }],
		["string", '"valueString":"text"', { value: null, value_text: "text" }],
		["concept", '"valueCodeableConcept":{"coding":[{"code":"c","display":"shown"}]}', { value_text: "shown" }],
		["boolean", '"valueBoolean":false', { value_text: "false" }],
		[
			"absent",
			'"dataAbsentReason":{"text":"unknown"}',
			{ value: null, value_text: null, effective: null, recorder: null },
		],
	];
	for (const [id, body, columns] of cases) {
		await ask(
			"PUT",
			`Observation/${id}`,
			`{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"x"},${body}}`,
		);
		t.match(await row("observation", id), columns, id);
	}
	const times: [id: string, body: string, at: string][] = [
		["year", '"effectiveDateTime":"2024"', "2023-12-31T18:30:00.000Z"],
		["day", '"effectiveDateTime":"2024-05-01"', "2024-04-30T18:30:00.000Z"],
		["period", '"effectivePeriod":{"start":"2024-05-01T00:00:00Z","end":"2024-06-01"}', "2024-05-01T00:00:00.000Z"],
		["instant", '"effectiveInstant":"2024-05-01T00:00:00.5Z"', "2024-05-01T00:00:00.500Z"],
		[
			"timing",
			'"effectiveTiming":{"event":["2024-05-01T00:00:00Z","2024-05-02T00:00:00Z"]}',
			"2024-05-01T00:00:00.000Z",
		],
		["leap", '"effectiveDateTime":"2016-12-31T23:59:60Z"', "2017-01-01T00:00:00.000Z"],
		["first", '"effectiveDateTime":"0001-01-01T00:00:00Z"', "0001-01-01T00:00:00.000Z"],
	];
	for (const [id, body, at] of times) {
		await ask(
			"PUT",
			`Observation/${id}`,
			`{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"x"},${body}}`,
		);
		t.equal(instant((await row("observation", id)).effective), at, id);
	}
});

t.test("a Patient's names, contacts and identities", async (t) => {
	await ask("PUT", "Patient/p", {
		resourceType: "Patient",
		id: "p",
		active: true,
		gender: "female",
		birthDate: "1970-05",
		identifier: [
			{
				type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }] },
				system: "urn:clinic",
				value: "MR-7",
			},
			{ system: "https://healthid.ndhm.gov.in", value: "91-1111-2222-3333" },
			{
				type: {
					coding: [{ system: "https://nrces.in/ndhm/fhir/r4/CodeSystem/ndhm-identifier-type-code", code: "ABHA" }],
				},
				value: "Asha.Devi@abdm",
			},
		],
		name: [
			{ use: "nickname", given: ["Ashu"] },
			{ use: "official", given: ["आशा", "कुमारी"], family: "देवी" },
		],
		telecom: [
			{ system: "email", value: "a@example.org" },
			{ system: "phone", value: "+91 98" },
		],
		address: [{ line: ["1", "Main Road"], city: "Pune", district: "Haveli", state: "MH", postalCode: "411001" }],
		deceasedDateTime: "2024-01-01",
		generalPractitioner: [{ reference: "Practitioner/d" }],
		managingOrganization: { reference: "Organization/o" },
	});
	t.match(await row("patient", "p"), {
		abha_number: "91111122223333",
		abha_address: "asha.devi@abdm",
		record_number: "MR-7",
		full_name: "आशा कुमारी देवी",
		family_name: "देवी",
		given_name: "आशा कुमारी",
		gender: "female",
		birth_date: "1970-05-01",
		phone: "+91 98",
		email: "a@example.org",
		address_line: "1 Main Road",
		city: "Pune",
		district: "Haveli",
		state: "MH",
		postal_code: "411001",
		active: "true",
		deceased: "true",
		general_practitioner: "Practitioner/d",
		managing_organization: "Organization/o",
	});
	await ask("PUT", "Patient/bare", {
		resourceType: "Patient",
		id: "bare",
		_birthDate: { extension: [{ url: "http://example.org/x", valueCode: "unknown" }] },
	});
	const bare = await row("patient", "bare");
	for (const { name } of typedTables.find(({ type }) => type === "Patient")?.columns ?? [])
		t.equal(bare[name], null, name);
});

t.test("Encounter, Condition, Medication and MedicationRequest", async (t) => {
	const [subject, encounter] = [{ reference: "Patient/p" }, { reference: "Encounter/e" }];
	const sct = (code: string, text: string) => ({ coding: [{ system: "http://snomed.info/sct", code }], text });
	await post(ask, "transaction", [
		{
			method: "PUT",
			url: "Encounter/e",
			resource: {
				resourceType: "Encounter",
				id: "e",
				status: "finished",
				class: { code: "AMB" },
				type: [{ text: "OPD" }],
				subject,
				participant: [{ individual: { reference: "Practitioner/d" } }],
				period: { start: "2024-05-01T09:00:00+05:30", end: "2024-05-01T09:20:00+05:30" },
				reasonCode: [sct("386661006", "Fever")],
				diagnosis: [{ condition: { reference: "Condition/c" } }],
				serviceProvider: { reference: "Organization/o" },
			},
		},
		{
			method: "PUT",
			url: "Condition/c",
			resource: {
				resourceType: "Condition",
				id: "c",
				clinicalStatus: {
					coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active" }],
				},
				verificationStatus: {
					coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-ver-status", code: "confirmed" }],
				},
				severity: { text: "mild" },
				code: sct("38362002", "Dengue"),
				subject,
				encounter,
				onsetDateTime: "2024-04-28",
				recordedDate: "2024-05-01T09:10:00+05:30",
				asserter: { reference: "Practitioner/d" },
				note: [{ text: "day 3" }],
			},
		},
		{
			method: "PUT",
			url: "Medication/m",
			resource: {
				resourceType: "Medication",
				id: "m",
				status: "active",
				identifier: [{ system: "urn:hsn", value: "3004" }],
				code: sct("387517004", "Paracetamol"),
				form: { text: "tablet" },
				manufacturer: { reference: "Organization/f" },
				batch: { lotNumber: "L1", expirationDate: "2026-01" },
			},
		},
		{
			method: "PUT",
			url: "MedicationRequest/r",
			resource: {
				resourceType: "MedicationRequest",
				id: "r",
				status: "active",
				intent: "order",
				medicationCodeableConcept: sct("387517004", "Paracetamol 500"),
				subject,
				encounter,
				authoredOn: "2024-05-01T09:15:00+05:30",
				requester: { reference: "Practitioner/d" },
				reasonCode: [{ text: "Fever" }],
				dosageInstruction: [{ text: "1-0-1" }],
				dispenseRequest: { quantity: { value: 10 } },
				note: [{ text: "after food" }],
			},
		},
	]);
	const visit = await row("encounter", "e");
	t.match(visit, {
		status: "finished",
		class: "AMB",
		type_text: "OPD",
		subject: "Patient/p",
		practitioner: "Practitioner/d",
		reason_code: "386661006",
		reason_text: "Fever",
		diagnosis: "Condition/c",
		service_provider: "Organization/o",
	});
	t.strictSame(
		[instant(visit.period_start), instant(visit.period_end)],
		["2024-05-01T03:30:00.000Z", "2024-05-01T03:50:00.000Z"],
	);
	const problem = await row("condition", "c");
	t.match(problem, {
		clinical_status: "active",
		verification_status: "confirmed",
		severity: "mild",
		code_system: "http://snomed.info/sct",
		code: "38362002",
		code_text: "Dengue",
		subject: "Patient/p",
		encounter: "Encounter/e",
		recorder: "Practitioner/d",
		note: "day 3",
	});
	t.strictSame(
		[instant(problem.onset), instant(problem.recorded)],
		["2024-04-27T18:30:00.000Z", "2024-05-01T03:40:00.000Z"],
	);
	const drug = await row("medication", "m");
	t.match(drug, {
		status: "active",
		identifier: "3004",
		code: "387517004",
		code_text: "Paracetamol",
		form: "tablet",
		manufacturer: "Organization/f",
		lot_number: "L1",
	});
	t.equal(instant(drug.expiration), "2025-12-31T18:30:00.000Z");
	const order = await row("medication_request", "r");
	t.match(order, {
		status: "active",
		intent: "order",
		medication_code: "387517004",
		medication_text: "Paracetamol 500",
		medication: null,
		subject: "Patient/p",
		encounter: "Encounter/e",
		requester: "Practitioner/d",
		reason_text: "Fever",
		dosage_text: "1-0-1",
		quantity: "10",
		note: "after food",
	});
	t.equal(instant(order.authored), "2024-05-01T03:45:00.000Z");
});

t.test("columns follow updates, patches and transactions, and go with a delete", async (t) => {
	const patient = (family: string) => somePatient({ id: "f", name: [{ family }], birthDate: "1980" });
	await ask("PUT", "Patient/f", patient("One"));
	await ask("PUT", "Patient/f", patient("Two"));
	t.match(await row("patient", "f"), { family_name: "Two", version: "2", method: "PUT" });
	const tree = parseJson('{"name":[{"family":"Three"}],"birthDate":null}');
	await ask("PATCH", "Patient/f", undefined, {
		body: { kind: "json", tree, mediaType: "application/merge-patch+json" },
	});
	t.match(await row("patient", "f"), { family_name: "Three", birth_date: null, version: "3", method: "PATCH" });
	await post(ask, "transaction", [{ method: "PUT", url: "Patient/f", resource: patient("Four") }]);
	t.match(await row("patient", "f"), { family_name: "Four", birth_date: "1980-01-01", version: "4" });
	await ask("DELETE", "Patient/f");
	t.strictSame(await row("patient", "f"), {});
	await ask("PUT", "Patient/f", patient("Five"));
	t.match(await row("patient", "f"), { family_name: "Five", version: "6" });
});

t.test("entities, the migration and the column lists agree", async (t) => {
	const { rows } = await pool.query(
		"SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = $1",
		[schema],
	);
	const types = new Map(
		rows.map((r) => [
			`${r.table_name}.${r.column_name}`,
			r.data_type.replace("timestamp with time zone", "timestamptz"),
		]),
	);
	for (const { table, columns } of typedTables) {
		for (const { name, type } of columns) t.equal(types.get(`${table}.${name}`), type, `${table}.${name}`);
	}
	const found = await ask.database.tenants.em.fork({ schema }).find("Observation" as never, { id: "bp" } as never);
	t.match(found[0], { systolic: "120", diastolic: "80.50", status: "final" });
});

t.test("a value too long for an index is cut in its column, never in the resource", async (t) => {
	// Neighbours in no order, so that PostgreSQL cannot compress them into an index entry.
	const long = Array.from({ length: 10_000 }, (_, i) =>
		String.fromCodePoint(0x4e00 + (Math.imul(i + 7, 2654435761) >>> 19)),
	).join("");
	const codes = { coding: [{ system: "http://loinc.org", code: long }] };
	const reference = `http://example.org/${long}`;
	const patient = somePatient({
		id: "long",
		name: [{ family: long }],
		identifier: [{ system: "https://healthid.ndhm.gov.in", value: `${long}@abdm` }],
	});
	const observation = {
		resourceType: "Observation",
		id: "long",
		status: "final",
		code: codes,
		subject: { reference },
		note: [{ text: long }],
	};
	await ask("PUT", "Patient/long", patient);
	await post(ask, "transaction", [{ method: "PUT", url: "Observation/long", resource: observation }]);
	t.equal((await row("patient", "long")).family_name, long.slice(0, 500));
	t.match(await row("observation", "long"), { code: long.slice(0, 500), subject: reference.slice(0, 500), note: long });
	t.equal(JSON.parse((await ask("GET", "Patient/long")).body as string).name[0].family, long);
	const found = await ask("GET", `Observation?subject=${encodeURIComponent(reference)}&_summary=count`);
	t.match(found.body, /"total":1/, "searches know the whole value");
});
