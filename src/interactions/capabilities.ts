import { createHash } from "node:crypto";
import { type FhirResponse, type JsonObject, Problem, type Resource } from "../kernel/index.ts";
import { searchableParameters } from "../search/index.ts";
import type { Engine, Exchange, Interaction } from "./engine.ts";
import { PATCH_TYPES } from "./patch/index.ts";
import { subsetResponse } from "./subset.ts";
import { terminologyCapabilities } from "./terminology-capabilities.ts";

/**
 * The CapabilityStatement; what it tells is read from the interactions and operations that are served, the registry
 * and the search parameters that are really indexed. https://hl7.org/fhir/R4/http.html#capabilities
 */
export const capabilities: Interaction = {
	code: "capabilities",
	level: "system",
	method: "GET",
	path: "metadata",
	async handle(exchange) {
		const isTerminology = modeOf(exchange) === "terminology";
		const body = isTerminology ? JSON.stringify(await terminologyCapabilities(exchange)) : statementText(exchange);
		const tag = createHash("sha256").update(body).digest("base64url").slice(0, 16);
		const response: FhirResponse = { status: 200, etag: `W/"${tag}"`, body };
		const { ifNoneMatch } = exchange.request.conditions;
		if (ifNoneMatch?.includes(`"${tag}"`)) return { status: 304, etag: response.etag };
		return subsetResponse(exchange, isTerminology ? "TerminologyCapabilities" : "CapabilityStatement", response);
	},
};

const MODES: readonly string[] = ["full", "normative", "terminology"];

/** `terminology` asks for TerminologyCapabilities. https://hl7.org/fhir/R4/http.html#capabilities */
function modeOf({ query }: Exchange): string {
	const mode = query.findLast(([name]) => name === "mode")?.[1] ?? "full";
	if (MODES.includes(mode)) return mode;
	throw new Problem("value", { text: "The value of mode must be full, normative or terminology.", expression: "mode" });
}

/** By base; a clinic whose search parameters change gets another engine, and so another text. */
const texts = new Map<string, { readonly engine: Engine; readonly text: string }>();
const CACHED_BASES = 256;

function statementText({ engine, context, served }: Exchange): string {
	const known = texts.get(context.base);
	if (known?.engine === engine) return known.text;
	if (texts.size >= CACHED_BASES) texts.clear();
	const text = JSON.stringify(statement(engine, context.base, served));
	texts.set(context.base, { engine, text });
	return text;
}

function statement({ registry, software }: Engine, base: string, interactions: readonly Interaction[]): Resource {
	return {
		resourceType: "CapabilityStatement",
		status: "active",
		date: software.released,
		kind: "instance",
		software: { name: software.name, version: software.version, releaseDate: software.released },
		implementation: { description: software.name, url: base },
		fhirVersion: "4.0.1",
		format: ["application/fhir+json", "json"],
		patchFormat: [...PATCH_TYPES],
		rest: [
			{
				mode: "server",
				security: {
					cors: true,
					service: [
						{
							coding: [
								{
									system: "http://terminology.hl7.org/CodeSystem/restful-security-service",
									code: "OAuth",
									display: "OAuth",
								},
							],
						},
					],
					description: "Every request but this one needs a bearer token of the clinic.",
				},
				resource: registry.resourceTypes.map((type) => resourceOf(type, registry, interactions)),
				interaction: codes(interactions, ["system"]).flatMap((code) =>
					code === "transaction" ? [{ code }, { code: "batch" }] : code === "capabilities" ? [] : [{ code }],
				),
				...operations(interactions, "system"),
			},
		],
	};
}

function resourceOf(type: string, registry: Engine["registry"], interactions: readonly Interaction[]): JsonObject {
	return {
		type,
		profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
		interaction: codes(interactions, ["type", "instance"]).map((code) => ({ code })),
		versioning: "versioned-update",
		readHistory: true,
		updateCreate: true,
		conditionalCreate: true,
		conditionalRead: "full-support",
		conditionalUpdate: true,
		conditionalDelete: "multiple",
		referencePolicy: ["literal", "logical", "local"],
		searchParam: searchableParameters(registry, type).map(({ code, type: kind, url }) => ({
			name: code,
			definition: url,
			type: kind,
		})),
		...operations(interactions, "type", type),
	};
}

/** The operations of the whole clinic, or of one type. https://hl7.org/fhir/R4/operations.html */
function operations(interactions: readonly Interaction[], at: "system" | "type", type = ""): JsonObject {
	const found = new Map<string, JsonObject>();
	for (const { code, level, operation } of interactions) {
		if (operation === undefined || (level === "system") !== (at === "system")) continue;
		if (operation.types !== undefined && at === "type" && !operation.types.includes(type)) continue;
		const { definition, documentation } = operation;
		found.set(code, { name: code.slice(1), definition, documentation });
	}
	return found.size === 0 ? {} : { operation: [...found.values()] };
}

const codes = (interactions: readonly Interaction[], levels: readonly Interaction["level"][]): string[] => [
	...new Set(
		interactions.filter(({ level, code }) => levels.includes(level) && !code.startsWith("$")).map(({ code }) => code),
	),
];
