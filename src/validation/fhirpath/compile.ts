import { type Compiled, constant, fromNodes, fromSingle, singleOf } from "./compiled.ts";
import { calculate, type NumberValue } from "./decimal.ts";
import { addNamed } from "./dynamic-path.ts";
import { type Env, spend, untellable } from "./env.ts";
import { FUNCTIONS } from "./functions/functions.ts";
import { EMPTY, integerNode, NOTHING, type Node, node, textNode } from "./node.ts";
import { isNumber } from "./number-value.ts";
import { compileOperator } from "./operators.ts";
import type { Ast } from "./parser.ts";
import { type Place, UnknownName } from "./place.ts";
import type { Schema } from "./schema.ts";
import { existsAt, extendPath, nodesAt, type StaticPath, startPath } from "./static-path.ts";
import { compileType } from "./types.ts";

/** Compiles a part of an expression. */
export function compileAst(ast: Ast, place: Place): Compiled {
	const compiled = compilePart(ast, place);
	const kept = place.repeated && compiled.closed && !compiled.constants && ast.kind !== "variable";
	return kept ? keep(ast, compiled, place.slots) : compiled;
}

/** Works a part out once for all items, as `%resource.descendants()` in a `where()`. */
function keep(ast: Ast, compiled: Compiled, slots: Map<string, number>): Compiled {
	const text = JSON.stringify(ast);
	const slot = slots.get(text) ?? slots.size;
	slots.set(text, slot);
	const nodes = (_: Node, env: Env): readonly Node[] => {
		env.slots ??= [];
		env.slots[slot] ??= compiled.nodes(NOTHING, env);
		return env.slots[slot];
	};
	return fromNodes({ types: compiled.types, closed: true, nodes, slot });
}

function compilePart(ast: Ast, place: Place): Compiled {
	switch (ast.kind) {
		case "literal":
			return constant([ast.node]);
		case "nothing":
			return constant(EMPTY);
		case "this":
			return thisOf(place);
		case "position":
			return fromSingle(["System.Integer"], false, (_, env) => integerNode(env.index));
		case "total":
			return fromNodes({ types: undefined, closed: false, nodes: (_, env) => env.total });
		case "variable":
			return variable(ast.name);
		case "member":
			return member(ast.input && compileAst(ast.input, place), ast.name, place);
		case "call":
			return call(ast, place);
		case "item":
			return item(compileAst(ast.input, place), compileAst(ast.index, place));
		case "operator":
			return compileOperator(ast.name, compileAst(ast.left, place), compileAst(ast.right, place));
		case "sign":
			return sign(compileAst(ast.operand, place), ast.negative);
		case "type":
			return compileType(ast.name, compileAst(ast.operand, place), ast.type, place.schema);
	}
}

function thisOf(place: Place): Compiled {
	return fromNodes({
		types: place.types,
		closed: false,
		nodes: (focus) => (focus === NOTHING ? EMPTY : [focus]),
		some: (focus) => focus !== NOTHING,
		...(place.types && { path: startPath(place.types) }),
	});
}

const CONSTANTS: Readonly<Record<string, string>> = {
	ucum: "http://unitsofmeasure.org",
	sct: "http://snomed.info/sct",
	loinc: "http://loinc.org",
};

/** https://hl7.org/fhir/R4/fhirpath.html#variables */
function variable(name: string): Compiled {
	const known = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
	if (known !== undefined) return constant([textNode(known)]);
	if (name.startsWith("vs-")) return constant([textNode(`http://hl7.org/fhir/ValueSet/${name.slice(3)}`)]);
	if (name.startsWith("ext-")) return constant([textNode(`http://hl7.org/fhir/StructureDefinition/${name.slice(4)}`)]);
	const read = VARIABLES[name];
	if (!read) throw new UnknownName(`%${name} is not known`);
	return fromSingle(undefined, true, (_, env) => read(env));
}

const VARIABLES: Readonly<Record<string, (env: Env) => Node>> = {
	resource: (env) => env.scope.resource,
	rootResource: (env) => env.scope.rootResource,
	context: (env) => env.start,
};

/** A property; at the head also the name of the type that the focus has: `Patient.name`. */
function member(input: Compiled | undefined, name: string, place: Place): Compiled {
	const from = input ?? thisOf(place);
	const path = from.path && extendPath(place.schema, from.path, name);
	if (path && path.steps.list.length > 0) return alongPath(path);
	const atHead = input === undefined && /^[A-Z]/.test(name);
	if (path && atHead && path.origins.every((type) => isNamed(place.schema, type, name))) return from;
	if (path && name !== "value") return constant(EMPTY);
	return fromNodes({
		types: undefined,
		closed: from.closed,
		nodes: (focus, env) => {
			if (atHead && isNamed(env.schema, focus.type, name)) return [focus];
			const parents = from.nodes(focus, env);
			if (parents.length === 0) return EMPTY;
			const found: Node[] = [];
			spend(env, parents.length);
			for (const parent of parents) addNamed(parent, name, env, found);
			return found;
		},
	});
}

const isNamed = (schema: Schema, type: string, name: string): boolean =>
	type === name || schema.info(type)?.kinds.has(name) === true;

function alongPath(path: StaticPath): Compiled {
	const { steps } = path;
	return fromNodes({
		types: path.types,
		closed: false,
		path,
		nodes: (focus, env) => nodesAt(focus, steps, env, []),
		some: (focus) => existsAt(focus, steps),
	});
}

function call({ input, name, args }: Extract<Ast, { kind: "call" }>, place: Place): Compiled {
	const definition = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
	if (!definition) throw new UnknownName(`the function ${name}() is not known`);
	const { least, most, compile } = definition;
	if (args.length < least || args.length > most) {
		throw new UnknownName(
			`${name}() takes ${least === most ? least : `${least} to ${most}`} arguments, not ${args.length}`,
		);
	}
	return compile({ input: input ? compileAst(input, place) : thisOf(place), args, place });
}

function item(input: Compiled, index: Compiled): Compiled {
	return fromSingle(input.types, input.closed && index.closed, (focus, env) => {
		const at = singleOf(index.nodes(focus, env))?.value;
		if (at === undefined) return undefined;
		if (typeof at !== "number") throw untellable();
		return input.nodes(focus, env)[at];
	});
}

function sign(operand: Compiled, negative: boolean): Compiled {
	if (!negative) return operand;
	const negate = ({ value, type }: Node): Node => {
		if (isNumber(value)) return node(calculate("-", 0, value), type);
		const quantity = value as { value?: NumberValue };
		if (type !== "System.Quantity" || quantity.value === undefined) throw untellable();
		return node({ ...quantity, value: calculate("-", 0, quantity.value) }, type);
	};
	if (operand.constants) return constant(operand.constants.map(negate));
	return fromSingle(operand.types, operand.closed, (focus, env) => {
		const node = singleOf(operand.nodes(focus, env));
		return node && negate(node);
	});
}
