import type { Exchange } from "../interactions/index.ts";
import { isObject, type Json, Problem, parseJson, type Resource } from "../kernel/index.ts";
import type { TranslationMatch, TranslationQuestion } from "../terminology/index.ts";
import { booleanOf, codingsOf, resourceOf, textOf } from "./given.ts";
import type { Input, Operation } from "./operation.ts";
import { gives, takes } from "./parameter.ts";
import { answer, instanceOf, maybe, type Out, ownOf } from "./terminology-exchange.ts";

/** What a code is in another system. https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
export const translate: Operation = {
	code: "translate",
	definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
	documentation: "Translates a code by a concept map, or by all that fit where none is named.",
	levels: ["type", "instance"],
	types: ["ConceptMap"],
	affectsState: false,
	parameters: [
		takes("url", "uri", "Canonical of the concept map"),
		takes("conceptMap", "ConceptMap", "The concept map itself"),
		takes("conceptMapVersion", "string", "Version of the concept map of the url"),
		takes("code", "code", "The code, with its system"),
		takes("system", "uri", "The system of the code"),
		takes("version", "string", "The version of the system"),
		takes("source", "uri", "Only by maps from this value set"),
		takes("coding", "Coding", "The code as a Coding"),
		takes("codeableConcept", "CodeableConcept", "All its codings are translated"),
		takes("target", "uri", "Only by maps to this value set"),
		takes("targetsystem", "uri", "Only to this code system"),
		takes("dependency", "", "What a mapping depends on: element and concept", { max: "*" }),
		takes("reverse", "boolean", "From the target of the map to its source"),
		gives("result", "boolean", "Whether there is a match", { min: 1 }),
		gives("message", "string", "Why there is none"),
		gives("match", "", "A match: equivalence, concept, product, source", { max: "*" }),
	],
	access: { action: "read" },
	async handle(exchange, input) {
		const codings = codingsOf(input, { code: "code", system: "system", version: "version" }).map(({ system, code }) => {
			if (system === undefined) throw new Problem("required", "$translate needs the system of the code.");
			return { system, code };
		});
		const question: TranslationQuestion = {
			codings,
			targetSystem: textOf(input, "targetsystem"),
			reverse: booleanOf(input, "reverse") ?? false,
			dependencies: dependenciesOf(input),
		};
		const maps = await mapsOf(exchange, input, question);
		const { result, message, matches } = await exchange.engine.terminology.translate(maps, question, ownOf(exchange));
		return answer([
			{ name: "result", valueBoolean: result },
			...maybe("message", "valueString", message),
			...matches.map(outputOf),
		]);
	},
};

function outputOf({ equivalence, concept, products, source }: TranslationMatch): Out {
	return {
		name: "match",
		part: [
			{ name: "equivalence", valueCode: equivalence },
			...(concept === undefined ? [] : [{ name: "concept", valueCoding: { ...concept } }]),
			...products.map(({ element, ...coding }) => ({
				name: "product",
				part: [
					{ name: "element", valueUri: element },
					{ name: "concept", valueCoding: { ...coding } },
				],
			})),
			...(source === "" ? [] : [{ name: "source", valueUri: source }]),
		],
	};
}

function dependenciesOf(input: Input): TranslationQuestion["dependencies"] {
	return (input.get("dependency") ?? []).map((parts, n) => {
		const named = (name: string): Json | undefined => {
			const part = (Array.isArray(parts) ? parts : []).find((one) => isObject(one) && one.name === name);
			if (!isObject(part)) return undefined;
			const key = Object.keys(part).find((one) => one.startsWith("value"));
			return key === undefined ? undefined : part[key];
		};
		const [element, concept] = [named("element"), named("concept")];
		if (typeof element !== "string" || !isObject(concept)) {
			throw new Problem("value", {
				text: "A dependency has two parts: element (a uri) and concept (a CodeableConcept).",
				expression: `dependency[${n}]`,
			});
		}
		const codings = Array.isArray(concept.coding) ? concept.coding : [];
		const codes = codings.flatMap((coding) =>
			isObject(coding) && typeof coding.code === "string" ? [coding.code] : [],
		);
		return { element, codes: typeof concept.text === "string" ? [...codes, concept.text] : codes };
	});
}

async function mapsOf(exchange: Exchange, input: Input, question: TranslationQuestion): Promise<readonly Resource[]> {
	const instance = await instanceOf(exchange);
	const [url, given] = [textOf(input, "url"), resourceOf(input, "conceptMap", "ConceptMap")];
	const asked = [instance, url, given].filter((one) => one !== undefined);
	if (asked.length > 1) throw new Problem("value", "Name one concept map: by url, by conceptMap, or in the path.");
	const [only] = asked;
	if (only === undefined) return fittingMaps(exchange, input, question);
	if (typeof only !== "string") return [only];
	const version = textOf(input, "conceptMapVersion");
	const canonical = version === undefined ? only : `${only.split("|")[0]}|${version}`;
	const { terminology } = exchange.engine;
	const map = await terminology.conceptMap(canonical, ownOf(exchange));
	if (map) return [map];
	const hint = await terminology.hint("ConceptMap", canonical, ownOf(exchange));
	throw new Problem(
		"not-found",
		`The concept map ${canonical.slice(0, 200)} is not known here. Store it as a ConceptMap, or give it as conceptMap.${hint}`,
	);
}

const MOST_MAPS = 200;

/** The clinic's maps, then R4's, that lead from the system (or to it, in reverse) between the value sets asked for. */
async function fittingMaps(
	{ engine, dispatch }: Exchange,
	input: Input,
	{ codings, reverse }: TranslationQuestion,
): Promise<readonly Resource[]> {
	const side = reverse ? "target" : "source";
	const maps = new Map<string, Resource>();
	for (const system of new Set(codings.map((coding) => coding.system))) {
		const query = `${side}-system=${encodeURIComponent(system)}&_count=${MOST_MAPS}&_sort=-_lastUpdated`;
		const { body } = await dispatch({ method: "GET", path: "ConceptMap", query, conditions: {} });
		const bundle = typeof body === "string" ? parseJson(body) : undefined;
		const entries = isObject(bundle) && Array.isArray(bundle.entry) ? bundle.entry : [];
		const stored = entries.flatMap((entry) => (isObject(entry) && isObject(entry.resource) ? [entry.resource] : []));
		for (const map of [...stored, ...engine.terminology.standardMaps(system, side)] as Resource[]) {
			const key = typeof map.url === "string" ? map.url : (map.id ?? "");
			if (map.status !== "retired" && !maps.has(key)) maps.set(key, map);
		}
	}
	const [source, target] = [textOf(input, "source"), textOf(input, "target")];
	return [...maps.values()].filter((map) => leads(map, "source", source) && leads(map, "target", target));
}

function leads(map: Resource, side: "source" | "target", valueSet: string | undefined): boolean {
	if (valueSet === undefined) return true;
	const ends = [map[`${side}Uri`], map[`${side}Canonical`]];
	return ends.some((end) => typeof end === "string" && end.split("|")[0] === valueSet.split("|")[0]);
}
