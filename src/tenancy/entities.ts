import { defineEntity, type InferEntity, p } from "@mikro-orm/postgresql";
import type { Limits, Role, ValidationSettings } from "../kernel/index.ts";

/** The schema of everything that is not one clinic's: never `public`, so that a query without a schema finds nothing. */
export const MANAGEMENT_SCHEMA = "phc";

export type TenantStatus = "provisioning" | "active" | "suspended" | "dropped";
export type UserStatus = "active" | "disabled";
/** What a clinic may set for itself. `timeZone` is an IANA name; limits and rules that are not set are those by default. */
export type TenantSettings = { timeZone: string; validation?: ValidationSettings } & Partial<Limits>;

/** A clinic. */
export const TenantEntity = defineEntity({
	name: "Tenant",
	tableName: "tenant",
	schema: MANAGEMENT_SCHEMA,
	properties: {
		id: p.uuid().primary(),
		slug: p.text().unique(),
		name: p.text(),
		hfrId: p.text().nullable(),
		status: p.text().$type<TenantStatus>(),
		settings: p.json<TenantSettings>(),
		/** The last migration of its schema, so that one query finds the clinics that are behind. */
		migratedTo: p.text().nullable(),
		createdAt: p.datetime(),
	},
});

/** A person, who may work in several clinics or for the platform (`platformRoles`). */
export const UserEntity = defineEntity({
	name: "User",
	tableName: "user",
	schema: MANAGEMENT_SCHEMA,
	properties: {
		id: p.uuid().primary(),
		email: p.text().unique(),
		name: p.text(),
		passwordHash: p.text().hidden(),
		status: p.text().$type<UserStatus>(),
		platformRoles: p.array().$type<Role[]>(),
		createdAt: p.datetime(),
	},
});

/** What a person may do in one clinic. */
export const MembershipEntity = defineEntity({
	name: "Membership",
	tableName: "membership",
	schema: MANAGEMENT_SCHEMA,
	properties: {
		user: () => p.manyToOne(UserEntity).primary(),
		tenant: () => p.manyToOne(TenantEntity).primary(),
		roles: p.array().$type<Role[]>(),
		status: p.text().$type<UserStatus>(),
		createdAt: p.datetime(),
	},
});

/** One refresh token, known only by its SHA-256; all that follow from one sign-in are a `family`. */
export const RefreshTokenEntity = defineEntity({
	name: "RefreshToken",
	tableName: "refresh_token",
	schema: MANAGEMENT_SCHEMA,
	properties: {
		id: p.uuid().primary(),
		family: p.uuid(),
		user: () => p.manyToOne(UserEntity),
		tenant: () => p.manyToOne(TenantEntity).nullable(),
		hash: p.text().unique().hidden(),
		expiresAt: p.datetime(),
		usedAt: p.datetime().nullable(),
		revokedAt: p.datetime().nullable(),
		createdAt: p.datetime(),
	},
});

/** Which patient of which clinic an ABHA number or address belongs to; written with the Patient, in its transaction. */
export const PatientRegistryEntity = defineEntity({
	name: "PatientRegistry",
	tableName: "patient_registry",
	schema: MANAGEMENT_SCHEMA,
	indexes: [{ properties: ["kind", "value"] }],
	properties: {
		tenantId: p.uuid().primary(),
		patientId: p.text().primary(),
		kind: p.text().$type<"number" | "address">().primary(),
		value: p.text().primary(),
	},
});

export type TenantRow = InferEntity<typeof TenantEntity>;
export type UserRow = InferEntity<typeof UserEntity>;

export const managementEntities = [
	TenantEntity,
	UserEntity,
	MembershipEntity,
	RefreshTokenEntity,
	PatientRegistryEntity,
];
