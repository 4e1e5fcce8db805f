import { createHash } from "node:crypto";
import type { Json, JsonObject, Resource } from "../kernel/index.ts";
import { isObject } from "../kernel/index.ts";
import { dayNumber } from "./calendar.ts";
import { clinicResources } from "./clinic.ts";
import { type DemoOptions, demoGroups } from "./generate.ts";

/** What patients' resources refer to, and what has an identifier to be known by. */
const SHARED = new Set(["Organization", "Practitioner", "Location"]);

/**
 * How Bundles write resources: `put` keeps the generator's ids, `post` leaves ids to the server and refers inside
 * the Bundle by `urn:uuid`, outside by identifier.
 */
export type BundleStyle = "put" | "post";

export type BundleOptions = DemoOptions & {
	readonly style?: BundleStyle;
	readonly type?: "transaction" | "batch";
	/** Patients in one Bundle; 1 unless given. */
	readonly patientsPerBundle?: number;
};

/** Transaction (or batch) Bundles: first the clinic, then the patients. https://hl7.org/fhir/R4/http.html#transaction */
export function* demoBundles(options: BundleOptions): Generator<Resource> {
	const { style = "put", type = "transaction", patientsPerBundle = 1 } = options;
	const groups = demoGroups(options);
	const clinic = groups.next().value as Resource[];
	const outside = conditionalReferences(clinic);
	yield bundle(clinic, type, style, new Map());
	let waiting: Resource[][] = [];
	for (const group of groups) {
		waiting.push(group);
		if (waiting.length < patientsPerBundle) continue;
		yield bundle(waiting.flat(), type, style, outside);
		waiting = [];
	}
	if (waiting.length > 0) yield bundle(waiting.flat(), type, style, outside);
}

/** Three transactions that stand alone: clinic and one patient each, all by `urn:uuid`; the clinic only if it is not there yet. */
export function sampleTransactions(today = "2026-01-15"): Resource[] {
	const clinic = clinicResources(1, dayNumber(today)).filter(({ resourceType }) => SHARED.has(resourceType));
	const patients = [...demoGroups({ patients: 3, seed: 1, today })].slice(1);
	return patients.map((group) => bundle([...clinic, ...group], "transaction", "post", new Map()));
}

function bundle(
	resources: readonly Resource[],
	type: string,
	style: BundleStyle,
	outside: ReadonlyMap<string, string>,
): Resource {
	const entry = style === "put" ? resources.map(putEntry) : postEntries(resources, outside);
	return { resourceType: "Bundle", type, entry };
}

const putEntry = (resource: Resource): JsonObject => ({
	resource,
	request: { method: "PUT", url: `${resource.resourceType}/${resource.id}` },
});

function postEntries(resources: readonly Resource[], outside: ReadonlyMap<string, string>): JsonObject[] {
	const names = new Map(outside);
	for (const resource of resources) names.set(nameOf(resource), urn(nameOf(resource)));
	return resources.map((resource) => {
		const { id: _, ...rest } = resource;
		const condition = SHARED.has(resource.resourceType) ? identifierQuery(resource) : undefined;
		return {
			fullUrl: urn(nameOf(resource)),
			resource: renamed(rest, names) as JsonObject,
			request: {
				method: "POST",
				url: resource.resourceType,
				...(condition === undefined ? {} : { ifNoneExist: condition }),
			},
		};
	});
}

const nameOf = (resource: Resource): string => `${resource.resourceType}/${resource.id}`;

/** `Practitioner/prac-1` → `Practitioner?identifier=system|value`, for references out of the Bundle. */
function conditionalReferences(clinic: readonly Resource[]): Map<string, string> {
	const references = new Map<string, string>();
	for (const resource of clinic) {
		const query = identifierQuery(resource);
		if (query !== undefined) references.set(nameOf(resource), `${resource.resourceType}?${query}`);
	}
	return references;
}

function identifierQuery({ identifier }: Resource): string | undefined {
	const first = Array.isArray(identifier) ? identifier[0] : undefined;
	if (!isObject(first) || first.system === undefined) return undefined;
	return `identifier=${first.system}|${first.value}`;
}

/** A copy in which every literal reference that `names` knows is replaced. */
function renamed(value: Json | undefined, names: ReadonlyMap<string, string>): Json | undefined {
	if (Array.isArray(value)) return value.map((item) => renamed(item, names) as Json);
	if (!isObject(value)) return value;
	const copy: JsonObject = {};
	for (const key in value) {
		const inner = value[key];
		copy[key] = key === "reference" && typeof inner === "string" ? (names.get(inner) ?? inner) : renamed(inner, names);
	}
	return copy;
}

/** A version 5 shaped UUID of a name, so that the same resource always has the same `fullUrl`. */
function urn(name: string): string {
	const hex = createHash("sha1").update(`phc-commons/${name}`).digest("hex");
	const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
	return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
