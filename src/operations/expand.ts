import { type JsonObject, newId, Problem, type Resource } from "../kernel/index.ts";
import {
	type Designation,
	type ExpandedConcept,
	type ExpansionOptions,
	type ExpansionPage,
	unpackUse,
} from "../terminology/index.ts";
import { booleanOf, countOf, textOf, textsOf } from "./given.ts";
import type { Input, Operation } from "./operation.ts";
import { gives, takes } from "./parameter.ts";
import { ownOf } from "./terminology-exchange.ts";
import { VALUE_SET, valueSetOf } from "./validate-code.ts";

/** The codes of a value set, page by page. https://hl7.org/fhir/R4/valueset-operation-expand.html */
export const expand: Operation = {
	code: "expand",
	definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
	documentation: "The codes of a value set, flat and in an order that stays; more than 5,000 only page by page.",
	levels: ["type", "instance"],
	types: ["ValueSet"],
	affectsState: false,
	parameters: [
		...VALUE_SET,
		takes("filter", "string", "Words of which each begins a word of what a code is called, or the begin of a code"),
		takes("offset", "integer", "How many codes to pass over"),
		takes("count", "integer", "Most codes of the page; 0 asks for the total"),
		takes("includeDesignations", "boolean", "Whether to tell what codes are called otherwise"),
		takes("designation", "string", "Only designations of these languages or uses", { max: "*" }),
		takes("includeDefinition", "boolean", "Whether to give the compose of the value set"),
		takes("activeOnly", "boolean", "Leave out codes that are no longer in use"),
		takes("excludeNested", "boolean", "Expansions are flat in any case"),
		takes("excludeNotForUI", "boolean", "Leave out codes that only group others"),
		takes("excludePostCoordinated", "boolean", "Expansions hold no post-coordinated codes in any case"),
		takes("displayLanguage", "code", "The language of displays"),
		takes("exclude-system", "canonical", "Leave out codes of this system", { max: "*" }),
		takes("system-version", "canonical", "system|version to use where the value set names none", { max: "*" }),
		takes("check-system-version", "canonical", "system|version; where the value set names another it is refused", {
			max: "*",
		}),
		takes("force-system-version", "canonical", "system|version to use whatever the value set names", { max: "*" }),
		gives("return", "ValueSet", "The value set with its expansion", { min: 1 }),
	],
	access: { action: "read" },
	async handle(exchange, input) {
		const valueSet = await valueSetOf(exchange, input);
		const { terminology } = exchange.engine;
		const own = ownOf(exchange);
		const options = optionsOf(input);
		const page = await terminology.expansion(valueSet, options, own);
		const definition = typeof valueSet === "string" ? await terminology.valueSet(valueSet, own) : valueSet;
		return { status: 200, body: JSON.stringify(expanded(definition, page, options, input)) };
	},
};

const optionsOf = (input: Input): ExpansionOptions => ({
	text: textOf(input, "filter"),
	count: countOf(input, "count"),
	offset: countOf(input, "offset") ?? 0,
	activeOnly: booleanOf(input, "activeOnly") ?? false,
	selectableOnly: booleanOf(input, "excludeNotForUI") ?? false,
	language: textOf(input, "displayLanguage"),
	withoutSystems: textsOf(input, "exclude-system").map((canonical) => canonical.split("|")[0] ?? ""),
	pins: {
		otherwise: versionsOf(input, "system-version"),
		only: versionsOf(input, "check-system-version"),
		always: versionsOf(input, "force-system-version"),
	},
});

const versionsOf = (input: Input, name: string): ReadonlyMap<string, string> =>
	new Map(
		textsOf(input, name).map((canonical) => {
			const [system, version] = canonical.split("|");
			if (system && version) return [system, version];
			throw new Problem("value", {
				text: `Each ${name} is a system and its version: system|version.`,
				expression: name,
			});
		}),
	);

function expanded(
	{ text: _text, meta: _meta, compose, expansion: _old, ...rest }: Resource,
	{ total, concepts, versions }: ExpansionPage,
	{ offset, count }: ExpansionOptions,
	input: Input,
): JsonObject {
	const contains = concepts.map((concept) => containsOf(concept, input));
	const parameter = [...parametersOf(input), ...versions.map((version) => ({ name: "version", valueUri: version }))];
	const isPaged = count !== undefined || offset > 0;
	return {
		...rest,
		resourceType: "ValueSet",
		...(booleanOf(input, "includeDefinition") && compose !== undefined && { compose }),
		expansion: {
			identifier: `urn:uuid:${newId()}`,
			timestamp: new Date().toISOString(),
			total,
			...(isPaged && { offset }),
			...(parameter.length > 0 && { parameter }),
			...(contains.length > 0 && { contains }),
		},
	};
}

const TEXTS = ["filter", "designation"];
const CODES = ["displayLanguage"];
const URIS = ["exclude-system", "system-version", "check-system-version", "force-system-version"];
const NUMBERS = ["offset", "count"];
const FLAGS = ["includeDesignations", "activeOnly", "excludeNested", "excludeNotForUI", "excludePostCoordinated"];

/** What was asked for, as far as it has an effect on the codes. */
const parametersOf = (input: Input): JsonObject[] => [
	...TEXTS.flatMap((name) => textsOf(input, name).map((value) => ({ name, valueString: value }))),
	...CODES.flatMap((name) => textsOf(input, name).map((value) => ({ name, valueCode: value }))),
	...URIS.flatMap((name) => textsOf(input, name).map((value) => ({ name, valueUri: value }))),
	...NUMBERS.flatMap((name) => (input.has(name) ? [{ name, valueInteger: countOf(input, name) ?? 0 }] : [])),
	...FLAGS.flatMap((name) => (input.has(name) ? [{ name, valueBoolean: booleanOf(input, name) ?? false }] : [])),
];

function containsOf(
	{ system, code, display, abstract, inactive, designations }: ExpandedConcept,
	input: Input,
): JsonObject {
	const all = booleanOf(input, "includeDesignations")
		? designations.filter(isWanted(textsOf(input, "designation")))
		: [];
	return {
		system,
		...(abstract && { abstract }),
		...(inactive && { inactive }),
		code,
		...(display !== "" && { display }),
		...(all.length > 0 && {
			designation: all.map(({ language, use, value }) => ({
				...(language !== undefined && { language }),
				...(use !== undefined && { use: unpackUse(use) }),
				value,
			})),
		}),
	};
}

/** By language or use, each `system|code` or a code alone. */
const isWanted =
	(tokens: readonly string[]) =>
	({ language, use }: Designation): boolean => {
		const { system, code } = use === undefined ? {} : unpackUse(use);
		const isOne = (token: string): boolean => {
			const [wanted = "", of = system] = token.split("|").reverse();
			return wanted === language || (wanted === code && (system === undefined || of === system));
		};
		return tokens.length === 0 || tokens.some(isOne);
	};
