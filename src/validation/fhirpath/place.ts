import type { Compiled } from "./compiled.ts";
import type { Ast } from "./parser.ts";
import type { Schema } from "./schema.ts";

/** Where a part of an expression stands. */
export type Place = {
	readonly schema: Schema;
	/** Types `$this` may have; `undefined` where only the node tells. */
	readonly types: readonly string[] | undefined;
	/** Whether it runs for each item of a collection, so that what stays the same is worth keeping. */
	readonly repeated: boolean;
	/** Numbers of the results kept, by their expression. */
	readonly slots: Map<string, number>;
	readonly compile: (ast: Ast, place: Place) => Compiled;
	/** Told of each name that none of the types before it has. */
	readonly onMissing?: (name: string, types: readonly string[]) => void;
};

/** A call of a function. */
export type Call = { readonly input: Compiled; readonly args: readonly Ast[]; readonly place: Place };

/** A function: how many arguments it takes, and how a call of it compiles. */
export type FunctionDefinition = {
	readonly least: number;
	readonly most: number;
	readonly compile: (call: Call) => Compiled;
};

/** A name, function or type that FHIRPath does not have, or one used in a way it does not allow. */
export class UnknownName extends Error {}

/** An argument that is a value: it sees the `$this` of the call. */
export function argument({ args, place }: Call, index: number): Compiled | undefined {
	const ast = args[index];
	return ast && place.compile(ast, place);
}

/** An argument that runs for each item of the input. */
export function criterion({ input, args, place }: Call, index = 0): Compiled | undefined {
	const ast = args[index];
	return ast && place.compile(ast, { ...place, types: input.types, repeated: true });
}
