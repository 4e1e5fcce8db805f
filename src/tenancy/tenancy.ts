import { Problem, type Tenant, type ValidationChange } from "../kernel/index.ts";
import {
	type Clinic,
	countBehind,
	dropClinic,
	getClinic,
	listClinics,
	type Migrated,
	migrateClinics,
	type NewClinic,
	provision,
	requireReady,
	setClinicStatus,
	setClinicValidation,
} from "./clinics.ts";
import type { Database } from "./database.ts";
import { addPackage, type KeptPackage, listPackages, type NewPackage, removePackage } from "./definitions.ts";
import { createInForce, type DefinitionsInForce } from "./definitions-in-force.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { addPerson, changePerson, listPeople, type NewPerson, type Person, type PersonChange } from "./people.ts";
import { ensurePlatformAdmin, type FirstAdmin } from "./platform-admin.ts";
import {
	checkCredentials,
	endFamily,
	findIdentity,
	type Identity,
	type Rotation,
	rotate,
	startFamily,
} from "./sign-in.ts";

/** Clinics, people, and packages of definitions. A `slug` that may be left out means the platform, or all clinics. What a change means is seen at once in this process. */
export type Tenancy = Omit<Directory, "forget"> & {
	/** How many clinics wait for a migration. @throws when the database does not answer or is not migrated. */
	ready(): Promise<{ readonly behind: number }>;
	provision(input: NewClinic): Promise<Clinic>;
	list(): Promise<Clinic[]>;
	get(slug: string): Promise<Clinic>;
	/** The clinic as requests see it. @throws Problem `not-found`, or `conflict` while it is being made or dropped. */
	readyTenant(slug: string): Promise<Tenant>;
	suspend(slug: string): Promise<Clinic>;
	activate(slug: string): Promise<Clinic>;
	/** Changes what the clinic asks of resources. Canonicals are taken as they are: check them first. */
	setValidation(slug: string, change: ValidationChange): Promise<Clinic>;
	drop(slug: string): Promise<void>;
	migrateAll(onProgress?: (done: Migrated) => void): Promise<Migrated[]>;
	addPerson(slug: string | undefined, input: NewPerson): Promise<Person>;
	listPeople(slug?: string): Promise<Person[]>;
	changePerson(slug: string | undefined, id: string, change: PersonChange): Promise<Person>;
	ensurePlatformAdmin(given: {
		readonly adminEmail: string | undefined;
		readonly adminPassword: string | undefined;
	}): Promise<FirstAdmin | undefined>;
	checkCredentials(credentials: { email: string; password: string; tenant?: string }): Promise<Identity | undefined>;
	findIdentity(email: string, slug?: string): Promise<Identity | undefined>;
	startFamily(who: { userId: string; tenantId?: string }): Promise<string>;
	rotate(refreshToken: string): Promise<Rotation>;
	endFamily(refreshToken: string): Promise<void>;
	/** The definitions that packages give a clinic, or without `tenantId` all; the same object while nothing changed. */
	definitionsFor(tenantId: string | undefined): Promise<DefinitionsInForce>;
	addPackage(slug: string | undefined, input: NewPackage): Promise<{ readonly replaced: boolean }>;
	listPackages(): Promise<KeptPackage[]>;
	removePackage(slug: string | undefined, name: string, version?: string): Promise<number>;
};

export function createTenancy(database: Database): Tenancy {
	const { forget, ...directory } = createDirectory(database);
	const inForce = createInForce(database);
	const changing = <T>(work: Promise<T>): Promise<T> => work.finally(forget);
	return {
		...directory,
		ready: async () => ({ behind: await countBehind(database) }),
		provision: (input) => changing(provision(database, input)),
		list: () => listClinics(database),
		get: (slug) => getClinic(database, slug),
		readyTenant: async (slug) => {
			const clinic = await directory.resolve(slug);
			if (!clinic) throw new Problem("not-found", `There is no clinic "${slug}".`);
			requireReady({ slug, status: clinic.status });
			return clinic.tenant;
		},
		suspend: (slug) => changing(setClinicStatus(database, slug, "suspended")),
		activate: (slug) => changing(setClinicStatus(database, slug, "active")),
		setValidation: (slug, change) => changing(setClinicValidation(database, slug, change)),
		drop: (slug) => changing(dropClinic(database, slug)),
		migrateAll: (onProgress = () => undefined) => changing(migrateClinics(database, onProgress)),
		addPerson: (slug, input) => changing(addPerson(database, slug, input)),
		listPeople: (slug) => listPeople(database, slug),
		changePerson: (slug, id, change) => changing(changePerson(database, slug, id, change)),
		ensurePlatformAdmin: (given) => ensurePlatformAdmin(database, given),
		checkCredentials: (credentials) => checkCredentials(database, credentials),
		findIdentity: (email, slug) => findIdentity(database, email, slug),
		startFamily: (who) => startFamily(database, who),
		rotate: (refreshToken) => rotate(database, refreshToken),
		endFamily: (refreshToken) => endFamily(database, refreshToken),
		definitionsFor: inForce.definitionsFor,
		addPackage: (slug, input) => addPackage(database, slug, input).finally(inForce.forget),
		listPackages: () => listPackages(database),
		removePackage: (slug, name, version) => removePackage(database, slug, name, version).finally(inForce.forget),
	};
}
