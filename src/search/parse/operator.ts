/** The operators of `_filter`. https://hl7.org/fhir/R4/search_filter.html#ops */
export const OPERATORS = [
	"eq",
	"ne",
	"co",
	"sw",
	"ew",
	"gt",
	"lt",
	"ge",
	"le",
	"ap",
	"sa",
	"eb",
	"pr",
	"po",
	"ss",
	"sb",
	"in",
	"ni",
	"re",
] as const;
export type Operator = (typeof OPERATORS)[number];
