import t from "tap";
import { playTable, type Sample } from "../../support/validation.ts";

const LOINC = "http://loinc.org";
const CORE = "http://hl7.org/fhir/StructureDefinition/";
const NRCES = "https://nrces.in/ndhm/fhir/r4/StructureDefinition/";
const UNIT = { system: "http://unitsofmeasure.org", code: "mm[Hg]", unit: "mmHg" };
const CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category";

const part = (code: string, value: number): object => ({
	code: {
		coding: [
			{ system: "urn:oid:2.16.356.1", code: "local" },
			{ system: LOINC, code },
		],
	},
	valueQuantity: { value, ...UNIT },
});

const bloodPressure = (...component: object[]): Sample => ({
	resourceType: "Observation",
	meta: { profile: [`${CORE}bp`] },
	status: "final",
	category: [{ coding: [{ system: CATEGORY, code: "vital-signs" }] }],
	code: { coding: [{ system: LOINC, code: "85354-9" }] },
	subject: { reference: "Patient/1" },
	effectiveDateTime: "2026-01-15",
	component,
});

playTable(t, {
	"a blood pressure by the profile of R4": [bloodPressure(part("8480-6", 120), part("8462-4", 80))],
	"a blood pressure without its diastolic part": [
		bloodPressure(part("8480-6", 120), part("8478-0", 93)),
		["slice-min", "Observation.component", /DiastolicBP has "8462-4" and "http:\/\/loinc.org"/],
	],
	"a profile of another type, by its canonical where its name is that of the type": [
		{ ...(bloodPressure() as object), component: undefined, meta: { profile: [`${NRCES}Patient`] } },
		["profile-type", "Observation", /to conform to https:\/\/nrces.in\/.*\/Patient, not Observation/],
	],
	"a code in full beside a long system": [
		{ resourceType: "Patient", maritalStatus: { coding: [{ system: `${NRCES}a-system-with-a-name`, code: "M-1" }] } },
		["extensible-binding", "Patient.maritalStatus", /a-system-with-a-name\|M-1"/],
	],
	"a type that a choice does not have": [
		{ resourceType: "Patient", deceasedString: "no" },
		["unknown-property", "Patient", /: take one of deceasedBoolean, deceasedDateTime\.$/],
	],
	"another unit in a part": [
		bloodPressure(part("8480-6", 120), { ...part("8462-4", 80), valueQuantity: { value: 80, ...UNIT, code: "kPa" } }),
		["fixed", "Observation.component[1].value.ofType(Quantity).code", /"mm\[Hg\]"/],
		["required-binding", "Observation.component[1].value.ofType(Quantity)", /ucum-vitals-common/],
	],
});
