import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
	type PackedElement,
	type PackedModel,
	type PackedSearchParameter,
	type PackedType,
	SEARCH_PARAMETERS,
} from "../src/definitions/packed-model.ts";

/** The npm package that carries the whole R4 specification as JSON. */
export const R4_PACKAGE = join(import.meta.dirname, "../node_modules/hl7.fhir.r4.examples");
export const R4_MODEL = join(import.meta.dirname, "../src/definitions/r4/model.json");

type TypeReference = { code: string; targetProfile?: string[]; extension?: { url: string; valueUrl?: string }[] };
type ElementDefinition = {
	path: string;
	min: number;
	max: string;
	base?: { path: string };
	contentReference?: string;
	type?: TypeReference[];
	isSummary?: boolean;
	isModifier?: boolean;
	binding?: { strength: string; valueSet?: string };
};
type StructureDefinition = {
	type: string;
	kind: string;
	abstract: boolean;
	derivation?: string;
	baseDefinition?: string;
	snapshot: { element: ElementDefinition[] };
};
type Concept = { code: string; concept?: Concept[] };
type CodeSystem = { url: string; content: string; concept?: Concept[] };
type ValueSet = {
	url: string;
	compose?: { include: { system?: string; concept?: Concept[]; filter?: unknown; valueSet?: unknown }[] };
};
type SearchParameter = Omit<PackedSearchParameter, "id" | "targets" | "components"> & {
	url: string;
	target?: string[];
	component?: { definition: string; expression: string }[];
};
type CompartmentDefinition = { code: string; resource: { code: string; param?: string[] }[] };
type Collection<T> = { entry: { resource: T }[] };

/** Reads the specification in `folder` and packs what the server needs of it. */
export function buildModel(folder: string): PackedModel {
	const definitions = readAll<StructureDefinition>(folder, "StructureDefinition")
		.filter((definition) => definition.derivation !== "constraint" && definition.kind !== "logical")
		.sort((a, b) => (a.type < b.type ? -1 : 1));
	const types = Object.fromEntries(definitions.flatMap(packTypes));
	const bound = new Set(Object.values(types).flatMap((type) => type.elements.flatMap((element) => element[4] ?? [])));
	return {
		fhirVersion: "4.0.1",
		types,
		valueSets: packValueSets(folder, [...bound].sort()),
		searchParameters: readBundle<SearchParameter>(folder, "Bundle-searchParams.json")
			.map(packSearchParameter)
			.map(corrected),
		compartments: packCompartments(folder),
	};
}

const read = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));

const readAll = <T>(folder: string, type: string): T[] =>
	readdirSync(folder)
		.filter((file) => file.startsWith(`${type}-`))
		.sort()
		.map((file) => read(folder, file));

const readBundle = <T>(folder: string, file: string): T[] =>
	(read(folder, file) as Collection<T>).entry.map((entry) => entry.resource);

const lastStep = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
const parent = (path: string): string => path.slice(0, path.lastIndexOf("."));
const unversioned = (canonical: string): string => canonical.replace(/\|.*$/, "");

/** One definition gives its type, and one more for each element that has elements of its own. */
function packTypes(definition: StructureDefinition): [string, PackedType][] {
	const [root, ...elements] = definition.snapshot.element as [ElementDefinition, ...ElementDefinition[]];
	const nested = new Set(elements.map((element) => parent(element.path)).filter((path) => path !== root.path));
	const pack = (path: string, type: Omit<PackedType, "elements">): [string, PackedType] => {
		const own = elements.filter((element) => parent(element.path) === path && isOwn(element));
		return [path, { ...type, elements: own.map((element) => packElement(element, nested)) }];
	};
	const kind = { resource: "resource", "complex-type": "complex", "primitive-type": "primitive" }[definition.kind];
	if (kind === undefined) throw new Error(`${definition.type} is of an unknown kind ${definition.kind}`);
	const base = definition.baseDefinition && { base: lastStep(definition.baseDefinition.replaceAll("/", ".")) };
	return [
		pack(root.path, { kind: kind as PackedType["kind"], ...(definition.abstract && { abstract: true }), ...base }),
		...[...nested].map((path) => {
			const element = elements.find((candidate) => candidate.path === path);
			return pack(path, { kind: "backbone", base: element?.type?.[0]?.code ?? "Element" });
		}),
	];
}

/** Whether the type itself adds the element: not inherited, and not the `value` in which XML keeps a primitive. */
const isOwn = (element: ElementDefinition): boolean =>
	(element.base === undefined || element.base.path === element.path) &&
	element.max !== "0" &&
	!(
		lastStep(element.path) === "value" && element.type?.some((type) => type.code.startsWith("http://hl7.org/fhirpath/"))
	);

function packElement(element: ElementDefinition, nested: ReadonlySet<string>): PackedElement {
	const flags = `${element.isSummary ? "s" : ""}${element.isModifier ? "m" : ""}`;
	const required = element.binding?.strength === "required" ? element.binding.valueSet : undefined;
	const tail = required ? [flags, unversioned(required)] : flags ? [flags] : [];
	return [
		lastStep(element.path),
		packType(element, nested),
		`${element.min}..${element.max}`,
		...tail,
	] as PackedElement;
}

