import { isObject } from "./resource.ts";

/** What a clinic asks of resources beyond the base rules of R4, which always hold. */
export type ValidationSettings = {
	/** What becomes of faults against profiles: not looked for, told as warnings, or refused. */
	readonly mode: "off" | "warn" | "enforce";
	/** By resource type the canonicals of profiles that each resource of it must conform to, beside those it claims. */
	readonly requiredProfiles: Readonly<Record<string, readonly string[]>>;
	/** Whether references to resources of the clinic must name some that exist. */
	readonly references: boolean;
};

export const VALIDATION_MODES = ["off", "warn", "enforce"] as const satisfies readonly ValidationSettings["mode"][];

/** Where a clinic has not set its own: what a resource itself claims to be, it must be. */
export const DEFAULT_VALIDATION: ValidationSettings = { mode: "enforce", requiredProfiles: {}, references: false };

/** The rules in a clinic's settings; what is not set, or not well formed, is as by default. */
export function readValidation(settings: unknown): ValidationSettings {
	if (!isObject(settings)) return DEFAULT_VALIDATION;
	const { mode, requiredProfiles, references } = settings;
	const required = isObject(requiredProfiles) ? Object.entries(requiredProfiles) : [];
	return {
		mode: VALIDATION_MODES.find((one) => one === mode) ?? DEFAULT_VALIDATION.mode,
		requiredProfiles: Object.fromEntries(required.map(([type, list]) => [type, canonicalsOf(list)])),
		references: typeof references === "boolean" ? references : DEFAULT_VALIDATION.references,
	};
}

const canonicalsOf = (list: unknown): string[] =>
	Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];

/** A change of the rules: what is not named stays, and so do types that `requiredProfiles` does not name. */
export type ValidationChange = Partial<ValidationSettings>;

/** The rules after a change; a type with an empty list requires nothing any more. */
export function changeValidation(before: ValidationSettings, change: ValidationChange): ValidationSettings {
	const required = Object.entries({ ...before.requiredProfiles, ...change.requiredProfiles });
	return {
		mode: change.mode ?? before.mode,
		references: change.references ?? before.references,
		requiredProfiles: Object.fromEntries(required.filter(([, list]) => list.length > 0)),
	};
}
