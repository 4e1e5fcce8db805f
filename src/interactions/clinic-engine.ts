import { LRUCache } from "lru-cache";
import type { Definitions } from "../definitions/index.ts";
import type { Context, Tenant } from "../kernel/index.ts";
import { clinicRegistry } from "../search/index.ts";
import type { ClinicDefinition, ClinicParameter } from "../store/index.ts";
import { clinicDefinitions } from "./clinic-definitions.ts";
import { DEFINITIONS } from "./conformance.ts";
import type { Engine } from "./engine.ts";

/** Milliseconds after which what a clinic defines is looked up again, as another process may have changed it. */
export const FRESH_MS = 5_000;
/** The same while something is being indexed, so that progress is seen. */
const INDEXING_MS = 1_000;

/** Most clinics whose definitions are kept, and most characters of all of them together. */
const CLINICS_KEPT = 10_000;
const SIZE_KEPT = 128 * 1024 * 1024;

type Clinic = {
	/** The engine with what the clinic defines itself; the common one where it defines nothing. */
	readonly engine: Engine;
	readonly parameters: readonly ClinicParameter[];
	readonly definitions: readonly ClinicDefinition[];
	/** What stands beside the common definitions for this clinic, as it was given. */
	readonly packages: Definitions | undefined;
	/** Parameters whose index is not complete, by id; told anew at each look. */
	readonly indexing: Map<string, { status: "open" | "stopped"; done: number; total: number | undefined }>;
	readonly signature: string;
	readonly at: number;
};

type Looked = Pick<Clinic, "parameters" | "definitions" | "packages" | "at">;
type Clinics = { readonly known: LRUCache<string, Clinic>; readonly asking: Map<string, Promise<Clinic>> };
type Where = Pick<Context, "tenant" | "base">;

const clinics = new WeakMap<Engine, Clinics>();
/** The common engine that a clinic's own was made of. */
const commons = new WeakMap<Engine, Engine>();

const commonOf = (engine: Engine): Engine => commons.get(engine) ?? engine;

/** The engine of the same clinic with other definitions, for looking at something before it is in force. */
export function engineWith(engine: Engine, definitions: Definitions): Engine {
	const other = { ...engine, definitions };
	commons.set(other, commonOf(engine));
	return other;
}

/** One that alone is larger than all may be is kept alone: to look it up for every request would be worse. */
const sizeOf = ({ definitions }: Clinic): number =>
	Math.min(
		SIZE_KEPT,
		definitions.reduce((sum, { size }) => sum + size, 1),
	);

function clinicsOf(engine: Engine): Clinics {
	const common = commonOf(engine);
	let all = clinics.get(common);
	if (!all) {
		const known = new LRUCache<string, Clinic>({ max: CLINICS_KEPT, maxSize: SIZE_KEPT, sizeCalculation: sizeOf });
		all = { known, asking: new Map() };
		clinics.set(common, all);
	}
	return all;
}

/** The engine of a clinic, if it was looked at within the last seconds. The first step of every request: one lookup. */
export function knownEngine(engine: Engine, { id }: Tenant): Engine | undefined {
	if (id === "") return engine;
	const clinic = clinicsOf(engine).known.get(id);
	if (!clinic) return undefined;
	return Date.now() - clinic.at < (clinic.indexing.size > 0 ? INDEXING_MS : FRESH_MS) ? clinic.engine : undefined;
}

/** The engine of a clinic, looked up where it is not known. */
export async function clinicEngine(engine: Engine, where: Where): Promise<Engine> {
	return knownEngine(engine, where.tenant) ?? (await look(engine, where)).engine;
}

/** The clinic's own search parameters, as they are now. */
export const parametersOf = async (engine: Engine, where: Where): Promise<readonly ClinicParameter[]> =>
	(await look(engine, where)).parameters;

/** The clinic's own definitions, as they were at the last look. */
export const definedBy = (engine: Engine, { id }: Tenant): readonly ClinicDefinition[] =>
	clinicsOf(engine).known.peek(id)?.definitions ?? [];

/**
 * Looks a clinic up at once, because something has changed; whoever asks from now on gets what is true now. When the
 * database is away, the next request does it.
 */
export async function relearn(engine: Engine, where: Where): Promise<void> {
	const { known, asking } = clinicsOf(engine);
	const { id } = where.tenant;
	const last = known.peek(id);
	// What it defined goes on to be the measure of what has changed.
	if (last) known.set(id, { ...last, at: Number.NEGATIVE_INFINITY });
	asking.delete(id);
	await look(engine, where).catch(() => undefined);
}

/** Requests that come at the same time share one look. */
function look(engine: Engine, where: Where): Promise<Clinic> {
	const { known, asking } = clinicsOf(engine);
	const { id } = where.tenant;
	const under = asking.get(id);
	if (under) return under;
	const earlier = known.peek(id);
	const found = ask(commonOf(engine), where, earlier).then((looked) => {
		const clinic = merged(commonOf(engine), earlier, looked);
		if (asking.get(id) === found) known.set(id, clinic);
		return clinic;
	});
	asking.set(id, found);
	const end = (): void => {
		if (asking.get(id) === found) asking.delete(id);
	};
	found.then(end, end);
	return found;
}

async function ask(engine: Engine, { tenant, base }: Where, last: Clinic | undefined): Promise<Looked> {
	const at = Date.now();
	const [parameters, definitions, packages] = await Promise.all([
		engine.store.searchParameters(tenant, base),
		engine.store.definitions(tenant, DEFINITIONS, last?.definitions ?? []),
		engine.packagesOf(tenant.id),
	]);
	return { parameters, definitions, packages, at };
}

/** The engine stays the same object while nothing but progress has changed, as its tables are costly to make. */
function merged(engine: Engine, last: Clinic | undefined, looked: Looked): Clinic {
	const { parameters, definitions, packages } = looked;
	const signature = parameters.map((one) => `${one.id} ${one.fingerprint} ${one.indexing === undefined}`).join("\n");
	const isSearchedAlike = last?.signature === signature;
	const isDefinedAlike = last?.definitions === definitions && last.packages === packages;
	if (isSearchedAlike) for (const { id, indexing } of parameters) Object.assign(last.indexing.get(id) ?? {}, indexing);
	if (isSearchedAlike && isDefinedAlike) return { ...last, ...looked };
	const { registry, indexing } = isSearchedAlike
		? { registry: last.engine.registry, indexing: last.indexing }
		: searchedBy(engine, parameters);
	const defined = isDefinedAlike ? last.engine : clinicDefinitions(engine, packages, definitions);
	const isCommon = registry === engine.registry && defined.definitions === engine.definitions;
	const { definitions: inForce, codes, ownTerminology } = defined;
	const own = isCommon ? engine : { ...engine, registry, definitions: inForce, codes, ownTerminology };
	if (own !== engine) commons.set(own, engine);
	return { engine: own, indexing, signature, ...looked };
}

function searchedBy(
	engine: Engine,
	parameters: readonly ClinicParameter[],
): Pick<Clinic, "indexing"> & Pick<Engine, "registry"> {
	const indexing: Clinic["indexing"] = new Map();
	const own = parameters.map((parameter) => {
		if (parameter.indexing) indexing.set(parameter.id, { ...parameter.indexing });
		const live = indexing.get(parameter.id);
		const definitions = [...parameter.definitions].map(
			([type, definition]) => [type, live ? { ...definition, indexing: live } : definition] as const,
		);
		return { definitions: new Map(definitions) };
	});
	return { registry: own.length === 0 ? engine.registry : clinicRegistry(engine.registry, own), indexing };
}
