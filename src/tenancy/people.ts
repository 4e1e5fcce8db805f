import type { EntityManager } from "@mikro-orm/postgresql";
import { newId, Problem, type Role } from "../kernel/index.ts";
import type { Database } from "./database.ts";
import { MembershipEntity, TenantEntity, UserEntity, type UserRow, type UserStatus } from "./entities.ts";
import { checkPassword, hashPassword } from "./password.ts";

/** A person as the administrators of a clinic, or of the platform, see them. */
export type Person = {
	readonly id: string;
	readonly email: string;
	readonly name: string;
	readonly status: UserStatus;
	readonly roles: readonly Role[];
};

export type NewPerson = {
	readonly email: string;
	readonly password: string;
	readonly name: string;
	readonly roles: readonly string[];
};
export type PersonChange = { readonly status?: UserStatus; readonly roles?: readonly string[] };

export const CLINIC_ROLES = ["ADMIN", "DOCTOR", "NURSE", "PHARMACIST", "AUDITOR", "INTEGRATION"] as const;
export const PLATFORM_ROLES = ["PLATFORM_ADMIN", "AUDITOR"] as const;

/** The role that must stay with somebody who can sign in. */
const keeper = (slug: string | undefined): Role => (slug === undefined ? "PLATFORM_ADMIN" : "ADMIN");

/** @throws Problem `value` naming the field, as `names` calls it. */
export function checkNewPerson(
	email: string,
	password: string,
	names = ["email", "password"] as [string, string],
): void {
	if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 254) {
		throw new Problem("value", { text: `${names[0]} must be an e-mail address.`, expression: names[0] });
	}
	checkPassword(password, names[1], email);
}

function checkRoles(slug: string | undefined, roles: readonly string[]): Role[] {
	const allowed: readonly string[] = slug === undefined ? PLATFORM_ROLES : CLINIC_ROLES;
	if (roles.length === 0 || roles.some((role) => !allowed.includes(role))) {
		const text = `roles must be one or more of ${allowed.join(", ")}.`;
		throw new Problem("value", { text, expression: "roles" });
	}
	return [...new Set(roles)] as Role[];
}

/**
 * Adds a person to a clinic, or without `slug` to the platform. Who is known already, by e-mail address, keeps name and
 * password: an administrator of one clinic must not set the password of another's people.
 * @throws Problem `value`, `not-found`, or `duplicate` when the person is there already.
 */
export async function addPerson(database: Database, slug: string | undefined, input: NewPerson): Promise<Person> {
	const email = input.email.trim().toLowerCase();
	checkNewPerson(email, input.password);
	const roles = checkRoles(slug, input.roles);
	const passwordHash = await hashPassword(input.password);
	return database.management.em.fork().transactional(async (em) => {
		const id = newId();
		await em.execute(
			`insert into phc."user" (id, email, name, password_hash, status) values (?, ?, ?, ?, 'active') on conflict (email) do nothing`,
			[id, email, input.name.trim() || email, passwordHash],
		);
		const user = await em.findOneOrFail(UserEntity, { email });
		const isMember = slug === undefined ? await joinPlatform(user, roles) : await joinClinic(em, user, slug, roles);
		if (isMember) {
			const text = `A person with this e-mail address is there already: change their roles or status instead.`;
			throw new Problem("duplicate", { text, expression: "email" });
		}
		return toPerson(user, roles, user.status);
	});
}

async function joinPlatform(user: UserRow, roles: Role[]): Promise<boolean> {
	if (user.platformRoles.length > 0) return true;
	user.platformRoles = roles;
	return false;
}

async function joinClinic(em: EntityManager, user: UserRow, slug: string, roles: Role[]): Promise<boolean> {
	const tenant = await findTenant(em, slug);
	const rows = await em.execute(
		`insert into phc.membership (user_id, tenant_id, roles, status) values (?, ?, string_to_array(?, ','), 'active')
		on conflict do nothing returning user_id`,
		[user.id, tenant.id, roles.join(",")],
	);
	return rows.length === 0;
}

