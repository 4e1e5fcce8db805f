import type { EntityManager } from "@mikro-orm/postgresql";
import { newId, Problem, parseJson, type Resource } from "../kernel/index.ts";
import type { Database } from "./database.ts";
import { TenantEntity } from "./entities.ts";

/** A package of definitions to keep. Kept again under the same name and version, it replaces what was there. */
export type NewPackage = { readonly name: string; readonly version: string; readonly resources: readonly Resource[] };

/** A package that is kept: for the clinic `slug`, or for all. */
export type KeptPackage = {
	readonly name: string;
	readonly version: string;
	readonly slug?: string;
	readonly definitions: number;
	/** An instant. */
	readonly addedAt: string;
};

/**
 * Keeps a package for a clinic, or without `slug` for all; says whether it replaced one.
 * @throws Problem `not-found` when there is no such clinic.
 */
export function addPackage(
	database: Database,
	slug: string | undefined,
	{ name, version, resources }: NewPackage,
): Promise<{ readonly replaced: boolean }> {
	return changing(database, slug, async (em, tenantId) => {
		const removed = await em.execute(`${DELETE} and version = ? returning id`, [tenantId, name, version]);
		const id = newId();
		await em.execute("insert into phc.definition_package (id, tenant_id, name, version) values (?, ?, ?, ?)", [
			id,
			tenantId,
			name,
			version,
		]);
		await em.execute(
			`insert into phc.definition (package_id, type, url, version, content)
			select ?, d ->> 'resourceType', d ->> 'url', coalesce(d ->> 'version', ''), d from json_array_elements(?::json) d`,
			[id, JSON.stringify(resources)],
		);
		return { replaced: removed.length > 0 };
	});
}

const DELETE = "delete from phc.definition_package where tenant_id is not distinct from ?::uuid and name = ?";

/**
 * Lets go of a package in one version, or in all; says how many versions that were.
 * @throws Problem `not-found` when there is no such clinic or package.
 */
export function removePackage(
	database: Database,
	slug: string | undefined,
	name: string,
	version: string | undefined,
): Promise<number> {
	return changing(database, slug, async (em, tenantId) => {
		const removed =
			version === undefined
				? await em.execute(`${DELETE} returning id`, [tenantId, name])
				: await em.execute(`${DELETE} and version = ? returning id`, [tenantId, name, version]);
		if (removed.length === 0) {
			const whose = slug === undefined ? "for all clinics" : `for the clinic "${slug}"`;
			throw new Problem("not-found", `There is no package ${name}${version ? ` ${version}` : ""} ${whose}.`);
		}
		return removed.length;
	});
}

/** Every package that is kept, those for all clinics first. */
export async function listPackages(database: Database): Promise<KeptPackage[]> {
	type Row = { name: string; version: string; slug: string | null; definitions: number; added_at: Date };
	const rows = await database.management.em.getConnection().execute<Row[]>(
		`select p.name, p.version, t.slug, p.added_at, (select count(*)::int from phc.definition d where d.package_id = p.id) definitions
		from phc.definition_package p left join phc.tenant t on t.id = p.tenant_id
		order by t.slug nulls first, p.name, p.added_at`,
	);
	return rows.map(({ slug, added_at, ...rest }) => ({
		...rest,
		...(slug !== null && { slug }),
		addedAt: new Date(added_at).toISOString(),
	}));
}

/** Which packages there are, without their content: oldest first. `tenantId` is absent where they are for all. */
export async function packageIds(database: Database): Promise<{ readonly id: string; readonly tenantId?: string }[]> {
	const rows = await database.management.em
		.getConnection()
		.execute<{ id: string; tenant_id: string | null }[]>(
			"select id, tenant_id from phc.definition_package order by added_at, id",
		);
	return rows.map(({ id, tenant_id }) => ({ id, ...(tenant_id !== null && { tenantId: tenant_id }) }));
}

/** The definitions of packages, in the order of `ids`. */
export async function readDefinitions(database: Database, ids: readonly string[]): Promise<Resource[]> {
	const rows = await database.management.em.getConnection().execute<{ content: string }[]>(
		`select d.content::text as content from json_array_elements_text(?::json) with ordinality wanted (id, place)
		join phc.definition d on d.package_id = wanted.id::uuid order by wanted.place, d.type, d.url, d.version`,
		[JSON.stringify(ids)],
	);
	return rows.map(({ content }) => parseJson(content) as Resource);
}

/** Runs a change in a transaction of its own, one after the other. */
function changing<T>(
	database: Database,
	slug: string | undefined,
	work: (em: EntityManager, tenantId: string | null) => Promise<T>,
): Promise<T> {
	return database.management.em.fork().transactional(async (em) => {
		await em.execute("select pg_advisory_xact_lock(hashtextextended('phc definitions', 0))");
		return work(em, slug === undefined ? null : await tenantIdOf(em, slug));
	});
}

async function tenantIdOf(em: EntityManager, slug: string): Promise<string> {
	const tenant = await em.findOne(TenantEntity, { slug, status: { $ne: "dropped" } });
	if (tenant === null) throw new Problem("not-found", `There is no clinic "${slug}".`);
	return tenant.id;
}
