import type { Registry } from "../../definitions/index.ts";
import { compileAst } from "./compile.ts";
import type { Compiled } from "./compiled.ts";
import { newEnv } from "./env.ts";
import { SyntaxFault } from "./lexer.ts";
import { EMPTY, type Node, type Scope } from "./node.ts";
import { parse } from "./parser.ts";
import { UnknownName } from "./place.ts";
import { type Schema, schemaOf } from "./schema.ts";

/**
 * Whether an invariant holds for a focus: true holds, false broken, `undefined` cannot be told (an empty result, a
 * reference that is not at hand, too many steps). Never throws.
 */
export type Test = (focus: Node, scope: Scope) => boolean | undefined;

/** All nodes a path leads to; none where it cannot be told. Never throws. */
export type Path = (focus: Node, scope: Scope) => readonly Node[];

/**
 * Compiles an invariant for a focus of `type` (`Observation`, `Observation.component`, `Quantity`; an unknown one may be
 * anything). One that is not valid FHIRPath can never be told: see `expressionFault`.
 */
export function compileTest(registry: Registry, type: string, expression: string): Test {
	const schema = schemaOf(registry);
	const compiled = tryCompile(schema, type, expression);
	if (compiled instanceof Error) return () => undefined;
	const { truth } = compiled;
	return (focus, scope) => {
		try {
			return truth(focus, newEnv(focus, scope, schema));
		} catch {
			return undefined;
		}
	};
}

/**
 * Compiles a path (a discriminator's) for a focus of `type`.
 * @throws Error with the place and the reason, when it is not valid FHIRPath.
 */
export function compilePath(registry: Registry, type: string, expression: string): Path {
	const schema = schemaOf(registry);
	const compiled = tryCompile(schema, type, expression);
	if (compiled instanceof Error) throw compiled;
	return (focus, scope) => {
		try {
			return compiled.nodes(focus, newEnv(focus, scope, schema));
		} catch {
			return EMPTY;
		}
	};
}

/** Why an expression cannot be compiled, for messages; `undefined` when it can. */
export function expressionFault(registry: Registry, type: string, expression: string): string | undefined {
	const compiled = tryCompile(schemaOf(registry), type, expression);
	return compiled instanceof Error ? compiled.message : undefined;
}

function tryCompile(schema: Schema, type: string, expression: string): Compiled | Error {
	try {
		const types = schema.info(type) ? [type] : undefined;
		return compileAst(parse(expression), { schema, types, repeated: false, slots: new Map(), compile: compileAst });
	} catch (error) {
		if (error instanceof SyntaxFault || error instanceof UnknownName) return error;
		throw error;
	}
}
