import { defineConfig } from "@mikro-orm/postgresql";
import { readConfig } from "./src/config.ts";
import { tenantMigrations } from "./src/migrations/tenant/index.ts";
import { tenantEntities } from "./src/store/index.ts";
import { managementOptions, tenantOptions } from "./src/tenancy/index.ts";

/**
 * The two contexts for the ORM's own command line: `npm run orm -- migration:pending --contextName management`. It works
 * on `DATABASE_URL`; migrations of clinics run by `phc tenant migrate`, which knows their schemas.
 */
const { databaseUrl, poolSize } = readConfig();
if (databaseUrl === undefined)
	throw new Error("Set DATABASE_URL to the database that the ORM's command line should use.");
const options = { url: databaseUrl, poolSize, tenantEntities, tenantMigrations };

export default [managementOptions(options), tenantOptions(options)].map((context) => defineConfig(context));
