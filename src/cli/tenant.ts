import { parseArgs } from "node:util";
import type { Clinic, Migrated } from "../tenancy/index.ts";
import { type Command, type Io, UsageFault } from "./command.ts";
import { onlyName, readPassword, withTenancy } from "./management.ts";
import { readValidationChange, setValidation } from "./tenant-validation.ts";

export const tenant: Command = {
	name: "tenant",
	summary: "make, list, configure, migrate, suspend, activate or drop clinics",
	usage: `phc tenant create SLUG --name NAME [options]
phc tenant list
phc tenant set SLUG [--validation-mode MODE] [--require-profile TYPE=URL] [--check-references]
phc tenant migrate
phc tenant suspend SLUG
phc tenant activate SLUG
phc tenant drop SLUG --confirm SLUG

Works on the configured database (DATABASE_URL, else the embedded one under DATA_DIR), beside a running server or
without one. "create" goes on where a failed one stopped; "migrate" brings every clinic up to date, one at a time, and
exits with 1 when one failed. "drop" deletes the clinic with all its data, for good.

  --name NAME                     the clinic's name
  --hfr-id ID                     its number in the Health Facility Registry
  --time-zone ZONE                an IANA name (Asia/Kolkata)
  --admin-email ADDRESS           its first ADMIN, with
  --admin-password-file FILE      a file that holds the password
  --validation-mode MODE          faults against profiles: off, warn or enforce
  --require-profile TYPE=URL      each resource of the type must conform; "TYPE=" for none; may be given again
  --[no-]check-references         whether references must name what the clinic has
  --confirm SLUG                  the slug once more, to drop it`,
	run,
};

const OPTIONS = {
	name: { type: "string" },
	"hfr-id": { type: "string" },
	"time-zone": { type: "string" },
	"admin-email": { type: "string" },
	"admin-password-file": { type: "string" },
	"validation-mode": { type: "string" },
	"require-profile": { type: "string", multiple: true },
	"check-references": { type: "boolean" },
	confirm: { type: "string" },
} as const;

type Value<Option> = Option extends { type: "boolean" }
	? boolean
	: Option extends { multiple: true }
		? string[]
		: string;
type Values = { readonly [name in keyof typeof OPTIONS]?: Value<(typeof OPTIONS)[name]> | undefined };
type Action = (names: readonly string[], values: Values, io: Io) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = { create, list, set, migrate, suspend, activate, drop };

async function run(args: readonly string[], io: Io): Promise<number> {
	const { values, positionals } = parseArgs({
		args: [...args],
		options: OPTIONS,
		allowPositionals: true,
		allowNegative: true,
	});
	const [word = "", ...names] = positionals;
	const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
	if (action === undefined) throw new UsageFault(`Say what to do: ${Object.keys(ACTIONS).join(", ")}`);
	return action(names, values, io);
}

async function create(names: readonly string[], values: Values, io: Io): Promise<number> {
	const slug = onlyName(names, "clinic, by its slug");
	if (values.name === undefined) throw new UsageFault("The clinic's name is missing: give --name");
	const file = values["admin-password-file"];
	if ((file === undefined) !== (values["admin-email"] === undefined))
		throw new UsageFault("--admin-email and --admin-password-file go together: give both, or use phc user add later");
	const input = {
		slug,
		name: values.name,
		hfrId: values["hfr-id"],
		timeZone: values["time-zone"],
		adminEmail: values["admin-email"],
		adminPassword: file === undefined ? undefined : readPassword(file),
	};
	const clinic = await withTenancy((tenancy) => tenancy.provision(input));
	io.out(`${clinic.slug} is ready (${clinic.id})`);
	return 0;
}

async function list(_names: readonly string[], _values: Values, io: Io): Promise<number> {
	for (const clinic of await withTenancy((tenancy) => tenancy.list())) io.out(lineOf(clinic));
	return 0;
}

const lineOf = ({ slug, status, name, createdAt }: Clinic): string =>
	[slug, status, createdAt.slice(0, 10), name].join("\t");

async function set(names: readonly string[], values: Values, io: Io): Promise<number> {
	const slug = onlyName(names, "clinic, by its slug");
	const change = readValidationChange(values);
	const { validation } = await withTenancy((tenancy, _config, database) =>
		setValidation(database, tenancy, slug, change),
	);
	const required = Object.entries(validation.requiredProfiles).flatMap(([type, list]) =>
		list.map((canonical) => `\n  ${type} must conform to ${canonical}`),
	);
	const references = validation.references ? "checked" : "not checked";
	io.out(`${slug}: faults against profiles: ${validation.mode}; references: ${references}${required.join("")}`);
	io.out("A running server follows within 10 seconds");
	return 0;
}

async function migrate(_names: readonly string[], _values: Values, io: Io): Promise<number> {
	const report = await withTenancy((tenancy) => tenancy.migrateAll((done) => tell(done, io)));
	const failed = report.filter(({ error }) => error !== undefined).length;
	io.out(`${report.length - failed} migrated, ${failed} failed; every other clinic was up to date`);
	return failed === 0 ? 0 : 1;
}

function tell({ slug, applied, error }: Migrated, io: Io): void {
	if (error === undefined) io.out(`${slug}: ${applied} migrations`);
	else io.err(`${slug}: failed: ${error.message}`);
}

async function suspend(names: readonly string[], _values: Values, io: Io): Promise<number> {
	const slug = onlyName(names, "clinic, by its slug");
	await withTenancy((tenancy) => tenancy.suspend(slug));
	io.out(`${slug} is suspended; a running server refuses its tokens within 20 seconds`);
	return 0;
}

async function activate(names: readonly string[], _values: Values, io: Io): Promise<number> {
	const slug = onlyName(names, "clinic, by its slug");
	await withTenancy((tenancy) => tenancy.activate(slug));
	io.out(`${slug} is active`);
	return 0;
}

async function drop(names: readonly string[], values: Values, io: Io): Promise<number> {
	const slug = onlyName(names, "clinic, by its slug");
	if (values.confirm !== slug) {
		throw new UsageFault(`This deletes "${slug}" with all its data: say so by --confirm ${slug}`);
	}
	await withTenancy((tenancy) => tenancy.drop(slug));
	io.out(`${slug} is dropped`);
	return 0;
}
