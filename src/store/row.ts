import type { Registry } from "../definitions/index.ts";
import type { Json, Resource, Tenant } from "../kernel/index.ts";
import { extract } from "../search/index.ts";
import { tableOf } from "./tables.ts";

/** What turning a resource into a row needs to know. `base` is the clinic's own FHIR base. */
export type RowContext = { readonly registry: Registry; readonly tenant: Tenant; readonly base: string };

/** The derived part of a row: what searches ask for, the words of the narrative, and typed columns in the table's order. */
export type Derived = {
	readonly keys: string;
	readonly facts: string;
	readonly narrative: string | null;
	readonly columns: readonly (string | null)[];
};

/** Derives what a resource's row holds beside its text. */
export function derive({ registry, tenant, base }: RowContext, resource: Resource): Derived {
	const { columns, indexed } = tableOf(resource.resourceType);
	const clinic = { timeZone: tenant.timeZone, base };
	return {
		...extract({ registry, ...clinic }, resource),
		narrative: narrativeText(resource),
		columns: columns.map(({ name, of }) => {
			const text = columnText(of(resource, clinic));
			return text !== null && text.length > INDEXED_LENGTH && indexed.has(name) ? text.slice(0, INDEXED_LENGTH) : text;
		}),
	};
}

/** Characters kept of an indexed column: PostgreSQL takes 2,700 bytes in an index entry. The content is never cut. */
const INDEXED_LENGTH = 500;

const columnText = (value: Json | undefined): string | null =>
	typeof value === "string" ? value : typeof value === "boolean" || typeof value === "number" ? String(value) : null;

/** PostgreSQL refuses a document of more than a megabyte of words. */
const MOST_NARRATIVE = 200_000;

/** The words of the narrative, without its markup. https://hl7.org/fhir/R4/narrative.html */
function narrativeText({ text }: Resource): string | null {
	const div = typeof text === "object" && text !== null && "div" in text ? text.div : undefined;
	if (typeof div !== "string") return null;
	return div
		.slice(0, MOST_NARRATIVE)
		.replace(/<[^>]*>/g, " ")
		.replace(/&(?:#\d+|#x[\da-f]+|\w+);/gi, " ");
}
