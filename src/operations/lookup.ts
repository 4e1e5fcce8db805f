import { type Json, Problem } from "../kernel/index.ts";
import { type ConceptDetails, unpackUse } from "../terminology/index.ts";
import { codingOf, textOf, textsOf } from "./given.ts";
import type { Operation } from "./operation.ts";
import { gives, takes } from "./parameter.ts";
import { answer, maybe, type Out, ownOf } from "./terminology-exchange.ts";

/** Everything that is known of a code. https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
export const lookup: Operation = {
	code: "lookup",
	definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
	documentation: "Name, designations and properties of a code.",
	levels: ["type"],
	types: ["CodeSystem"],
	affectsState: false,
	parameters: [
		takes("code", "code", "The code, with its system"),
		takes("system", "uri", "The system of the code"),
		takes("version", "string", "The version of the system"),
		takes("coding", "Coding", "The code and its system as a Coding"),
		takes("displayLanguage", "code", "The language of the display"),
		takes("property", "code", "Properties that are wanted; all of them without it", { max: "*" }),
		gives("name", "string", "The name of the code system", { min: 1 }),
		gives("version", "string", "The version that this is of"),
		gives("display", "string", "What the code is called", { min: 1 }),
		gives("designation", "", "What it is called otherwise", { max: "*" }),
		gives("property", "", "What else is known", { max: "*" }),
	],
	access: { action: "read" },
	async handle(exchange, input) {
		if (input.has("code") === input.has("coding")) {
			throw new Problem("required", "Give either code with system, or coding.");
		}
		const coding = input.has("coding")
			? codingOf(input.get("coding")?.[0], "coding")
			: { code: textOf(input, "code") ?? "", system: textOf(input, "system"), version: textOf(input, "version") };
		const { code, system, version } = coding;
		if (system === undefined) throw new Problem("required", "$lookup needs the system of the code.");
		const language = textOf(input, "displayLanguage");
		const question = { code, system, version, language };
		const concept = await exchange.engine.terminology.lookup(question, ownOf(exchange));
		return answer(outputOf(concept, textsOf(input, "property")));
	},
};

function outputOf(concept: ConceptDetails, wanted: readonly string[]): Out[] {
	const { system, display, designations, definition, parents, children, properties } = concept;
	const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
	const property = (code: string, key: string, value: Json): Out[] =>
		isWanted(code)
			? [
					{
						name: "property",
						part: [
							{ name: "code", valueCode: code },
							{ name: "value", [key]: value },
						],
					},
				]
			: [];
	const isInactiveTold = properties.some(({ code }) => code === "inactive");
	return [
		{ name: "name", valueString: system.name },
		...maybe("version", "valueString", system.version),
		{ name: "display", valueString: display },
		...designations
			.filter(({ language }) => isWanted("designation") || (language !== undefined && isWanted(`lang.${language}`)))
			.map(
				({ language, use, value }): Out => ({
					name: "designation",
					part: [
						...maybe("language", "valueCode", language),
						...(use === undefined ? [] : [{ name: "use", valueCoding: { ...unpackUse(use) } }]),
						{ name: "value", valueString: value },
					],
				}),
			),
		...(definition === undefined ? [] : property("definition", "valueString", definition)),
		...(isInactiveTold ? [] : property("inactive", "valueBoolean", concept.inactive)),
		...parents.flatMap((parent) => property("parent", "valueCode", parent)),
		...children.flatMap((child) => property("child", "valueCode", child)),
		...properties.flatMap(({ code, value, type }) => property(code, ...typedValue(type, value))),
	];
}

function typedValue(type: string, value: string): [key: string, value: Json] {
	switch (type) {
		case "boolean":
			return ["valueBoolean", value === "true"];
		case "integer":
			return /^-?\d{1,10}$/.test(value) ? ["valueInteger", Number(value)] : ["valueString", value];
		case "decimal":
			return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value)
				? ["valueDecimal", JSON.rawJSON(value) as unknown as Json]
				: ["valueString", value];
		case "dateTime":
			return ["valueDateTime", value];
		case "Coding":
			return ["valueCoding", { code: value }];
		case "string":
			return ["valueString", value];
		default:
			return ["valueCode", value];
	}
}
