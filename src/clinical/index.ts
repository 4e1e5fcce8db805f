import { condition } from "./condition.ts";
import { encounter } from "./encounter.ts";
import { medication } from "./medication.ts";
import { medicationRequest } from "./medication-request.ts";
import { observation } from "./observation.ts";
import { patient } from "./patient.ts";
import type { TypedTable } from "./typed-table.ts";

export type { Abha } from "./abha.ts";
export { abhaOf } from "./abha.ts";
export type { Clinic, CodeColumns, Column, ColumnType, DateColumns, TypedTable } from "./typed-table.ts";

/** The domain types that have tables of their own; every other type lives in the table `resource`. */
export const typedTables: readonly TypedTable[] = [
	patient,
	observation,
	encounter,
	condition,
	medication,
	medicationRequest,
];
