export type {
	CompartmentName,
	ElementModel,
	Registry,
	SearchParameter,
	SearchParameterType,
	TypeModel,
} from "./model.ts";
export { loadRegistry } from "./registry.ts";
