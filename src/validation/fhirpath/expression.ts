import { LRUCache } from "lru-cache";
import type { Registry } from "../../definitions/index.ts";
import { compileAst } from "./compile.ts";
import type { Compiled } from "./compiled.ts";
import { correctedExpression } from "./corrections.ts";
import { newEnv } from "./env.ts";
import { SyntaxFault } from "./lexer.ts";
import { EMPTY, type Node, type Scope } from "./node.ts";
import { parse } from "./parser.ts";
import { type Place, UnknownName } from "./place.ts";
import { type Schema, schemaOf } from "./schema.ts";

/**
 * Whether an invariant holds for a focus: true holds, false broken, `undefined` cannot be told (a reference that is not
 * at hand, several items where one is asked for, too many steps). An empty result breaks nothing: what the rule is about
 * is not there, or dates are too coarse to tell. Never throws.
 */
export type Test = (focus: Node, scope: Scope) => boolean | undefined;

/** All nodes a path leads to; none where it cannot be told. Never throws. */
export type Path = (focus: Node, scope: Scope) => readonly Node[];

/**
 * Compiles an invariant for a focus of `type` (`Observation`, `Observation.component`, `Quantity`; an unknown one may be
 * anything). Those of R4 that are known to be wrong are corrected. One that is not valid FHIRPath can never be told: see
 * `expressionFault`.
 */
export function compileTest(registry: Registry, type: string, expression: string): Test {
	const schema = schemaOf(registry);
	const compiled = tryCompile(schema, type, correctedExpression(expression));
	if (compiled instanceof Error) return () => undefined;
	const { truth } = compiled;
	return (focus, scope) => {
		try {
			return truth(focus, newEnv(focus, scope, schema)) ?? true;
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

/**
 * The first name of an expression that leads nowhere from a focus of `type`, with the types it was asked of: a word
 * misspelt, or `valueQuantity`, which FHIRPath calls `value`. What cannot be known beforehand is passed over.
 */
export function missingName(
	registry: Registry,
	type: string,
	expression: string,
): { readonly name: string; readonly types: readonly string[] } | undefined {
	const found: { name: string; types: readonly string[] }[] = [];
	compile(schemaOf(registry), type, expression, (name, types) => found.push({ name, types }));
	return found.find(({ types }) => types.length > 0);
}

/** Of each schema, so that what is compiled again and again (a discriminator, a context) costs nothing. */
const compiledBy = new WeakMap<Schema, LRUCache<string, Compiled | Error>>();
const MOST_KEPT = 5000;

function tryCompile(schema: Schema, type: string, expression: string): Compiled | Error {
	let kept = compiledBy.get(schema);
	if (!kept) {
		kept = new LRUCache({ max: MOST_KEPT });
		compiledBy.set(schema, kept);
	}
	const key = `${type} ${expression}`;
	const known = kept.get(key);
	if (known) return known;
	const compiled = compile(schema, type, expression);
	kept.set(key, compiled);
	return compiled;
}

function compile(schema: Schema, type: string, expression: string, onMissing?: Place["onMissing"]): Compiled | Error {
	try {
		const types = schema.info(type) ? [type] : undefined;
		const place = { schema, types, repeated: false, slots: new Map(), compile: compileAst };
		return compileAst(parse(expression), onMissing ? { ...place, onMissing } : place);
	} catch (error) {
		if (error instanceof SyntaxFault || error instanceof UnknownName) return error;
		throw error;
	}
}
