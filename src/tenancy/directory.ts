import { LRUCache } from "lru-cache";
import { type Role, readLimits, readValidation, type Tenant } from "../kernel/index.ts";
import { type Database, isBehind } from "./database.ts";
import type { TenantSettings, TenantStatus } from "./entities.ts";
import { schemaOf } from "./slug.ts";

/** A clinic as a request names it; one that is `behind` lacks migrations, so its data cannot be asked for. */
export type Resolved = { readonly tenant: Tenant; readonly status: TenantStatus; readonly behind: boolean };

/** What a person may do now. `active` is false when the person or the membership is not, `open` when the clinic is not. */
export type Standing = {
	readonly active: boolean;
	readonly open: boolean;
	readonly roles: readonly Role[];
	readonly tenantSlug?: string;
};

/**
 * What every request asks: which clinic is this, and may this person still act. Answers are kept for `FRESH_MS`, so
 * what another process changed is seen at the latest after that; `forget` drops them at once.
 */
export type Directory = {
	/** The clinic of a slug, in whatever status, or `undefined`. */
	resolve(slug: string): Promise<Resolved | undefined>;
	/** The standing of a person in a clinic, or without `tenantId` on the platform. */
	standing(userId: string, tenantId: string | undefined): Promise<Standing>;
	/** The same asked of the database, for what must not be late. */
	standingNow(userId: string, tenantId: string | undefined): Promise<Standing>;
	/** Raised by each `forget`: whoever keeps what follows from a standing compares it. */
	revision(): number;
	forget(): void;
};

const FRESH_MS = 10_000;
const CLINICS_KEPT = 10_000;
const PEOPLE_KEPT = 20_000;

export function createDirectory(database: Database): Directory {
	const clinics = new LRUCache<string, Resolved>({ max: CLINICS_KEPT, ttl: FRESH_MS });
	const people = new LRUCache<string, Standing>({ max: PEOPLE_KEPT, ttl: FRESH_MS });
	let revision = 0;
	const keep = async <V extends object>(cache: LRUCache<string, V>, key: string, ask: () => Promise<V | undefined>) => {
		const kept = cache.get(key);
		if (kept !== undefined) return kept;
		const asked = revision;
		const value = await ask();
		// An answer that was under way when something changed may be the old one.
		if (value !== undefined && asked === revision) cache.set(key, value);
		return value;
	};
	return {
		resolve: (slug) => keep(clinics, slug, () => findClinic(database, slug)),
		standing: async (userId, tenantId) => {
			const standing = await keep(people, `${userId} ${tenantId}`, () => findStanding(database, userId, tenantId));
			return standing ?? NONE;
		},
		standingNow: (userId, tenantId) => findStanding(database, userId, tenantId),
		revision: () => revision,
		forget: () => {
			revision++;
			clinics.clear();
			people.clear();
		},
	};
}

const NONE: Standing = { active: false, open: true, roles: [] };

async function findClinic(database: Database, slug: string): Promise<Resolved | undefined> {
	type Row = { id: string; status: TenantStatus; settings: TenantSettings; migrated_to: string | null };
	const [row] = await database.management.em
		.getConnection()
		.execute<Row[]>("select id, status, settings, migrated_to from phc.tenant where slug = ?", [slug]);
	if (row === undefined) return undefined;
	const { settings, status } = row;
	const { timeZone } = settings;
	const limits = readLimits(settings);
	const validation = readValidation(settings.validation);
	const behind = isBehind(database, row.migrated_to);
	return { tenant: { id: row.id, slug, schema: schemaOf(slug), timeZone, limits, validation }, status, behind };
}

async function findStanding(database: Database, userId: string, tenantId: string | undefined): Promise<Standing> {
	const connection = database.management.em.getConnection();
	if (tenantId === undefined) {
		const [row] = await connection.execute<{ active: boolean; roles: Role[] }[]>(
			`select status = 'active' as active, platform_roles as roles from phc."user" where id = ?`,
			[userId],
		);
		return row === undefined ? NONE : { active: row.active && row.roles.length > 0, open: true, roles: row.roles };
	}
	const [row] = await connection.execute<{ active: boolean; open: boolean; roles: Role[]; slug: string }[]>(
		`select u.status = 'active' and m.status = 'active' as active, t.status = 'active' as open, m.roles, t.slug
		from phc.membership m join phc."user" u on u.id = m.user_id join phc.tenant t on t.id = m.tenant_id
		where m.user_id = ? and m.tenant_id = ?`,
		[userId, tenantId],
	);
	return row === undefined ? NONE : { active: row.active, open: row.open, roles: row.roles, tenantSlug: row.slug };
}
