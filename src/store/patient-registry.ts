import { type Abha, abhaOf } from "../clinical/index.ts";
import type { Resource } from "../kernel/index.ts";
import type { Follow } from "./statements.ts";

const REGISTRY = '"phc"."patient_registry"';

/** The ABHA identities a resource puts into the registry of all clinics; `undefined` for types that have none. */
export const registered = (resource: Resource): Abha[] | undefined =>
	resource.resourceType === "Patient" ? abhaOf(resource) : undefined;

/** Steps after a patient's write: the registry holds just these identities of it. Values: tenant id, kinds, values. */
export const follow: Follow = (next) => {
	const [tenant, kinds, values] = [next(), next(), next()];
	const wanted = `unnest(${kinds}::text[], ${values}::text[]) AS w(kind, value)`;
	return `,
unlisted AS (
	DELETE FROM ${REGISTRY} r USING done WHERE r.tenant_id = ${tenant}::uuid AND r.patient_id = done.id
	AND NOT EXISTS (SELECT 1 FROM ${wanted} WHERE w.kind = r.kind AND w.value = r.value)
),
listed AS (
	INSERT INTO ${REGISTRY} (tenant_id, patient_id, kind, value)
	SELECT ${tenant}::uuid, done.id, w.kind, w.value FROM done, ${wanted} ON CONFLICT DO NOTHING
)`;
};

/** The values of `follow`. */
export const followValues = (tenantId: string, abhas: readonly Abha[]): unknown[] => [
	tenantId,
	abhas.map((abha) => abha.kind),
	abhas.map((abha) => abha.value),
];

/** The same for many patients at once. Values: tenant id, all patient ids, then ids, kinds and values of the wanted rows. */
export const SYNCHRONIZE = `
WITH wanted AS MATERIALIZED (SELECT * FROM unnest($3::text[], $4::text[], $5::text[]) AS w(id, kind, value)),
unlisted AS (
	DELETE FROM ${REGISTRY} r WHERE r.tenant_id = $1::uuid AND r.patient_id = ANY($2::text[])
	AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.id = r.patient_id AND w.kind = r.kind AND w.value = r.value)
)
INSERT INTO ${REGISTRY} (tenant_id, patient_id, kind, value)
SELECT $1::uuid, w.id, w.kind, w.value FROM wanted w ON CONFLICT DO NOTHING`;

/** The values of `SYNCHRONIZE` for patients by id; an empty list takes a patient out of the registry. */
export function synchronizeValues(tenantId: string, patients: ReadonlyMap<string, readonly Abha[]>): unknown[] {
	const rows = [...patients].flatMap(([id, abhas]) => abhas.map((abha) => ({ id, ...abha })));
	return [tenantId, [...patients.keys()], rows.map((r) => r.id), rows.map((r) => r.kind), rows.map((r) => r.value)];
}
