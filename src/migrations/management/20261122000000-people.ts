import { Migration } from "@mikro-orm/migrations";

/** Clinics, people, what they may do, their sign-ins, and where a patient's ABHA is registered. */
export class Migration20261122000000_people extends Migration {
	override up(): void {
		this.addSql(`
			create table phc.tenant (
				id uuid primary key,
				slug text not null constraint tenant_slug_unique unique,
				name text not null,
				hfr_id text,
				migrated_to text,
				status text not null check (status in ('provisioning', 'active', 'suspended', 'dropped')),
				settings jsonb not null,
				created_at timestamptz not null default now()
			)`);
		this.addSql(`
			create table phc."user" (
				id uuid primary key,
				email text not null constraint user_email_unique unique check (email = lower(email)),
				name text not null,
				password_hash text not null,
				status text not null check (status in ('active', 'disabled')),
				platform_roles text[] not null default '{}',
				created_at timestamptz not null default now()
			)`);
		this.addSql(`
			create table phc.membership (
				user_id uuid not null references phc."user" (id) on delete cascade,
				tenant_id uuid not null references phc.tenant (id) on delete cascade,
				roles text[] not null,
				status text not null check (status in ('active', 'disabled')),
				created_at timestamptz not null default now(),
				primary key (user_id, tenant_id)
			)`);
		this.addSql("create index membership_tenant_id_index on phc.membership (tenant_id)");
		this.addSql(`
			create table phc.refresh_token (
				id uuid primary key,
				family uuid not null,
				user_id uuid not null references phc."user" (id) on delete cascade,
				tenant_id uuid references phc.tenant (id) on delete cascade,
				hash text not null constraint refresh_token_hash_unique unique,
				expires_at timestamptz not null,
				used_at timestamptz,
				revoked_at timestamptz,
				created_at timestamptz not null default now()
			)`);
		this.addSql("create index refresh_token_family_index on phc.refresh_token (family)");
		this.addSql("create index refresh_token_user_id_index on phc.refresh_token (user_id)");
		this.addSql("create index refresh_token_tenant_id_index on phc.refresh_token (tenant_id)");
		this.addSql(`
			create table phc.patient_registry (
				tenant_id uuid not null,
				patient_id text not null,
				kind text not null check (kind in ('number', 'address')),
				value text not null,
				primary key (tenant_id, patient_id, kind, value)
			)`);
		this.addSql("create index patient_registry_kind_value_index on phc.patient_registry (kind, value)");
	}

	override down(): void {
		this.addSql('drop table phc.patient_registry, phc.refresh_token, phc.membership, phc."user", phc.tenant');
	}
}
