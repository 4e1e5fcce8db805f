import { hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import Fastify, { type FastifyInstance } from "fastify";
import type { DestinationStream } from "pino";
import { type Auth, createAuth, type KeyRing, openKeyRing } from "./auth/index.ts";
import type { Config } from "./config.ts";
import { loadDefinitions, loadRegistry, packagedDefinitions } from "./definitions/index.ts";
import { admin, auth, fhir, serverOptions, shell, tokenCodec, trailOf } from "./http/index.ts";
import {
	checkRequiredProfiles,
	codeCheckOf,
	createDispatch,
	type Dispatch,
	type Engine,
	interactions,
	restrictionOf,
} from "./interactions/index.ts";
import { createRunner, jobKinds } from "./jobs/index.ts";
import { tenantMigrations } from "./migrations/tenant/index.ts";
import { operationRoutes } from "./operations/index.ts";
import { createStore, tenantEntities } from "./store/index.ts";
import { createTenancy, createTerminologyStore, type Database, openDatabase, type Tenancy } from "./tenancy/index.ts";
import { loadTerminology } from "./terminology/index.ts";
import { createValidator } from "./validation/index.ts";

/** The whole server without a port: what tests inject requests into and `server.ts` listens with. */
export type App = {
	readonly http: FastifyInstance;
	readonly tenancy: Tenancy;
	readonly auth: Auth;
	readonly dispatch: Dispatch;
	readonly database: Database;
	/** Answers what is under way, then lets go of the database. */
	close(): Promise<void>;
};

export type AppOptions = {
	/** The PostgreSQL to use, embedded or not. */
	readonly databaseUrl: string;
	/** Where log lines go; standard output by default. */
	readonly logStream?: DestinationStream;
	/** The metrics of all processes that serve together; by default those of this one. */
	readonly metricsOfAll?: () => Promise<string>;
};

const SOFTWARE_NAME = "PHC Commons FHIR";

/** Puts the rooms together. Nothing else imports them all. */
export async function createApp(config: Config, { databaseUrl, logStream, metricsOfAll }: AppOptions): Promise<App> {
	const database = await openDatabase({
		url: databaseUrl,
		poolSize: config.poolSize,
		tenantEntities,
		tenantMigrations,
	});
	const tenancy = createTenancy(database);
	const keys = openKeyRing(config.dataDir, config.jwtPrivateKey);
	const engine = createEngine(config, database, tenancy, linkKeyOf(keys));
	const dispatch = createDispatch(engine, [...interactions, ...operationRoutes]);
	let draining = false;
	const http = Fastify(
		serverOptions({ logLevel: config.logLevel, bodyLimit: config.maxResourceBytes, describe: trailOf, logStream }),
	);
	const issuer = config.publicUrl ?? `http://${config.host}:${config.port}`;
	const signIn = createAuth({ tenancy, keys, codec: await tokenCodec(http, keys), issuer });
	await http.register(shell, {
		version: engine.software.version,
		publicUrl: config.publicUrl,
		describe: trailOf,
		ready: tenancy.ready,
		isDraining: () => draining,
		metricsOfAll,
	});
	await http.register(auth, { auth: signIn });
	await http.register(admin, {
		auth: signIn,
		tenancy,
		checkProfiles: async (slug, required) => checkRequiredProfiles(engine, await tenancy.readyTenant(slug), required),
	});
	await http.register(fhir, {
		dispatch,
		authenticate: signIn.authenticate,
		resolve: tenancy.resolve,
		publicUrl: config.publicUrl,
		maxBundleBytes: config.maxBundleBytes,
		maxResourceBytes: config.maxResourceBytes,
	});
	const runner = createRunner({
		engine,
		kinds: jobKinds,
		resolve: tenancy.resolve,
		onFault: (err, { id, name }) => http.log.error({ err, job: id, kind: name }, "job failed"),
	});
	runner.start();
	const close = async (): Promise<void> => {
		draining = true;
		await http.close();
		await runner.stop();
		await database.close();
	};
	return { http, tenancy, auth: signIn, dispatch, database, close };
}

function createEngine(config: Config, database: Database, tenancy: Tenancy, linkKey: Buffer): Engine {
	const registry = loadRegistry();
	const definitions = loadDefinitions();
	const terminology = loadTerminology({ definitions, large: createTerminologyStore(database) });
	return {
		registry,
		store: createStore(database, registry),
		validate: createValidator(registry, definitions),
		definitions,
		packagesOf: packagedDefinitions(definitions, tenancy.definitionsFor),
		terminology,
		codes: codeCheckOf(terminology),
		restrictionOf,
		linkKey,
		limits: { bundleEntries: config.maxBundleEntries, resourceBytes: config.maxResourceBytes },
		software: { name: SOFTWARE_NAME, ...release() },
	};
}

/** Every process of a deployment has the signing key, so every one can open the links of the others. */
const linkKeyOf = (keys: KeyRing): Buffer =>
	Buffer.from(hkdfSync("sha256", keys.signing().privatePem, "", "search page links", 32));

/** Version from package.json, which lies one folder above both the sources and the built files. */
function release(): { version: string; released: string } {
	const { version, released } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
	return { version, released };
}
