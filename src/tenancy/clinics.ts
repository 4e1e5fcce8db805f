import { Migrator } from "@mikro-orm/migrations";
import { type EntityManager, LockMode } from "@mikro-orm/postgresql";
import {
	changeValidation,
	newId,
	Problem,
	readValidation,
	type ValidationChange,
	type ValidationSettings,
} from "../kernel/index.ts";
import { type Database, isBehind, latest, whileLocked } from "./database.ts";
import { TenantEntity, type TenantRow, type TenantStatus } from "./entities.ts";
import { addPerson, checkNewPerson } from "./people.ts";
import { checkSlug, schemaOf } from "./slug.ts";

/** A clinic as administrators see it. `timeZone` is an IANA name, `hfrId` its number in India's Health Facility Registry. */
export type Clinic = {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
	readonly hfrId?: string;
	readonly status: TenantStatus;
	readonly timeZone: string;
	readonly validation: ValidationSettings;
	readonly createdAt: string;
};

export type NewClinic = {
	readonly slug: string;
	readonly name: string;
	readonly hfrId?: string;
	readonly timeZone?: string;
	readonly adminEmail?: string;
	readonly adminPassword?: string;
};

const DEFAULT_TIME_ZONE = "Asia/Kolkata";

/**
 * Makes a clinic: row *provisioning* → schema → migrations → first ADMIN → *active*. Called again after a failure it
 * goes on where it stopped.
 * @throws Problem `value` for a fault in the input, `duplicate` when the slug is taken, `conflict` while another call makes it.
 */
export async function provision(database: Database, input: NewClinic): Promise<Clinic> {
	checkInput(input);
	return withLock(database, input.slug, async () => {
		const em = database.management.em.fork();
		const row = await claimRow(em, input);
		await migrateSchema(database, row.slug);
		row.migratedTo = latest(database);
		if (input.adminEmail !== undefined && input.adminPassword !== undefined) {
			const admin = {
				email: input.adminEmail,
				password: input.adminPassword,
				name: input.adminEmail,
				roles: ["ADMIN"],
			};
			await addPerson(database, row.slug, admin).catch((error: unknown) => {
				if (!(error instanceof Problem && error.kind === "duplicate")) throw error;
			});
		}
		row.status = "active";
		await em.flush();
		return toClinic(row);
	});
}

function checkInput(input: NewClinic): void {
	checkSlug(input.slug);
	if (input.name.trim() === "") throw new Problem("value", { text: "name must not be empty.", expression: "name" });
	checkTimeZone(input.timeZone ?? DEFAULT_TIME_ZONE);
	if ((input.adminEmail === undefined) !== (input.adminPassword === undefined)) {
		const expression = input.adminEmail === undefined ? "adminEmail" : "adminPassword";
		throw new Problem("required", { text: "adminEmail and adminPassword go together: give both.", expression });
	}
	if (input.adminEmail !== undefined && input.adminPassword !== undefined) {
		checkNewPerson(input.adminEmail, input.adminPassword, ["adminEmail", "adminPassword"]);
	}
}

function checkTimeZone(timeZone: string): void {
	try {
		new Intl.DateTimeFormat("en", { timeZone });
	} catch {
		throw new Problem("value", { text: 'timeZone must be an IANA name, as "Asia/Kolkata".', expression: "timeZone" });
	}
}

async function claimRow(em: EntityManager, input: NewClinic): Promise<TenantRow> {
	const settings = { timeZone: input.timeZone ?? DEFAULT_TIME_ZONE };
	const described = { name: input.name.trim(), hfrId: input.hfrId ?? null, settings };
	const found = await em.findOne(TenantEntity, { slug: input.slug });
	if (found === null) {
		const fresh = {
			id: newId(),
			slug: input.slug,
			status: "provisioning" as const,
			createdAt: new Date(),
			...described,
		};
		const row = em.create(TenantEntity, fresh);
		await em.flush();
		return row;
	}
	if (found.status !== "provisioning") {
		const mend = found.status === "dropped" ? "it is being dropped: finish that first" : "choose another";
		throw new Problem("duplicate", { text: `slug "${input.slug}" is taken: ${mend}.`, expression: "slug" });
	}
	em.assign(found, described);
	return found;
}

/** Every clinic, oldest first. */
export async function listClinics(database: Database): Promise<Clinic[]> {
	const rows = await database.management.em
		.fork()
		.find(TenantEntity, {}, { orderBy: { createdAt: "asc", slug: "asc" } });
	return rows.map(toClinic);
}

/** @throws Problem `not-found`. */
export async function getClinic(database: Database, slug: string): Promise<Clinic> {
	return toClinic(await findRow(database.management.em.fork(), slug));
}

/**
 * Suspends or reactivates a clinic.
 * @throws Problem `not-found`, or `conflict` while it is being made or dropped.
 */
export async function setClinicStatus(
	database: Database,
	slug: string,
	status: "active" | "suspended",
): Promise<Clinic> {
	const em = database.management.em.fork();
	const row = await findRow(em, slug);
	requireReady(row);
	row.status = status;
	await em.flush();
	return toClinic(row);
}

