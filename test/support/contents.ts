import type { Ask } from "./clinic.ts";

const LIVE = ["patient", "observation", "encounter", "condition", "medication", "medication_request", "resource"];

/** How many rows each table of the clinic holds, and the patient registry: what a failed write must leave as it was. */
export async function contentsOf({ database, tenant }: Ask): Promise<Record<string, number>> {
	const counts = [...LIVE, "history"].map(
		(table) => `(SELECT count(*)::int FROM "${tenant.schema}".${table}) AS ${table}`,
	);
	const registry = "(SELECT count(*)::int FROM phc.patient_registry WHERE tenant_id = $1::uuid) AS registry";
	const { rows } = await database.pool().query(`SELECT ${[...counts, registry].join(", ")}`, [tenant.id]);
	return rows[0];
}
