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
export { alternatives, restrictExpression } from "./search-parameters.ts";