/** @throws Problem `conflict` for a clinic that is being made or dropped: its tables may not be there. */
export function requireReady({ slug, status }: { readonly slug: string; readonly status: TenantStatus }): void {
	if (status === "active" || status === "suspended") return;
	throw new Problem("conflict", `The clinic "${slug}" is ${status}: it can be changed when it is ready.`);
}

/** Changes what a clinic asks of resources. @throws Problem `not-found`, or `conflict` while it is being made or dropped. */
export async function setClinicValidation(database: Database, slug: string, change: ValidationChange): Promise<Clinic> {
	return database.management.em.fork().transactional(async (em) => {
		const row = await findRow(em, slug, LockMode.PESSIMISTIC_WRITE);
		requireReady(row);
		const validation = changeValidation(readValidation(row.settings.validation), change);
		row.settings = { ...row.settings, validation };
		return toClinic(row);
	});
}

/** Deletes a clinic with all its data. Called again after a failure it goes on where it stopped. @throws Problem `not-found`. */
export async function dropClinic(database: Database, slug: string): Promise<void> {
	await withLock(database, slug, async () => {
		const em = database.management.em.fork();
		const row = await findRow(em, slug);
		row.status = "dropped";
		await em.flush();
		await database.tenants.em.fork().execute(`drop schema if exists "${schemaOf(slug)}" cascade`);
		await em.transactional(async (inner) => {
			await inner.execute("delete from phc.patient_registry where tenant_id = ?", [row.id]);
			await inner.execute("delete from phc.tenant where id = ?", [row.id]);
		});
	});
}

/** How many clinics wait for a migration. @throws when the database does not answer or is not migrated. */
export async function countBehind(database: Database): Promise<number> {
	const { rows } = await database.pool().query<{ migrated_to: string | null; clinics: number }>(
		`select migrated_to, count(*)::int as clinics from phc.tenant
		where status in ('active', 'suspended') group by migrated_to`,
	);
	return rows.filter((row) => isBehind(database, row.migrated_to)).reduce((sum, { clinics }) => sum + clinics, 0);
}

/** What became of one clinic: how many migrations were run, or why they failed. */
export type Migrated = { readonly slug: string; readonly applied: number; readonly error?: Error };

/**
 * Brings every clinic's schema up to date, one at a time. A clinic that fails is reported and left as it was, the
 * others go on; called again it takes up only those that are behind.
 */
export async function migrateClinics(database: Database, onProgress: (done: Migrated) => void): Promise<Migrated[]> {
	const to = latest(database);
	const rows = await database.management.em
		.fork()
		.find(TenantEntity, { status: { $in: ["active", "suspended"] } }, { orderBy: { createdAt: "asc" } });
	const report: Migrated[] = [];
	for (const row of rows.filter(({ migratedTo }) => isBehind(database, migratedTo))) {
		const done = await migrateClinic(database, row.slug, to).catch((error: Error) => ({
			slug: row.slug,
			applied: 0,
			error,
		}));
		report.push(done);
		onProgress(done);
	}
	return report;
}

function migrateClinic(database: Database, slug: string, to: string | null): Promise<Migrated> {
	const work = async (): Promise<Migrated> => {
		const applied = await migrateSchema(database, slug);
		const em = database.management.em.fork();
		await em.nativeUpdate(TenantEntity, { slug }, { migratedTo: to });
		return { slug, applied };
	};
	return withLock(database, slug, work, { wait: true });
}

/** A migrator keeps the schema it works on in itself, so each clinic gets its own: 30 ms a clinic, however many there are. */
async function migrateSchema(database: Database, slug: string): Promise<number> {
	const em = database.tenants.em.fork();
	await em.execute(`create schema if not exists "${schemaOf(slug)}"`);
	return (await new Migrator(em).up({ schema: schemaOf(slug) })).length;
}

const queues = new WeakMap<Database, Promise<unknown>>();

/**
 * Runs `work` while nobody else makes, migrates or drops this clinic. Calls of one process queue up, since each holds a
 * management connection; one that meets another process waits or is refused.
 */
function withLock<T>(
	database: Database,
	slug: string,
	work: () => Promise<T>,
	options: { wait?: boolean } = {},
): Promise<T> {
	const alone = (held: boolean): Promise<T> => {
		if (!held) throw new Problem("conflict", `Another process works on the clinic "${slug}": try again soon.`);
		return work();
	};
	const turn = (queues.get(database) ?? Promise.resolve()).then(() =>
		whileLocked(database.management, `clinic ${slug}`, alone, options),
	);
	queues.set(
		database,
		turn.catch(() => undefined),
	);
	return turn;
}

async function findRow(em: EntityManager, slug: string, lockMode?: LockMode): Promise<TenantRow> {
	const row = await em.findOne(TenantEntity, { slug }, { ...(lockMode && { lockMode }) });
	if (row === null) throw new Problem("not-found", `There is no clinic "${slug}".`);
	return row;
}

const toClinic = (row: TenantRow): Clinic => ({
	id: row.id,
	slug: row.slug,
	name: row.name,
	...(row.hfrId ? { hfrId: row.hfrId } : {}),
	status: row.status,
	timeZone: row.settings.timeZone,
	validation: readValidation(row.settings.validation),
	createdAt: row.createdAt.toISOString(),
});
