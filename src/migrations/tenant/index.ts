import { Initial } from "./0001-initial.ts";
import { ObservationCodes } from "./0002-observation-codes.ts";

/** The migrations of a clinic's schema, in order. Released ones never change. */
export const tenantMigrations = [
	{ name: "0001-initial", class: Initial },
	{ name: "0002-observation-codes", class: ObservationCodes },
];
