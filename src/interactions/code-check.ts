import type { OwnTerminology, Terminology } from "../terminology/index.ts";
import type { CodeCheck, CodingCheck } from "../validation/index.ts";

/** Whether codes are in value sets, by the terminology of the server and by what a clinic has of its own. */
export const codeCheckOf =
	(terminology: Terminology, own?: OwnTerminology): CodeCheck =>
	(valueSet, coding) =>
		terminology.check(valueSet, coding, own);

/** What the systems of codings say of them, by the same. */
export const codingCheckOf =
	(terminology: Terminology, own?: OwnTerminology): CodingCheck =>
	(coding) =>
		terminology.judge(coding, own);
