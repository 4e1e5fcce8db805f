import type { JsonObject, Resource } from "../kernel/index.ts";
import type { Random } from "./random.ts";
import { coding, concept, LOINC, profiled, quantity, reference } from "./vocabulary.ts";

/** What is measured at a visit, before it becomes Observations. */
export type Body = {
	readonly height: number;
	readonly weight: number;
	readonly systolic: number;
	readonly diastolic: number;
	readonly glucose: number | undefined;
	readonly years: number;
	readonly fever: boolean;
};

type Measured = { profile: string; category: string; code: JsonObject; value: JsonObject };

const CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category";
const CATEGORIES: Readonly<Record<string, string>> = { "vital-signs": "Vital Signs", laboratory: "Laboratory" };

const SYSTOLIC = concept(LOINC, "8480-6", "Systolic blood pressure");
const DIASTOLIC = concept(LOINC, "8462-4", "Diastolic blood pressure");
const PRESSURE = concept(LOINC, "85354-9", "Blood pressure panel with all children optional", "Blood pressure");
const PULSE = concept(LOINC, "8867-4", "Heart rate", "Pulse");
const BREATHS = concept(LOINC, "9279-1", "Respiratory rate");
const WEIGHT = concept(LOINC, "29463-7", "Body weight", "Weight");
const HEIGHT = concept(LOINC, "8302-2", "Body height", "Height");
const BMI = concept(LOINC, "39156-5", "Body mass index (BMI) [Ratio]", "BMI");
const FASTING = concept(LOINC, "41604-0", "Fasting glucose [Mass/volume] in Capillary blood by Glucometer");
const GLUCOSE = concept(LOINC, "2339-0", "Glucose [Mass/volume] in Blood", "Random blood sugar");
/** Both the base standard's code and the one of the NRCES value set, so that the resource conforms to both. */
const TEMPERATURE: JsonObject = {
	coding: [coding(LOINC, "8310-5", "Body temperature"), coding(LOINC, "61008-9", "Body surface temperature")],
	text: "Temperature",
};
const SATURATION: JsonObject = {
	coding: [
		coding(LOINC, "2708-6", "Oxygen saturation in Arterial blood"),
		coding(LOINC, "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
	],
	text: "SpO2",
};

const single = (profile: string, code: JsonObject, text: string, unit: string, ucum = unit): Measured => ({
	profile,
	category: profile === "ObservationGeneralAssessment" ? "laboratory" : "vital-signs",
	code,
	value: { valueQuantity: quantity(text, unit, ucum) },
});

/** One visit's measurements in the order a nurse takes them. https://hl7.org/fhir/R4/observation-vitalsigns.html */
function* measure(body: Body, first: boolean, chance: Random): Generator<Measured> {
	const child = body.years < 12;
	const celsius = body.fever ? chance.around(38.7, 0.9) : chance.around(36.8, 0.4);
	yield single("ObservationVitalSigns", TEMPERATURE, celsius.toFixed(chance.chance(0.3) ? 2 : 1), "Cel");
	const pulse = (child ? 108 - body.years * 2 : 76) + (body.fever ? 16 : 0);
	yield single("ObservationVitalSigns", PULSE, chance.around(pulse, 14).toFixed(0), "beats/min", "/min");
	if (!child) yield pressure(body);
	const breaths = body.years < 1 ? 38 : child ? 25 : 17;
	if (child || chance.chance(0.5)) {
		yield single("ObservationVitalSigns", BREATHS, chance.around(breaths, 4).toFixed(0), "breaths/min", "/min");
	}
	if (chance.chance(0.65)) {
		yield single("ObservationVitalSigns", SATURATION, Math.min(100, chance.around(97.6, 2)).toFixed(0), "%");
	}
	const weight = body.weight.toFixed(child ? 2 : 1);
	yield single("ObservationBodyMeasurement", WEIGHT, weight, "kg");
	if (first || child) {
		const height = body.height.toFixed(1);
		yield single("ObservationBodyMeasurement", HEIGHT, height, "cm");
		const bmi = Number(weight) / (Number(height) / 100) ** 2;
		if (body.years >= 2) yield single("ObservationBodyMeasurement", BMI, bmi.toFixed(1), "kg/m2");
	}
	if (body.glucose !== undefined) {
		const code = chance.chance(0.6) ? FASTING : GLUCOSE;
		yield single("ObservationGeneralAssessment", code, body.glucose.toFixed(0), "mg/dL");
	}
}

const pressure = (body: Body): Measured => ({
	profile: "ObservationVitalSigns",
	category: "vital-signs",
	code: PRESSURE,
	value: {
		component: [
			{ code: SYSTOLIC, valueQuantity: quantity(body.systolic.toFixed(0), "mmHg", "mm[Hg]") },
			{ code: DIASTOLIC, valueQuantity: quantity(body.diastolic.toFixed(0), "mmHg", "mm[Hg]") },
		],
	},
});

/** Where and when a visit's measurements belong. `next` numbers the patient's observations. */
export type Bedside = {
	readonly patient: string;
	readonly encounter: string;
	readonly recorder: string;
	readonly at: string;
	readonly first: boolean;
	next(): string;
};

/** The Observations of one visit. */
export function* vitals(body: Body, bedside: Bedside, chance: Random): Generator<Resource> {
	for (const { profile, category, code, value } of measure(body, bedside.first, chance)) {
		yield {
			resourceType: "Observation",
			id: bedside.next(),
			meta: profiled(profile),
			status: "final",
			category: [concept(CATEGORY, category, CATEGORIES[category] as string)],
			code,
			subject: reference("Patient", bedside.patient),
			encounter: reference("Encounter", bedside.encounter),
			effectiveDateTime: bedside.at,
			issued: bedside.at,
			performer: [reference("Practitioner", bedside.recorder)],
			...value,
		};
	}
}
