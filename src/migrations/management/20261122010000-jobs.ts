import { Migration } from "@mikro-orm/migrations";

/** Work that outlives a request, and which search parameters of a clinic are indexed. */
export class Migration20261122010000_jobs extends Migration {
	override up(): void {
		this.addSql(`
			create table phc.job (
				id uuid primary key,
				tenant_id uuid not null references phc.tenant (id) on delete cascade,
				name text not null,
				input jsonb not null,
				state jsonb,
				status text not null check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
				done bigint not null default 0,
				total bigint,
				attempts integer not null default 0,
				fault text,
				runner text,
				lease_until timestamptz,
				created_at timestamptz not null default clock_timestamp(),
				finished_at timestamptz
			)`);
		this.addSql("create index job_open_index on phc.job (created_at) where status in ('queued', 'running')");
		this.addSql("create index job_tenant_id_index on phc.job (tenant_id)");
		this.addSql(`
			create table phc.search_parameter (
				tenant_id uuid not null references phc.tenant (id) on delete cascade,
				id text collate "C" not null,
				fingerprint text not null,
				job_id uuid references phc.job (id) on delete set null,
				ready boolean not null default false,
				primary key (tenant_id, id)
			)`);
		this.addSql("create index search_parameter_job_id_index on phc.search_parameter (job_id)");
	}

	override down(): void {
		this.addSql("drop table phc.search_parameter, phc.job");
	}
}
