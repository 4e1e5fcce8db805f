import type { Exchange } from "../interactions/index.ts";
import { type FhirResponse, Problem } from "../kernel/index.ts";
import type { AskedValueSet, CodeVerdict, ValidateCodeOptions } from "../terminology/index.ts";
import { booleanOf, codingsOf, type GivenCoding, resourceOf, textOf } from "./given.ts";
import type { Input, Operation, OperationParameter } from "./operation.ts";
import { gives, takes } from "./parameter.ts";
import { answer, instanceOf, maybe, ownOf, urlOf, withSystem } from "./terminology-exchange.ts";

const COMMON: readonly OperationParameter[] = [
	takes("code", "code", "The code"),
	takes("display", "string", "What the code is called, to be checked too"),
	takes("coding", "Coding", "The code as a Coding"),
	takes("codeableConcept", "CodeableConcept", "Right if one of its codings is"),
	takes("abstract", "boolean", "Whether a code that only groups others may be chosen; not without it"),
	takes("displayLanguage", "code", "The language of the display"),
	gives("result", "boolean", "Whether the code is right", { min: 1 }),
	gives("message", "string", "Why it is not, or what to know of it"),
	gives("display", "string", "What the code is called"),
	gives("code", "code", "The code as its system writes it"),
	gives("system", "uri", "The system of the code"),
	gives("version", "string", "The version of the system"),
];

/** The inputs that name or give a value set, as `valueSetOf` reads them. */
export const VALUE_SET = [
	takes("url", "uri", "Canonical of the value set"),
	takes("valueSet", "ValueSet", "The value set itself"),
	takes("valueSetVersion", "string", "Version of the value set of the url"),
];

/** Whether a code is in a value set. https://hl7.org/fhir/R4/valueset-operation-validate-code.html */
export const validateCodeInSet: Operation = {
	code: "validate-code",
	definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
	documentation: "Whether a code is in a value set, and rightly named. A code without system is looked for in all.",
	levels: ["type", "instance"],
	types: ["ValueSet"],
	affectsState: false,
	parameters: [
		...VALUE_SET,
		takes("system", "uri", "System of the code"),
		takes("systemVersion", "string", "Version of the system"),
		...COMMON,
	],
	access: { action: "read" },
	async handle(exchange, input) {
		const valueSet = await valueSetOf(exchange, input);
		const codings = codingsOf(input, { code: "code", system: "system", version: "systemVersion" });
		const { terminology } = exchange.engine;
		const own = ownOf(exchange);
		const isPlain = input.has("code");
		return answerOf(codings, optionsOf(input), (coding, options) =>
			terminology.validateInSet(isPlain ? coding : { system: "", ...coding }, valueSet, options, own),
		);
	},
};

/** Whether a code is of a code system. https://hl7.org/fhir/R4/codesystem-operation-validate-code.html */
export const validateCodeInSystem: Operation = {
	code: "validate-code",
	definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
	documentation: "Whether a code is one of a code system, and rightly named.",
	levels: ["type", "instance"],
	types: ["CodeSystem"],
	affectsState: false,
	parameters: [
		takes("url", "uri", "Canonical of the code system"),
		takes("codeSystem", "CodeSystem", "The code system itself"),
		takes("version", "string", "Version of the code system"),
		...COMMON.filter(({ name, use }) => use === "in" || name !== "version"),
		gives("version", "string", "The version of the system"),
	],
	access: { action: "read" },
	async handle(exchange, input) {
		const resource = (await instanceOf(exchange)) ?? resourceOf(input, "codeSystem", "CodeSystem");
		const url = resource ? urlOf(resource) : textOf(input, "url");
		const own = resource ? withSystem(ownOf(exchange), resource) : ownOf(exchange);
		const codings = codingsOf(input, { code: "code", system: "url", version: "version" });
		return answerOf(codings, optionsOf(input), async (coding, options) => {
			const system = url ?? coding.system;
			if (system === undefined) throw new Problem("required", "$validate-code needs the url of the code system.");
			if (coding.system !== undefined && coding.system !== system) {
				return { result: false, message: `The coding is of ${coding.system}, not of the code system ${system}.` };
			}
			const version = coding.version ?? textOf(input, "version");
			const asked = { ...coding, system, ...(version !== undefined && { version }) };
			return exchange.engine.terminology.validateInSystem(asked, options, own);
		});
	},
};

/** The value set of an instance, of a parameter `valueSet`, or the canonical of one. @throws Problem 400 where there is none. */
export async function valueSetOf(exchange: Exchange, input: Input): Promise<AskedValueSet> {
	const instance = await instanceOf(exchange);
	const [url, given] = [textOf(input, "url"), resourceOf(input, "valueSet", "ValueSet")];
	const asked = [instance, url, given].filter((one) => one !== undefined);
	const [only] = asked;
	if (only === undefined || asked.length > 1) {
		throw new Problem("required", "Name one value set: by url, by valueSet, or by [base]/ValueSet/<id>/$…");
	}
	const version = textOf(input, "valueSetVersion");
	return typeof only === "string" && version !== undefined ? `${only.split("|")[0]}|${version}` : only;
}

function optionsOf(input: Input): ValidateCodeOptions {
	const language = textOf(input, "displayLanguage");
	return { abstract: booleanOf(input, "abstract") ?? false, ...(language !== undefined && { language }) };
}

/** One right coding is enough. */
async function answerOf(
	codings: readonly GivenCoding[],
	options: ValidateCodeOptions,
	judge: (coding: GivenCoding, options: ValidateCodeOptions) => Promise<CodeVerdict>,
): Promise<FhirResponse> {
	const verdicts: CodeVerdict[] = [];
	for (const coding of codings) verdicts.push(await judge(coding, options));
	const right = verdicts.find(({ result }) => result);
	const { display, code, system, version } = right ?? verdicts[0] ?? { result: false };
	const messages = right ? [right.message ?? ""] : verdicts.map(({ message }) => message ?? "");
	const message = messages.filter((text) => text !== "").join(" ");
	return answer([
		{ name: "result", valueBoolean: right !== undefined },
		...(message === "" ? [] : [{ name: "message", valueString: message }]),
		...maybe("display", "valueString", display),
		...maybe("code", "valueCode", code),
		...maybe("system", "valueUri", system),
		...maybe("version", "valueString", version),
	]);
}
