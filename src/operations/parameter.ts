import type { OperationParameter } from "./operation.ts";

type Number = { readonly min?: number; readonly max?: string };

/** A parameter that an operation takes: at most one, and it may be left out, unless `number` says otherwise. */
export const takes = (name: string, type: string, documentation: string, number: Number = {}): OperationParameter => ({
	name,
	use: "in",
	min: number.min ?? 0,
	max: number.max ?? "1",
	type,
	documentation,
});

/** A parameter that an operation gives. */
export const gives = (name: string, type: string, documentation: string, number: Number = {}): OperationParameter => ({
	...takes(name, type, documentation, number),
	use: "out",
});
