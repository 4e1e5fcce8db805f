import type { Registry } from "../definitions/index.ts";
import { type FhirRequest, isId, Problem } from "../kernel/index.ts";
import type { Exchange, Interaction } from "./engine.ts";

type Params = Exchange["params"];

/**
 * Finds the interaction for a request. HEAD is answered by its GET.
 * @throws Problem `not-found` for a path outside the grammar or an unknown type, `not-allowed` for a wrong method.
 */
export function route(
	interactions: readonly Interaction[],
	registry: Registry,
	request: FhirRequest,
): { interaction: Interaction; params: Params } {
	const segments = request.path === "" ? [] : request.path.split("/");
	const method = request.method === "HEAD" ? "GET" : request.method;
	let allowed: string[] = [];
	for (const interaction of interactions) {
		const params = matchPath(interaction.path, segments);
		if (!params) continue;
		if (interaction.method === method) return { interaction, params: checked(registry, params) };
		allowed = [...allowed, interaction.method];
	}
	const [type] = segments;
	if (type !== undefined && /^[A-Z]/.test(type) && !registry.isResourceType(type)) throw unknownType(type);
	if (allowed.length > 0) throw notAllowed(request, allowed);
	throw new Problem(
		"not-found",
		`No FHIR interaction has the path "${request.path}". See the CapabilityStatement at metadata.`,
	);
}

const patterns = new Map<string, readonly string[]>();

function matchPath(path: string, segments: readonly string[]): Params | undefined {
	let pattern = patterns.get(path);
	if (!pattern) {
		pattern = path === "" ? [] : path.split("/");
		patterns.set(path, pattern);
	}
	if (pattern.length !== segments.length) return undefined;
	const params = { type: "", id: "", vid: "", inner: "" };
	for (let i = 0; i < pattern.length; i++) {
		const want = pattern[i] as string;
		const have = segments[i] as string;
		if (want === ":type") {
			if (!/^[A-Z]/.test(have)) return undefined;
			params.type = have;
		} else if (want === ":id") {
			if (/^[_$]/.test(have)) return undefined;
			params.id = have;
		} else if (want === ":inner") {
			if (!/^[A-Z*]/.test(have)) return undefined;
			params.inner = have;
		} else if (want === ":vid") params.vid = have;
		else if (want !== have) return undefined;
	}
	return params;
}

function checked(registry: Registry, params: Params): Params {
	const { type, id, vid } = params;
	if (type !== "" && !registry.isResourceType(type)) throw unknownType(type);
	if (id !== "" && !isId(id)) {
		throw new Problem(
			"value",
			"The id in the URL is not a FHIR id: use 1 to 64 of A–Z, a–z, 0–9, - and the full stop.",
		);
	}
	if (vid !== "" && !isId(vid)) throw new Problem("value", "The version id in the URL is not a FHIR id.");
	return params;
}

const unknownType = (type: string): Problem =>
	new Problem(
		"not-found",
		`"${type.slice(0, 64)}" is not a resource type of FHIR R4. Names are case-sensitive, as in Patient.`,
	);

const notAllowed = ({ method, path }: FhirRequest, allowed: readonly string[]): Problem =>
	new Problem(
		"not-allowed",
		`${method} is not allowed on "${path}". Allowed here: ${[...new Set(allowed)].join(", ")}.`,
	);
