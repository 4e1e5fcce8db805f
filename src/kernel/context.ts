import type { Limits } from "./limits.ts";
import type { ValidationSettings } from "./validation-settings.ts";

/** A clinic as a request sees it. `schema` is its PostgreSQL schema, `timeZone` an IANA name. */
export type Tenant = {
	readonly id: string;
	readonly slug: string;
	readonly schema: string;
	readonly timeZone: string;
	readonly limits: Limits;
	readonly validation: ValidationSettings;
};

/** What a person or system may be in a clinic; `PLATFORM_ADMIN` and an `AUDITOR` without tenant stand outside every clinic. */
export const ROLES = ["ADMIN", "DOCTOR", "NURSE", "PHARMACIST", "AUDITOR", "INTEGRATION", "PLATFORM_ADMIN"] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking, as the access token says. `tenantSlug` is absent for people of the platform. */
export type Caller = {
	readonly userId: string;
	readonly roles: readonly Role[];
	readonly tenantId?: string;
	readonly tenantSlug?: string;
	readonly scope: string;
};

/** What every step of a FHIR request knows; the first argument of whatever acts for a caller. */
export type Context = {
	readonly tenant: Tenant;
	readonly caller: Caller;
	/** Absolute FHIR base of this clinic, without a trailing slash: `https://host/t/demo/fhir`. */
	readonly base: string;
	readonly requestId: string;
};
