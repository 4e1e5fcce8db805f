import { Migration } from "@mikro-orm/migrations";

/**
 * The large code systems of the installation, one row a version. The concepts of row N and the words of their displays
 * are in `phc.terminology_concept_N` and `phc.terminology_term_N`, which the load makes in the transaction of the row.
 */
export class Migration20261122030000_terminology extends Migration {
	override up(): void {
		this.addSql("create sequence phc.terminology_number as integer");
		this.addSql(`
			create table phc.terminology_system (
				id integer primary key,
				url text not null,
				version text not null,
				name text not null,
				case_sensitive boolean not null,
				hierarchy boolean not null,
				concepts integer not null,
				properties text[] not null,
				loaded_at timestamptz not null default now(),
				constraint terminology_system_url_version_unique unique (url, version)
			)`);
	}

	override down(): void {
		this.addSql(`
			do $$ declare n integer; begin
				for n in select id from phc.terminology_system loop
					execute format('drop table phc.terminology_concept_%s, phc.terminology_term_%s', n, n);
				end loop;
			end $$`);
		this.addSql("drop table phc.terminology_system");
		this.addSql("drop sequence phc.terminology_number");
	}
}
