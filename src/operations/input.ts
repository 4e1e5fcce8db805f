import type { Exchange } from "../interactions/index.ts";
import { isObject, type Json, type JsonObject, Problem } from "../kernel/index.ts";
import type { Input, Operation, OperationParameter } from "./operation.ts";

/**
 * Reads the input of an operation from the query, and from the Parameters resource in the body (or the resource
 * itself where the operation takes a `resource`).
 * @throws Problem that names the parameter and what the operation takes. https://hl7.org/fhir/R4/operations.html#request
 */
export function readInput(operation: Operation, { query, request, params }: Exchange): Input {
	const given = new Map<string, Json[]>();
	const add = (name: string, value: Json): void => {
		const values = given.get(name);
		if (values) values.push(value);
		else given.set(name, [value]);
	};
	for (const [name, value] of query) {
		if (FORMAT.has(name)) continue;
		requirePlain(operation, name);
		add(name, value);
	}
	const { body } = request;
	if (body?.kind === "json")
		for (const [name, value] of bodyParameters(operation, body.tree, params.type)) {
			requireText(name, value);
			add(name, value);
		}
	else if (body !== undefined)
		throw new Problem("unsupported-media-type", "Send the parameters of the operation as FHIR JSON.");
	check(operation, given);
	return given;
}

/** What is to be validated may be anything. */
function requireText(name: string, value: Json): void {
	if (name === "resource" || !holdsNul(value)) return;
	const text = `The parameter "${name}" holds the character U+0000, which no FHIR value can hold. Leave it out.`;
	throw new Problem("value", { text, expression: name });
}

function holdsNul(value: Json | undefined): boolean {
	if (typeof value === "string") return value.includes("\0");
	if (Array.isArray(value)) return value.some(holdsNul);
	return isObject(value) && Object.entries(value).some(([key, inner]) => key.includes("\0") || holdsNul(inner));
}

/** What has parts cannot be written in a URL. */
function requirePlain({ parameters }: Operation, name: string): void {
	const parameter = parameters.find((one) => one.use === "in" && one.name === name);
	if (parameter === undefined || /^[a-z]/.test(parameter.type)) return;
	const text = `"${name}" is a ${parameter.type}: send it in the body, not in the URL.`;
	throw new Problem("value", { text, expression: name });
}

const FORMAT = new Set(["_format", "_pretty"]);

function bodyParameters({ parameters }: Operation, tree: Json, type: string): [string, Json][] {
	if (!isObject(tree) || typeof tree.resourceType !== "string") {
		throw new Problem("structure", "The body of an operation must be one resource: Parameters.");
	}
	const takesResource = parameters.some(({ use, name }) => use === "in" && name === "resource");
	// At `Parameters` it may itself be the resource that is asked about.
	if (takesResource && type === "Parameters" && !holdsResource(tree)) return [["resource", tree]];
	if (tree.resourceType !== "Parameters") {
		if (takesResource) return [["resource", tree]];
		throw new Problem("structure", "The body of this operation must be a Parameters resource.");
	}
	const list = tree.parameter ?? [];
	if (!Array.isArray(list)) {
		throw new Problem("structure", { text: "It must be an array.", expression: "Parameters.parameter" });
	}
	return list.map((one, n) => {
		const place = `Parameters.parameter[${n}]`;
		if (!isObject(one) || typeof one.name !== "string") {
			throw new Problem("structure", { text: `${place} has no name.`, expression: place });
		}
		const value = contentOf(one);
		if (value === undefined) {
			throw new Problem("structure", { text: `${place} has no value, resource or part.`, expression: place });
		}
		return [one.name, value];
	});
}

const holdsResource = ({ parameter }: JsonObject): boolean =>
	Array.isArray(parameter) && parameter.some((one) => isObject(one) && one.name === "resource");

function contentOf(parameter: JsonObject): Json | undefined {
	const name = Object.keys(parameter).find((key) => key.startsWith("value"));
	return name === undefined ? (parameter.resource ?? parameter.part) : parameter[name];
}

function check({ code, parameters, isOpen }: Operation, given: Input): void {
	const taken = parameters.filter(({ use }) => use === "in");
	for (const name of given.keys()) {
		if (isOpen || taken.some((parameter) => parameter.name === name)) continue;
		const names = taken.map((parameter) => parameter.name).join(", ");
		throw new Problem("value", {
			text: `$${code} has no parameter "${name.slice(0, 64)}". It takes: ${names || "none"}.`,
			expression: name.slice(0, 64),
			code: "not-supported",
		});
	}
	for (const parameter of taken) requireNumber(code, parameter, given.get(parameter.name)?.length ?? 0);
}

function requireNumber(code: string, { name, min, max }: OperationParameter, count: number): void {
	if (count < min) {
		throw new Problem("required", { text: `$${code} needs the parameter "${name}".`, expression: name });
	}
	if (max !== "*" && count > Number(max)) {
		throw new Problem("value", { text: `$${code} takes "${name}" at most ${max} times.`, expression: name });
	}
}
