import { type Caller, Problem, type Role } from "../kernel/index.ts";
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

/** What each role may do in its own clinic. The roles of the platform have no clinical data. */
export const ROLE_GRANTS: Record<Role, readonly Grant[]> = {
	ADMIN: [{ types: "*", actions: ALL }],
	DOCTOR: [{ types: "*", actions: ALL }],
	NURSE: [
		{ types: "*", actions: LOOK },
		{ types: "*", except: PRESCRIBING, actions: WRITE },
	],
	PHARMACIST: [
		{ types: ["Patient", "MedicationRequest", ...DISPENSING], actions: LOOK },
		{ types: DISPENSING, actions: WRITE },
	],
	AUDITOR: [{ types: "*", actions: LOOK }],
	INTEGRATION: [{ types: "*", actions: [...LOOK, ...WRITE] }],
	PLATFORM_ADMIN: [],
};

/** Whether one of the caller's roles allows `action` on `type`; the type "" stands for the whole clinic. */
export const mayDo = (caller: Caller, action: Action, type: string): boolean =>
	caller.roles.some((role) => ROLE_GRANTS[role].some((grant) => grants(grant, action, type)));

const grants = ({ types, except, actions }: Grant, action: Action, type: string): boolean =>
	actions.includes(action) && (types === "*" ? !except?.includes(type) : types.includes(type));

/** @throws Problem `forbidden` that names the action and the type, never whether something is there. */
export function requireAccess(caller: Caller, action: Action, type: string): void {
	if (mayDo(caller, action, type)) return;
	const what = type === "" ? "the whole clinic" : type;
	throw new Problem(
		"forbidden",
		`Your role (${caller.roles.join(", ") || "none"}) may not ${action} ${what}. Ask the clinic's administrator for a role that may.`,
	);
}
