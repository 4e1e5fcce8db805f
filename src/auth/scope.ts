import type { Role } from "../kernel/index.ts";

/** What each role may ask for, as SMART scopes. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
const SCOPES: Readonly<Record<Role, string>> = {
	ADMIN: "user/*.cruds",
	DOCTOR: "user/*.cruds",
	NURSE: "user/*.crus",
	PHARMACIST: "user/Patient.rs user/MedicationRequest.rs user/Medication.cruds user/MedicationDispense.cruds",
	AUDITOR: "user/*.rs",
	INTEGRATION: "system/*.cruds",
	PLATFORM_ADMIN: "admin",
};

/** The scope string of a token for these roles. */
export const scopeOf = (roles: readonly Role[]): string =>
	[...new Set(roles.flatMap((role) => SCOPES[role].split(" ")))].join(" ");
