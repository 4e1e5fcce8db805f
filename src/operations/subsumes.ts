import { Problem } from "../kernel/index.ts";
import { codingOf, textOf } from "./given.ts";
import type { Input, Operation } from "./operation.ts";
import { gives, takes } from "./parameter.ts";
import { answer, instanceOf, ownOf, urlOf, withSystem } from "./terminology-exchange.ts";

/** Which of two codes stands above the other. https://hl7.org/fhir/R4/codesystem-operation-subsumes.html */
export const subsumes: Operation = {
	code: "subsumes",
	definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
	documentation: "Whether code A subsumes code B, is subsumed by it, is the same, or neither.",
	levels: ["type", "instance"],
	types: ["CodeSystem"],
	affectsState: false,
	parameters: [
		takes("codeA", "code", "Code A, with system"),
		takes("codeB", "code", "Code B, with system"),
		takes("system", "uri", "The code system of both"),
		takes("version", "string", "Its version"),
		takes("codingA", "Coding", "Code A as a Coding"),
		takes("codingB", "Coding", "Code B as a Coding"),
		gives("outcome", "code", "equivalent, subsumes, subsumed-by or not-subsumed", { min: 1 }),
	],
	access: { action: "read" },
	async handle(exchange, input) {
		const instance = await instanceOf(exchange);
		const [a, b] = [codeOf(input, "A"), codeOf(input, "B")];
		const named = instance ? urlOf(instance) : textOf(input, "system");
		const systems = new Set([named, a.system, b.system].filter((one) => one !== undefined));
		const [system] = systems;
		if (system === undefined) throw new Problem("required", "$subsumes needs the system of the codes.");
		if (systems.size > 1) {
			throw new Problem("unprocessable", {
				text: `The codes must be of one system; given are ${[...systems].join(", ")}.`,
				code: "not-supported",
			});
		}
		const version = textOf(input, "version") ?? a.version ?? b.version;
		const own = instance ? withSystem(ownOf(exchange), instance) : ownOf(exchange);
		const question = { system, version, codeA: a.code, codeB: b.code };
		const outcome = await exchange.engine.terminology.subsumes(question, own);
		return answer([{ name: "outcome", valueCode: outcome }]);
	},
};

function codeOf(input: Input, side: "A" | "B"): { code: string; system?: string; version?: string } {
	const [code, coding] = [`code${side}`, `coding${side}`];
	if (input.has(code) === input.has(coding)) {
		throw new Problem("required", { text: `Give either ${code} with system, or ${coding}.`, expression: code });
	}
	return input.has(coding) ? codingOf(input.get(coding)?.[0], coding) : { code: textOf(input, code) ?? "" };
}
