import { isObject, type Json } from "../kernel/index.ts";
import { type Coding, codingsOf } from "./codings-of.ts";
import type { CodeCheck, Membership } from "./validate.ts";

/** Whether codes are in value sets, for what must know at once: which slice a value belongs to, what FHIRPath asks. */
export interface Memberships {
	/** `unknown` also where the answer takes time: it is there in the next pass. */
	ask(valueSet: string, coding: Coding): Membership;
	/** Waits for answers that were not there; whether there were any, so that another pass finds more. */
	settle(): Promise<boolean>;
}

/** Keeps the answers of one validation. */
export function membershipsOf(codes: CodeCheck): Memberships {
	const answers = new Map<string, Membership>();
	let late: Promise<void>[] = [];
	return {
		ask(valueSet, coding) {
			const question = JSON.stringify([valueSet, coding.system, coding.code]);
			const known = answers.get(question);
			if (known !== undefined) return known;
			const answer = codes(valueSet, coding);
			if (typeof answer === "string") return answer;
			answers.set(question, "unknown");
			late.push(answer.then((membership) => void answers.set(question, membership)));
			return "unknown";
		},
		async settle() {
			if (late.length === 0) return false;
			await Promise.all(late);
			late = [];
			return true;
		},
	};
}

/** Whether a code, a Coding or one of the codings of a CodeableConcept is in a value set; `undefined` for other values. */
export function membershipOf(
	memberships: Memberships,
	valueSet: string,
	value: Json | undefined,
): Membership | undefined {
	const isConcept = isObject(value) && Array.isArray(value.coding);
	const answers = codingsOf(isConcept ? "CodeableConcept" : "Coding", value)?.map((coding) =>
		memberships.ask(valueSet, coding),
	);
	if (!answers || answers.includes("in")) return answers && "in";
	return answers.includes("unknown") ? "unknown" : "out";
}
