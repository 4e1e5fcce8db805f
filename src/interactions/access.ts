import { type Caller, type Context, Problem, type Role } from "../kernel/index.ts";
import type { Restrict } from "../search/index.ts";
import { CONFORMANCE } from "./conformance.ts";
import type { Action } from "./engine.ts";

type Grant = {
	readonly types: "*" | readonly string[];
	readonly except?: readonly string[];
	readonly actions: readonly Action[];
};

const LOOK: readonly Action[] = ["read", "search", "history"];
const WRITE: readonly Action[] = ["create", "update"];
const ALL: readonly Action[] = [...LOOK, ...WRITE, "delete"];

/** Orders for medicines, which only prescribers write. */
const PRESCRIBING = ["MedicationRequest"];
const DISPENSING = ["Medication", "MedicationDispense"];

/**
 * What each role may do in its own clinic. The roles of the platform have no clinical data. What changes how the whole
 * clinic is served is written by its ADMIN alone.
 */
export const ROLE_GRANTS: Record<Role, readonly Grant[]> = {
	ADMIN: [{ types: "*", actions: ALL }],
	DOCTOR: [
		{ types: "*", actions: LOOK },
		{ types: "*", except: CONFORMANCE, actions: [...WRITE, "delete"] },
	],
	NURSE: [
		{ types: "*", actions: LOOK },
		{ types: "*", except: [...PRESCRIBING, ...CONFORMANCE], actions: WRITE },
	],
	PHARMACIST: [
		{ types: ["Patient", "MedicationRequest", ...DISPENSING], actions: LOOK },
		{ types: DISPENSING, actions: WRITE },
	],
	AUDITOR: [{ types: "*", actions: LOOK }],
	INTEGRATION: [
		{ types: "*", actions: LOOK },
		{ types: "*", except: CONFORMANCE, actions: WRITE },
	],
	PLATFORM_ADMIN: [],
};

/** Whether one of the caller's roles allows `action` on `type`; the type "" stands for the whole clinic. */
export const mayDo = (caller: Caller, action: Action, type: string): boolean =>
	caller.roles.some((role) => ROLE_GRANTS[role].some((grant) => grants(grant, action, type)));

const grants = ({ types, except, actions }: Grant, action: Action, type: string): boolean =>
	actions.includes(action) && (types === "*" ? !except?.includes(type) : types.includes(type));

/** Definitions without clinical data, which every search needs that asks for the codes of a value set. */
const DEFINITIONS = ["CodeSystem", "ValueSet"];

/** Types that none of the caller's roles may read are, wherever a search comes upon them, as if they were empty. */
export function restrictionOf({ caller }: Pick<Context, "caller">): Restrict | undefined {
	const readsAll = ({ types, except, actions }: Grant): boolean =>
		types === "*" && except === undefined && actions.includes("read");
	if (caller.roles.some((role) => ROLE_GRANTS[role].some(readsAll))) return undefined;
	return (type) => (DEFINITIONS.includes(type) || mayDo(caller, "read", type) ? undefined : { kind: "nothing" });
}

/** @throws Problem `forbidden` that names the action and the type, never whether something is there. */
export function requireAccess(caller: Caller, action: Action, type: string): void {
	if (mayDo(caller, action, type)) return;
	const what = type === "" ? "the whole clinic" : type;
	throw new Problem(
		"forbidden",
		`Your role (${caller.roles.join(", ") || "none"}) may not ${action} ${what}. Ask the clinic's administrator for a role that may.`,
	);
}
