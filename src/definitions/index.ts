export type {
	CompartmentName,
	ElementModel,
	Indexing,
	Registry,
	SearchParameter,
	SearchParameterType,
	TypeModel,
} from "./model.ts";
export { loadRegistry } from "./registry.ts";
export { restrictExpression } from "./search-parameters.ts";
