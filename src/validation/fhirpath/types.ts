import { type Compiled, fromNodes, fromTruth, singleOf } from "./compiled.ts";
import type { Node } from "./node.ts";
import type { Ast } from "./parser.ts";
import { UnknownName } from "./place.ts";
import type { Schema } from "./schema.ts";

const SYSTEM = new Set(["Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"]);

type TypeTest = (node: Node) => boolean;

/** A test for a type: `Patient`, `FHIR.Patient`, `System.String`. A FHIR `boolean` is no System.Boolean. */
function typeTest(schema: Schema, name: string): TypeTest {
	const [space, rest] = name.includes(".") ? name.split(".", 2) : [undefined, name];
	if (space !== undefined && space !== "FHIR" && space !== "System")
		throw new UnknownName(`the type ${name} is not known`);
	const type = rest ?? "";
	if (space !== "System" && schema.info(type)) {
		return (node) => node.type === type || schema.info(node.type)?.kinds.has(type) === true;
	}
	if (space !== "FHIR" && SYSTEM.has(type)) {
		const full = `System.${type}`;
		return (node) => node.type === full;
	}
	if (type === "Any") return () => true;
	throw new UnknownName(`the type ${name} is not known`);
}

/** `is` tells, `as` filters; `as` on several items does so too, as HL7's invariants rely on. */
export function compileType(name: "is" | "as", operand: Compiled, type: string, schema: Schema): Compiled {
	const test = typeTest(schema, type);
	if (name === "is") {
		return fromTruth(operand.closed, (focus, env) => {
			const node = singleOf(operand.nodes(focus, env));
			return node && test(node);
		});
	}
	const types = operand.types?.filter((known) => test({ value: undefined, type: known }));
	return fromNodes({
		types: operand.types && types && types.length > 0 ? types : undefined,
		closed: operand.closed,
		nodes: (focus, env) => operand.nodes(focus, env).filter(test),
	});
}

/** The name of a type where a function takes one: `ofType(FHIR.Patient)`. */
export function typeName(ast: Ast | undefined): string {
	if (ast?.kind === "literal" && typeof ast.node.value === "string") return ast.node.value;
	if (ast?.kind === "member") return ast.input ? `${typeName(ast.input)}.${ast.name}` : ast.name;
	throw new UnknownName("the name of a type is expected");
}