function packType(element: ElementDefinition, nested: ReadonlySet<string>): string {
	if (element.contentReference) return element.contentReference.replace(/^.*#/, "");
	if (nested.has(element.path)) return element.path;
	return (element.type ?? []).map((type) => packTypeReference(element.path, type)).join(",");
}

/** The published snapshots name `Resource.id` a string; datatypes.html and resource.html say `id`. */
function packTypeReference(path: string, type: TypeReference): string {
	if (path === "Resource.id") return "id";
	if (path === "Extension.url") return "uri";
	if (type.code.startsWith("http://hl7.org/fhirpath/")) return "string";
	const targets = (type.targetProfile ?? []).map((profile) => lastStep(profile.replaceAll("/", ".")));
	const any = targets.length === 0 || targets.includes("Resource");
	return any ? type.code : `${type.code}(${targets.join("|")})`;
}

function packValueSets(folder: string, urls: readonly string[]): PackedModel["valueSets"] {
	const byUrl = new Map(readAll<ValueSet>(folder, "ValueSet").map((set) => [set.url, set]));
	const systems = new Map(readAll<CodeSystem>(folder, "CodeSystem").map((system) => [system.url, system]));
	return Object.fromEntries(
		urls.map((url) => {
			const includes = byUrl.get(url)?.compose?.include ?? [];
			const drawnOn = new Set(includes.map((include) => include.system));
			const [system] = drawnOn;
			const lists = includes.map((include) => includedCodes(include, systems));
			const codes = lists.every((list) => list !== undefined) && { codes: [...new Set(lists.flat())] };
			return [url, { ...(drawnOn.size === 1 && { system }), ...codes }];
		}),
	);
}

type Include = NonNullable<ValueSet["compose"]>["include"][number];

/** `undefined` where the specification does not carry the code system (UCUM, media types, currencies). */
function includedCodes(include: Include, systems: ReadonlyMap<string, CodeSystem>): string[] | undefined {
	if (include.filter !== undefined || include.valueSet !== undefined) return undefined;
	if (include.concept) return include.concept.map((concept) => concept.code);
	const system = systems.get(include.system ?? "");
	return system?.content === "complete" ? allCodes(system.concept ?? []) : undefined;
}

const allCodes = (concepts: readonly Concept[]): string[] =>
	concepts.flatMap((concept) => [concept.code, ...allCodes(concept.concept ?? [])]);

/** A parameter that refers to any resource lists every type; no other names half as many. */
const MOST_TARGETS = 100;

function packSearchParameter(parameter: SearchParameter): PackedSearchParameter {
	const { code, type, base, target, component } = parameter;
	return {
		code,
		id: parameter.url.slice(SEARCH_PARAMETERS.length),
		type,
		base,
		...(parameter.expression && { expression: rooted(parameter) }),
		...(target && { targets: target.length > MOST_TARGETS ? ["Resource"] : target }),
		...(component && { components: component.map(({ definition, expression }) => ({ definition, expression })) }),
	};
}

/**
 * Published definitions by which a search finds nothing, or the wrong thing, with what they must mean. Each is told in
 * docs/search.md. A text to replace that is not there any more is a fault of this list.
 */
const CORRECTIONS: Record<string, (parameter: PackedSearchParameter) => PackedSearchParameter> = {
	"DocumentReference-relationship": (parameter) => {
		const [first, second] = parameter.components ?? [];
		if (!first || !second || first.expression !== "code") throw new Error(`${parameter.id} needs no correction`);
		const components = [
			{ ...first, definition: second.definition },
			{ ...second, definition: first.definition },
		];
		return { ...parameter, components };
	},
	"Group-characteristic-value": (parameter) => {
		const [code, value] = parameter.components ?? [];
		if (!code || value?.expression !== "value") throw new Error(`${parameter.id} needs no correction`);
		return {
			...parameter,
			components: [code, { ...value, expression: "value.as(CodeableConcept) | value.as(boolean)" }],
		};
	},
	"clinical-patient": replacing(
		"| DeviceUseStatement.subject |",
		"| DeviceUseStatement.subject.where(resolve() is Patient) |",
	),
	"Consent-source-reference": replacing("Consent.source", "(Consent.source as Reference)"),
};

function replacing(published: string, right: string): (typeof CORRECTIONS)[string] {
	return (parameter) => {
		const { id, expression = "" } = parameter;
		if (!expression.includes(published)) throw new Error(`${id} has no "${published}" to correct`);
		return { ...parameter, expression: expression.replace(published, right) };
	};
}

const corrected = (parameter: PackedSearchParameter): PackedSearchParameter =>
	CORRECTIONS[parameter.id]?.(parameter) ?? parameter;

/** `InsurancePlan-name` alone is written without its type: `name | alias`. */
function rooted({ expression = "", base }: SearchParameter): string {
	if (!/^[a-z]+( \| [a-z]+)*$/.test(expression)) return expression;
	return expression
		.split(" | ")
		.map((step) => `${base[0]}.${step}`)
		.join(" | ");
}

function packCompartments(folder: string): PackedModel["compartments"] {
	const names = ["patient", "encounter", "relatedPerson", "practitioner", "device"];
	const definitions = names.map((name): CompartmentDefinition => read(folder, `CompartmentDefinition-${name}.json`));
	return Object.fromEntries(
		definitions.map(({ code, resource }) => [
			code,
			Object.fromEntries(resource.flatMap((member) => (member.param ? [[member.code, member.param]] : []))),
		]),
	);
}

/** JSON with one line for each type, value set and parameter, so that a change of the standard shows as a readable diff. */
export function formatModel(model: PackedModel): string {
	const lines = (values: Iterable<string>) => `\n${[...values].join(",\n")}\n`;
	const object = (value: object) =>
		`{${lines(Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`))}}`;
	return `{"fhirVersion":${JSON.stringify(model.fhirVersion)},
"types":${object(model.types)},
"valueSets":${object(model.valueSets)},
"searchParameters":[${lines(model.searchParameters.map((parameter) => JSON.stringify(parameter)))}],
"compartments":${object(model.compartments)}}
`;
}

if (import.meta.main) writeFileSync(R4_MODEL, formatModel(buildModel(R4_PACKAGE)));
