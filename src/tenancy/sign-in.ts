import { createHash, randomBytes } from "node:crypto";
import { newId, type Role } from "../kernel/index.ts";
import type { Database } from "./database.ts";
import { isPassword } from "./password.ts";

/** Who signed in, and where: without `tenantId` on the platform. */
export type Identity = {
	readonly userId: string;
	readonly name: string;
	readonly roles: readonly Role[];
	readonly tenantId?: string;
	readonly tenantSlug?: string;
};

type Place = { tenant_id: string; slug: string; roles: Role[] };
type Account = { id: string; name: string; hash: string; active: boolean; platform: Role[]; places: Place[] };

/**
 * The person with this e-mail address and password in this clinic; without a slug on the platform, or in the only clinic
 * where the person works. `undefined` for every cause, after the same time.
 */
export async function checkCredentials(
	database: Database,
	credentials: { readonly email: string; readonly password: string; readonly tenant?: string },
): Promise<Identity | undefined> {
	const account = await findAccount(database, credentials.email.trim().toLowerCase());
	if (!(await isPassword(account?.hash, credentials.password)) || !account?.active) return undefined;
	return identityIn(account, credentials.tenant);
}

/** A person of a clinic, or without a slug of the platform, without a password: for the administrator's command line. */
export async function findIdentity(database: Database, email: string, tenant?: string): Promise<Identity | undefined> {
	const account = await findAccount(database, email.trim().toLowerCase());
	return account?.active ? identityIn(account, tenant) : undefined;
}

function identityIn({ id, name, platform, places }: Account, slug: string | undefined): Identity | undefined {
	if (slug === undefined && platform.length > 0) return { userId: id, name, roles: platform };
	const place = slug === undefined ? places.length === 1 && places[0] : places.find((one) => one.slug === slug);
	if (!place) return undefined;
	return { userId: id, name, roles: place.roles, tenantId: place.tenant_id, tenantSlug: place.slug };
}

async function findAccount(database: Database, email: string): Promise<Account | undefined> {
	const [account] = await database.management.em.getConnection().execute<Account[]>(
		`select u.id, u.name, u.password_hash as hash, u.status = 'active' as active, u.platform_roles as platform,
			coalesce((
				select json_agg(json_build_object('tenant_id', t.id, 'slug', t.slug, 'roles', m.roles))
				from phc.membership m join phc.tenant t on t.id = m.tenant_id
				where m.user_id = u.id and m.status = 'active' and t.status = 'active'
			), '[]') as places
		from phc."user" u where u.email = ?`,
		[email],
	);
	return account;
}

/** What became of a refresh token that was shown: the next one, or why there is none. */
export type Rotation =
	| { readonly kind: "rotated"; readonly token: string; readonly userId: string; readonly tenantId?: string }
	| { readonly kind: "reused" | "unknown" };

const REFRESH_DAYS = 30;

const sha256 = (token: string): string => createHash("sha256").update(token).digest("hex");
const newToken = (): string => randomBytes(32).toString("base64url");

/** Starts a family of refresh tokens, and clears away the person's expired ones. */
export async function startFamily(database: Database, who: { userId: string; tenantId?: string }): Promise<string> {
	const token = newToken();
	await database.management.em.fork().transactional(async (em) => {
		await em.execute("delete from phc.refresh_token where user_id = ? and expires_at < now()", [who.userId]);
		await em.execute(INSERT, [newId(), newId(), who.userId, who.tenantId ?? null, sha256(token)]);
	});
	return token;
}

const INSERT = `insert into phc.refresh_token (id, family, user_id, tenant_id, hash, expires_at)
	values (?, ?, ?, ?, ?, now() + interval '${REFRESH_DAYS} days')`;

/** Takes a refresh token for the next of its family; one shown a second time ends the family. */
export async function rotate(database: Database, token: string): Promise<Rotation> {
	return database.management.em.fork().transactional(async (em): Promise<Rotation> => {
		type Row = { family: string; user_id: string; tenant_id: string | null };
		const [row] = await em.execute<Row[]>(
			`update phc.refresh_token set used_at = now()
			where hash = ? and used_at is null and revoked_at is null and expires_at > now()
			returning family, user_id, tenant_id`,
			[sha256(token)],
		);
		if (row === undefined) return { kind: (await endFamilyOf(em, token, true)) ? "reused" : "unknown" };
		const next = newToken();
		await em.execute(INSERT, [newId(), row.family, row.user_id, row.tenant_id, sha256(next)]);
		const tenant = row.tenant_id === null ? {} : { tenantId: row.tenant_id };
		return { kind: "rotated", token: next, userId: row.user_id, ...tenant };
	});
}

/** Ends the family of a refresh token; an unknown one changes nothing. */
export async function endFamily(database: Database, token: string): Promise<void> {
	await endFamilyOf(database.management.em.fork(), token, false);
}

async function endFamilyOf(em: Pick<Em, "execute">, token: string, onlyIfUsed: boolean): Promise<boolean> {
	const rows = await em.execute<unknown[]>(
		`update phc.refresh_token set revoked_at = now() where revoked_at is null and family in
			(select family from phc.refresh_token where hash = ? ${onlyIfUsed ? "and used_at is not null" : ""})
		returning id`,
		[sha256(token)],
	);
	return rows.length > 0;
}

type Em = ReturnType<Database["management"]["em"]["fork"]>;
