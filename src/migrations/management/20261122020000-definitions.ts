import { Migration } from "@mikro-orm/migrations";

/** Packages of definitions (implementation guides) that were added for all clinics, or for one. */
export class Migration20261122020000_definitions extends Migration {
	override up(): void {
		this.addSql(`
			create table phc.definition_package (
				id uuid primary key,
				tenant_id uuid references phc.tenant (id) on delete cascade,
				name text not null,
				version text not null,
				added_at timestamptz not null default clock_timestamp(),
				constraint definition_package_unique unique nulls not distinct (tenant_id, name, version)
			)`);
		// json, not jsonb: it keeps numbers as they were written.
		this.addSql(`
			create table phc.definition (
				package_id uuid not null references phc.definition_package (id) on delete cascade,
				type text not null,
				url text not null,
				version text not null default '',
				content json not null,
				primary key (package_id, type, url, version)
			)`);
	}

	override down(): void {
		this.addSql("drop table phc.definition, phc.definition_package");
	}
}
