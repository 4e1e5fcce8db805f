import type { JsonObject, Resource } from "../kernel/index.ts";
import { timeOf } from "./calendar.ts";
import type { Chart, Seen } from "./chart.ts";
import { CLINIC, DOCTORS, NURSES, OUTPATIENT_ROOM } from "./clinic.ts";
import { bodyAt, diagnosisOf } from "./history.ts";
import { prescription } from "./prescription.ts";
import type { Random } from "./random.ts";
import { vitals } from "./vitals.ts";
import { coding, concept, ICD10, profiled, reference, SNOMED, VISIT_SYSTEM } from "./vocabulary.ts";

const AMBULATORY = coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory");
const ATTENDER = concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "ATND", "attender");
const CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category";

/** One visit on `day`: Encounter, Condition, measurements, prescriptions, and at times a follow-up Appointment. */
export function* visit(chart: Chart, day: number, chance: Random): Generator<Resource> {
	const { person } = chart;
	const first = chart.visits === 0;
	const id = `enc-${person.id.slice(4)}-${String(++chart.visits).padStart(2, "0")}`;
	const diagnosis = diagnosisOf(person, chart.past, chance);
	const doctor = chance.pick(DOCTORS);
	const start = chance.int(9 * 60, 15 * 60);
	const open = day === chart.today && chance.chance(0.5);
	const seen: Seen = { chart, day, start, encounter: id, doctor, diagnosis, open };
	const known = chart.conditions.get(diagnosis);
	const condition = known ?? `cond-${person.id.slice(4)}-${String(++chart.conditionCount).padStart(2, "0")}`;
	yield encounter(seen, condition, chance);
	if (known === undefined) yield conditionOf(seen, condition);
	const body = bodyAt(person, chart.past, diagnosis, chance);
	const at = timeOf(day, start + 5);
	yield* vitals(
		body,
		{ patient: person.id, encounter: id, recorder: chance.pick(NURSES), at, first, next: () => observationId(chart) },
		chance,
	);
	if (open) return;
	for (const key of diagnosis.medicines) {
		if (chance.chance(0.85)) yield prescription(seen, key, condition);
	}
	if (isLongTerm(seen) && day > chart.today - 40) yield followUp(seen, chance);
}

const isLongTerm = ({ chart, diagnosis }: Seen): boolean => chart.past.longTerm.includes(diagnosis);

const observationId = (chart: Chart): string =>
	`obs-${chart.person.id.slice(4)}-${String(++chart.observations).padStart(4, "0")}`;

function encounter(
	{ chart, day, start, encounter: id, doctor, diagnosis, open }: Seen,
	condition: string,
	chance: Random,
): Resource {
	const minutes = chance.int(12, 55);
	return {
		resourceType: "Encounter",
		id,
		meta: profiled("Encounter"),
		identifier: [{ system: VISIT_SYSTEM, value: id.slice(4) }],
		status: open ? "in-progress" : "finished",
		class: AMBULATORY,
		subject: reference("Patient", chart.person.id, chart.person.name),
		participant: [{ type: [ATTENDER], individual: reference("Practitioner", doctor) }],
		period: { start: timeOf(day, start), ...(open ? {} : { end: timeOf(day, start + minutes) }) },
		reasonCode: [concept(SNOMED, ...diagnosis.complaint)],
		diagnosis: [{ condition: reference("Condition", condition, diagnosis.text) }],
		location: [{ location: reference("Location", OUTPATIENT_ROOM) }],
		serviceProvider: reference("Organization", CLINIC),
	};
}

function conditionOf(seen: Seen, id: string): Resource {
	const { chart, day, diagnosis } = seen;
	const longTerm = isLongTerm(seen);
	if (longTerm) chart.conditions.set(diagnosis, id);
	const over = !longTerm && day < chart.today - 14;
	return {
		resourceType: "Condition",
		id,
		meta: profiled("Condition"),
		clinicalStatus: over ? concept(CLINICAL, "resolved", "Resolved") : concept(CLINICAL, "active", "Active"),
		verificationStatus: concept(VERIFICATION, "confirmed", "Confirmed"),
		category: [
			longTerm
				? concept(CONDITION_CATEGORY, "problem-list-item", "Problem List Item")
				: concept(CONDITION_CATEGORY, "encounter-diagnosis", "Encounter Diagnosis"),
		],
		code: {
			coding: [coding(ICD10, ...diagnosis.icd10), coding(SNOMED, ...diagnosis.snomed)],
			text: diagnosis.text,
		},
		subject: reference("Patient", chart.person.id),
		encounter: reference("Encounter", seen.encounter),
		onsetDateTime: timeOf(day, 0).slice(0, 10),
		...(over ? { abatementDateTime: timeOf(day + 9, 0).slice(0, 10) } : {}),
		recordedDate: timeOf(day, seen.start + 8),
		recorder: reference("Practitioner", seen.doctor),
	};
}

function followUp({ chart, day, start, encounter: id, doctor, diagnosis }: Seen, chance: Random): Resource {
	const later = day + 30 + chance.int(0, 6);
	const participant = (type: string, target: string): JsonObject => ({
		actor: reference(type, target),
		status: "accepted",
	});
	return {
		resourceType: "Appointment",
		id: id.replace("enc-", "appt-"),
		meta: profiled("Appointment"),
		status: later > chart.today ? "booked" : "noshow",
		appointmentType: concept(SNOMED, "390906007", "Follow-up encounter"),
		description: `Review: ${diagnosis.text}`,
		start: timeOf(later, start),
		end: timeOf(later, start + 15),
		participant: [participant("Patient", chart.person.id), participant("Practitioner", doctor)],
	};
}
