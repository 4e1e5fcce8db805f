import type { JsonObject, Resource } from "../kernel/index.ts";
import { items } from "./element.ts";

/** One ABHA identity of a patient: the 14 digits of the number, or the address in lower case. */
export type Abha = { readonly kind: "number" | "address"; readonly value: string };

const TYPES = "https://nrces.in/ndhm/fhir/r4/CodeSystem/ndhm-identifier-type-code";
const HEALTH_ID = /^https?:\/\/healthid\.(ndhm|abdm)\.gov\.in\/?$/;
const ADDRESS = /^[a-z0-9][a-z0-9._!-]{0,127}@(abdm|sbx)$/i;

/**
 * The ABHA numbers and addresses among a Patient's identifiers, in every form in use: a type code HIN or ABHA,
 * or the health id system, with 14 digits (dashes and spaces are dropped) or an address.
 * A record number typed MR alone is never one: clinics type their own numbers so.
 */
export function abhaOf(patient: Resource): Abha[] {
	const found = items(patient.identifier).flatMap((identifier) => {
		const abha = abhaOfIdentifier(identifier);
		return abha ? [abha] : [];
	});
	return found.filter((a, i) => found.findIndex((b) => b.kind === a.kind && b.value === a.value) === i);
}

function abhaOfIdentifier(identifier: JsonObject): Abha | undefined {
	const { value } = identifier;
	if (typeof value !== "string" || !isHealthId(identifier)) return undefined;
	if (ADDRESS.test(value)) return { kind: "address", value: value.toLowerCase() };
	const digits = value.replace(/[\s-]/g, "");
	return /^\d{14}$/.test(digits) ? { kind: "number", value: digits } : undefined;
}

function isHealthId({ system, type }: JsonObject): boolean {
	if (typeof system === "string" && HEALTH_ID.test(system)) return true;
	return items((type as JsonObject | undefined)?.coding).some(
		(coding) => coding.system === TYPES && (coding.code === "HIN" || coding.code === "ABHA"),
	);
}
