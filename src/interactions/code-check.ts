import type { OwnTerminology, Terminology } from "../terminology/index.ts";
import type { CodeCheck } from "../validation/index.ts";

/** Whether codes are in value sets, by the terminology of the server and by what a clinic has of its own. */
export const codeCheckOf =
	(terminology: Terminology, own?: OwnTerminology): CodeCheck =>
	(valueSet, coding) =>
		terminology.check(valueSet, coding, own);
