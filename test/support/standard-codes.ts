import { type Definitions, loadDefinitions } from "../../src/definitions/index.ts";
import { codeCheckOf, codingCheckOf } from "../../src/interactions/code-check.ts";
import { loadTerminology } from "../../src/terminology/index.ts";
import type { CodeCheck, CodingCheck } from "../../src/validation/index.ts";

/** Whether codes are in value sets, as a server without a database tells it: by R4, our profiles and `definitions`. */
export const standardCodes = (definitions: Definitions = loadDefinitions()): CodeCheck =>
	codeCheckOf(loadTerminology({ definitions }));

/** What the systems of R4, our profiles and `definitions` say of codings. */
export const standardCodings = (definitions: Definitions = loadDefinitions()): CodingCheck =>
	codingCheckOf(loadTerminology({ definitions }));
