import type { Context, FhirRequest, Tenant } from "../kernel/index.ts";
import { isObject } from "../kernel/index.ts";
import { clinicRegistry } from "../search/index.ts";
import type { ClinicParameter } from "../store/index.ts";
import type { Engine } from "./engine.ts";

/** Milliseconds after which a clinic's search parameters are looked up again, as another process may have changed them. */
const FRESH_MS = 5_000;
/** The same while something is being indexed, so that progress is seen. */
const INDEXING_MS = 1_000;

type Clinic = {
	/** The engine with the clinic's own registry; the common one where it has no search parameters of its own. */
	readonly engine: Engine;
	readonly parameters: readonly ClinicParameter[];
	/** Parameters whose index is not complete, by id; told anew at each look. */
	readonly indexing: Map<string, { status: "open" | "stopped"; done: number; total: number | undefined }>;
	readonly signature: string;
	at: number;
};

type Clinics = { readonly known: Map<string, Clinic>; readonly asking: Map<string, Promise<Clinic>> };

const clinics = new WeakMap<Engine, Clinics>();
/** The common engine that a clinic's own was made of. */
const commons = new WeakMap<Engine, Engine>();

const commonOf = (engine: Engine): Engine => commons.get(engine) ?? engine;

function clinicsOf(engine: Engine): Clinics {
	const common = commonOf(engine);
	let all = clinics.get(common);
	if (!all) {
		all = { known: new Map(), asking: new Map() };
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
export async function clinicEngine(engine: Engine, where: Pick<Context, "tenant" | "base">): Promise<Engine> {
	return knownEngine(engine, where.tenant) ?? (await look(engine, where)).engine;
}

/** The clinic's own search parameters, as they are now. */
export const parametersOf = async (
	engine: Engine,
	where: Pick<Context, "tenant" | "base">,
): Promise<readonly ClinicParameter[]> => (await look(engine, where)).parameters;

/**
 * Looks a clinic up at once, because something has changed; whoever asks from now on gets what is true now. When the
 * database is away, the next request does it.
 */
export async function relearn(engine: Engine, where: Pick<Context, "tenant" | "base">): Promise<void> {
	const { known, asking } = clinicsOf(engine);
	known.delete(where.tenant.id);
	asking.delete(where.tenant.id);
	await look(engine, where).catch(() => undefined);
}

/** Requests that come at the same time share one look. */
function look(engine: Engine, where: Pick<Context, "tenant" | "base">): Promise<Clinic> {
	const { known, asking } = clinicsOf(engine);
	const { id } = where.tenant;
	const under = asking.get(id);
	if (under) return under;
	const at = Date.now();
	const found = engine.store.searchParameters(where.tenant, where.base).then((parameters) => {
		const clinic = merged(commonOf(engine), known.get(id), parameters, at);
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

/** What is searchable stays the same object while nothing but progress has changed, as its tables are costly to make. */
function merged(engine: Engine, last: Clinic | undefined, parameters: ClinicParameter[], at: number): Clinic {
	const signature = parameters.map((one) => `${one.id} ${one.fingerprint} ${one.indexing === undefined}`).join("\n");
	if (last?.signature === signature) {
		for (const { id, indexing } of parameters) Object.assign(last.indexing.get(id) ?? {}, indexing);
		return { ...last, parameters, at };
	}
	const indexing: Clinic["indexing"] = new Map();
	const own = parameters.map((parameter) => {
		if (parameter.indexing) indexing.set(parameter.id, { ...parameter.indexing });
		const live = indexing.get(parameter.id);
		const definitions = [...parameter.definitions].map(
			([type, definition]) => [type, live ? { ...definition, indexing: live } : definition] as const,
		);
		return { definitions: new Map(definitions) };
	});
	const registry = own.length === 0 ? engine.registry : clinicRegistry(engine.registry, own);
	const clinicsOwn = own.length === 0 ? engine : { ...engine, registry };
	if (clinicsOwn !== engine) commons.set(clinicsOwn, engine);
	return { engine: clinicsOwn, parameters, indexing, signature, at };
}

/** Whether a request may change what the clinic can be searched by. */
export function definesSearch({ method, path, body }: FhirRequest): boolean {
	if (method === "GET" || method === "HEAD") return false;
	if (path !== "") return path.startsWith("SearchParameter");
	const entries = body?.kind === "json" && isObject(body.tree) ? body.tree.entry : undefined;
	if (!Array.isArray(entries)) return false;
	return entries.some((entry) => {
		const url = isObject(entry) && isObject(entry.request) ? entry.request.url : undefined;
		return typeof url === "string" && url.includes("SearchParameter");
	});
}
