import type { Registry } from "../definitions/index.ts";
import type { Json, Resource, Tenant } from "../kernel/index.ts";
import { extractKeys } from "../search/index.ts";
import { tableOf } from "./tables.ts";

/** What turning a resource into a row needs to know. `base` is the clinic's own FHIR base. */
export type RowContext = { readonly registry: Registry; readonly tenant: Tenant; readonly base: string };

/** The derived part of a row: its equality keys and its typed columns, in the table's order. */
export type Derived = { readonly keys: string; readonly columns: readonly (string | null)[] };

/** Derives keys and typed columns of a resource that is stored under `id`. */
export function derive({ registry, tenant, base }: RowContext, resource: Resource): Derived {
	const { columns, indexes } = tableOf(resource.resourceType);
	return {
		keys: extractKeys(registry, resource, base),
		columns: columns.map(({ name, of }) => {
			const text = columnText(of(resource, tenant.timeZone));
			if (text === null || text.length <= INDEXED_LENGTH) return text;
			return indexes.some((list) => list.includes(name)) ? text.slice(0, INDEXED_LENGTH) : text;
		}),
	};
}

/** Characters kept of an indexed column: PostgreSQL takes 2,700 bytes in an index entry. The content is never cut. */
const INDEXED_LENGTH = 500;

const columnText = (value: Json | undefined): string | null =>
	typeof value === "string" ? value : typeof value === "boolean" || typeof value === "number" ? String(value) : null;
