import { isObject, type Json } from "../kernel/index.ts";

/** A code and its system: absent for a plain code, empty for a Coding that names none. */
export type Coding = { readonly system?: string; readonly code: string };

/** The codings of a value; a unit counts by its code; `undefined` where there is nothing to look up. */
export function codingsOf(type: string, value: Json | undefined): readonly Coding[] | undefined {
	if (typeof value === "string") return [{ code: value }];
	if (!isObject(value)) return undefined;
	if (type === "CodeableConcept") {
		const codings = Array.isArray(value.coding) ? value.coding : [];
		return codings.map(codingOf).filter((coding) => coding !== undefined);
	}
	const coding = codingOf(value);
	if (coding) return [coding];
	return type === "Coding" ? [] : undefined;
}

/** A Coding that names no system is in no set: that is told apart from a plain code by the empty system. */
function codingOf(value: Json): Coding | undefined {
	if (!isObject(value) || typeof value.code !== "string") return undefined;
	return { system: typeof value.system === "string" ? value.system : "", code: value.code };
}
