import { Migration } from "@mikro-orm/migrations";

const VERSION = `version integer NOT NULL, last_updated timestamptz(3) NOT NULL, method text NOT NULL`;
const LIVE = `id text COLLATE "C" NOT NULL, ${VERSION}, keys bigint[] NOT NULL,
	facts jsonb NOT NULL, narrative tsvector, content json NOT NULL`;

/** References are joined with ids, which have this collation: another one would keep indexes from serving. */
const REFERENCE = `text COLLATE "C"`;

const patient = `
	abha_number text, abha_address text, record_number text, full_name text, family_name text, given_name text,
	gender text, birth_date date, phone text, email text, address_line text, city text, district text, state text,
	postal_code text, active boolean, deceased boolean, general_practitioner ${REFERENCE}, managing_organization ${REFERENCE}`;
const observation = `
	status text, category text, code text, code_text text, value numeric, unit text, value_text text, systolic numeric,
	diastolic numeric, effective timestamptz,
	effective_until timestamptz, effective_long boolean, issued timestamptz, subject ${REFERENCE}, encounter ${REFERENCE}, recorder ${REFERENCE}, note text`;
const encounter = `
	status text, class text, type_text text, subject ${REFERENCE}, practitioner ${REFERENCE}, period_start timestamptz,
	period_end timestamptz, period_until timestamptz, period_long boolean, reason_code text, reason_text text, diagnosis ${REFERENCE}, service_provider ${REFERENCE}`;
const condition = `
	clinical_status text, verification_status text, category text, severity text, code_system text, code text,
	code_text text, subject ${REFERENCE}, encounter ${REFERENCE}, onset timestamptz, abatement timestamptz, recorded timestamptz,
	recorder ${REFERENCE}, note text`;
const medication = `
	status text, identifier text, code_system text, code text, code_text text, form text, manufacturer ${REFERENCE},
	lot_number text, expiration timestamptz`;
const medicationRequest = `
	status text, intent text, medication_code text, medication_text text, medication ${REFERENCE}, subject ${REFERENCE}, encounter ${REFERENCE},
	authored timestamptz, requester ${REFERENCE}, reason_text text, dosage_text text, quantity numeric, note text`;

const typed: readonly [table: string, columns: string, indexes: readonly string[]][] = [
	["patient", patient, ["abha_number", "family_name", "birth_date"]],
	[
		"observation",
		observation,
		["subject, effective DESC NULLS LAST, id", "effective DESC NULLS LAST, id", "encounter"],
	],
	["encounter", encounter, ["subject, period_start DESC NULLS LAST, id", "period_start DESC NULLS LAST, id"]],
	["condition", condition, ["subject, recorded", "code", "encounter"]],
	["medication", medication, ["code", "expiration"]],
	["medication_request", medicationRequest, ["subject, authored", "encounter"]],
];

/** Tables of live resources churn by whole rows, so statistics and dead rows are looked after early. */
const CARE = `WITH (autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05)`;

const gin = (table: string): string =>
	`CREATE INDEX ${table}_keys ON ${table} USING gin (keys) WITH (fastupdate = off)`;

const narrative = (table: string): string =>
	`CREATE INDEX ${table}_narrative ON ${table} USING gin (narrative) WHERE narrative IS NOT NULL`;

/** Spans that are open or longer than a day are few; searches by date look at them apart. */
const long = (table: string, start: string, isLong: string): string =>
	`CREATE INDEX ${table}_long ON ${table} (${start} DESC NULLS LAST, id) WHERE ${isLong}`;

/** The first tables of a clinic: six typed ones, one for all other types, and history. */
export class Initial extends Migration {
	override up(): void {
		const statements: string[] = [];
		for (const [table, columns, indexes] of typed) {
			statements.push(
				`CREATE TABLE ${table} (${LIVE}, ${columns}, PRIMARY KEY (id)) ${CARE}`,
				gin(table),
				narrative(table),
				`CREATE INDEX ${table}_last_updated ON ${table} (last_updated, id)`,
				...indexes.map((list, i) => `CREATE INDEX ${table}_${i + 1} ON ${table} (${list})`),
			);
		}
		statements.push(
			`CREATE TABLE resource (type text COLLATE "C" NOT NULL, ${LIVE}, PRIMARY KEY (type, id)) ${CARE}`,
			gin("resource"),
			narrative("resource"),
			long("observation", "effective", "effective_long"),
			long("encounter", "period_start", "period_long"),
			"CREATE INDEX resource_last_updated ON resource (type, last_updated, id)",
			`CREATE TABLE history (type text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, ${VERSION}, content json,
				PRIMARY KEY (type, id, version)) ${CARE}`,
			"CREATE INDEX history_last_updated ON history (last_updated, type, id)",
			"CREATE INDEX history_type_last_updated ON history (type, last_updated, id)",
		);
		this.addSql(statements.join(";\n"));
	}
}
