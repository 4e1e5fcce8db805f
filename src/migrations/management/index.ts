import { Migration20261122000000_people } from "./20261122000000-people.ts";
import { Migration20261122010000_jobs } from "./20261122010000-jobs.ts";
import { Migration20261122020000_definitions } from "./20261122020000-definitions.ts";
import { Migration20261122030000_terminology } from "./20261122030000-terminology.ts";

/** Every migration of the management schema, oldest first. The names are kept in the database: never rename one. */
export const managementMigrations = [
	{ name: "20261122000000-people", class: Migration20261122000000_people },
	{ name: "20261122010000-jobs", class: Migration20261122010000_jobs },
	{ name: "20261122020000-definitions", class: Migration20261122020000_definitions },
	{ name: "20261122030000-terminology", class: Migration20261122030000_terminology },
];
