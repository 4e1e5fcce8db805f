import { Ajv, type ErrorObject } from "ajv";
import type { FastifySchemaCompiler } from "fastify";
import { type Issue, nearName, Problem } from "../kernel/index.ts";

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });

/**
 * Checks bodies as they are: Fastify's own validator would turn numbers into text and drop unknown members in silence.
 * A fault becomes a Problem that names each field and its rule, never its value.
 */
export const strictValidator: FastifySchemaCompiler<object> = ({ schema }) => {
	const validate = ajv.compile(schema);
	return (data: unknown) =>
		validate(data) ? { value: data } : { error: new Problem("invalid", (validate.errors ?? []).map(toIssue)) };
};

function toIssue({ instancePath, keyword, params, message, parentSchema }: ErrorObject): Issue {
	const place = instancePath.split("/").filter(Boolean).join(".");
	const within = (name: string): string => (place ? `${place}.${name}` : name);
	if (keyword === "required") {
		const field = within(params.missingProperty);
		return { text: `${field} is missing: give it.`, expression: field };
	}
	if (keyword === "additionalProperties") {
		const field = within(params.additionalProperty);
		const near = nearName(params.additionalProperty, Object.keys(parentSchema?.properties ?? {}));
		const mend = near === undefined ? "leave it out." : `did you mean ${within(near)}?`;
		return { text: `${field} is not known here: ${mend}`, expression: field };
	}
	const rule = keyword === "enum" ? `must be one of ${params.allowedValues.join(", ")}` : (message ?? "is not valid");
	return place ? { text: `${place} ${rule}.`, expression: place } : { text: `The body ${rule}.` };
}
