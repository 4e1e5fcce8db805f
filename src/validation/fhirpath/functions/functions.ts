import type { FunctionDefinition } from "../place.ts";
import { COLLECTION } from "./collection.ts";
import { CONVERSION } from "./conversion.ts";
import { EXISTENCE } from "./existence.ts";
import { FHIR } from "./fhir.ts";
import { FILTERING } from "./filtering.ts";
import { MATH } from "./math.ts";
import { TEXT } from "./text.ts";
import { UTILITY } from "./utility.ts";

/** All functions by name. http://hl7.org/fhirpath/N1/#functions and https://hl7.org/fhir/R4/fhirpath.html#functions */
export const FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
	...EXISTENCE,
	...FILTERING,
	...COLLECTION,
	...CONVERSION,
	...TEXT,
	...MATH,
	...UTILITY,
	...FHIR,
};