/** The people of a clinic, or without `slug` of the platform, by e-mail address. @throws Problem `not-found`. */
export async function listPeople(database: Database, slug?: string): Promise<Person[]> {
	const em = database.management.em.fork();
	if (slug === undefined) {
		const users = await em.find(UserEntity, { platformRoles: { $ne: [] } }, { orderBy: { email: "asc" } });
		return users.map((user) => toPerson(user, user.platformRoles, user.status));
	}
	const tenant = await findTenant(em, slug);
	const members = await em.find(
		MembershipEntity,
		{ tenant },
		{ populate: ["user"], orderBy: { user: { email: "asc" } } },
	);
	return members.map(({ user, roles, status }) => toPerson(user, roles, status));
}

/**
 * Changes what a person may do in a clinic, or without `slug` on the platform.
 * @throws Problem `not-found`, `value`, or `conflict` when nobody would be left to administer.
 */
export async function changePerson(
	database: Database,
	slug: string | undefined,
	id: string,
	change: PersonChange,
): Promise<Person> {
	const roles = change.roles && checkRoles(slug, change.roles);
	const unknown = new Problem("not-found", "There is no such person here.");
	if (!/^[0-9a-f-]{36}$/i.test(id)) throw unknown;
	return database.management.em.fork().transactional(async (em) => {
		// One change at a time, or two administrators could disable each other.
		await em.execute("select pg_advisory_xact_lock(hashtextextended('phc people ' || ?, 0))", [slug ?? ""]);
		const before = await countKeepers(em, slug);
		const person = await (slug === undefined
			? changeInPlatform(em, id, roles, change.status)
			: changeInClinic(em, slug, id, roles, change.status));
		if (person === undefined) throw unknown;
		await em.flush();
		if (before > 0 && (await countKeepers(em, slug)) === 0) {
			throw new Problem("conflict", `No active ${keeper(slug)} would be left: give the role to somebody else first.`);
		}
		return person;
	});
}

async function changeInPlatform(em: EntityManager, id: string, roles?: Role[], status?: UserStatus) {
	const user = await em.findOne(UserEntity, { id, platformRoles: { $ne: [] } });
	if (user === null) return undefined;
	user.platformRoles = roles ?? user.platformRoles;
	user.status = status ?? user.status;
	return toPerson(user, user.platformRoles, user.status);
}

async function changeInClinic(em: EntityManager, slug: string, id: string, roles?: Role[], status?: UserStatus) {
	const member = await em.findOne(MembershipEntity, { user: id, tenant: { slug } }, { populate: ["user"] });
	if (member === null) return undefined;
	member.roles = roles ?? member.roles;
	member.status = status ?? member.status;
	return toPerson(member.user, member.roles, member.status);
}

async function countKeepers(em: EntityManager, slug: string | undefined): Promise<number> {
	const role = keeper(slug);
	const [row] = await (slug === undefined
		? em.execute(`select count(*)::int as n from phc."user" where status = 'active' and ? = any(platform_roles)`, [
				role,
			])
		: em.execute(
				`select count(*)::int as n from phc.membership m join phc."user" u on u.id = m.user_id
				join phc.tenant t on t.id = m.tenant_id
				where t.slug = ? and m.status = 'active' and u.status = 'active' and ? = any(m.roles)`,
				[slug, role],
			));
	return row?.n ?? 0;
}

async function findTenant(em: EntityManager, slug: string) {
	const tenant = await em.findOne(TenantEntity, { slug, status: { $ne: "dropped" } });
	if (tenant === null) throw new Problem("not-found", `There is no clinic "${slug}".`);
	return tenant;
}

const toPerson = ({ id, email, name }: UserRow, roles: readonly Role[], status: UserStatus): Person => ({
	id,
	email,
	name,
	status,
	roles,
});
