import type { Resource } from "../kernel/index.ts";
import { timeOf } from "./calendar.ts";
import type { Seen } from "./chart.ts";
import { CLINIC } from "./clinic.ts";
import { MEDICINES, type Medicine } from "./medicines.ts";
import { concept, profiled, quantity, reference, SNOMED } from "./vocabulary.ts";

/** A MedicationRequest for one of the diagnosis's medicines. */
export function prescription(seen: Seen, key: string, condition: string): Resource {
	const { chart, day } = seen;
	const medicine = MEDICINES[key];
	if (medicine === undefined) throw new Error(`No medicine "${key}"`);
	const number = String(++chart.prescriptions).padStart(3, "0");
	return {
		resourceType: "MedicationRequest",
		id: `rx-${chart.person.id.slice(4)}-${number}`,
		meta: profiled("MedicationRequest"),
		status: day + medicine.days >= chart.today ? "active" : "completed",
		intent: "order",
		medicationCodeableConcept: medicine.snomed
			? concept(SNOMED, ...medicine.snomed, medicine.text)
			: { text: medicine.text },
		subject: reference("Patient", chart.person.id, chart.person.name),
		encounter: reference("Encounter", seen.encounter),
		authoredOn: timeOf(day, seen.start + 10),
		requester: reference("Practitioner", seen.doctor),
		reasonReference: [reference("Condition", condition, seen.diagnosis.text)],
		dosageInstruction: [
			{
				text: medicine.instruction,
				timing: { repeat: { frequency: medicine.timesADay, period: 1, periodUnit: "d" } },
				...(medicine.oral ? { route: concept(SNOMED, "26643006", "Oral Route") } : {}),
			},
		],
		dispenseRequest: {
			quantity: { value: packs(medicine), unit: medicine.unit },
			expectedSupplyDuration: quantity(String(medicine.days), "days", "d"),
			performer: reference("Organization", CLINIC),
		},
	};
}

const packs = ({ unit, timesADay, days }: Medicine): number =>
	unit === "tablet" || unit === "sachet" ? timesADay * days : 1;
