export type { Layer } from "./definitions.ts";
export { definitionsOf, layer } from "./definitions.ts";
export { loadDefinitions } from "./load.ts";
export type {
	CompartmentName,
	ElementModel,
	Indexing,
	Registry,
	SearchParameter,
	SearchParameterType,
	TypeModel,
} from "./model.ts";
export type { DefinitionPackage, PassedFile } from "./package.ts";
export { DEFINITION_TYPES, readPackage } from "./package.ts";
export type { Packages } from "./packaged.ts";
export { faultsOf, packagedDefinitions } from "./packaged.ts";
export type {
	Binding,
	BoundValue,
	Constraint,
	Definitions,
	Discriminator,
	ElementRule,
	ExtensionContext,
	Profile,
	Slicing,
	TypeRule,
} from "./profile.ts";
export { loadRegistry } from "./registry.ts";
export { alternatives, restrictExpression } from "./search-parameters.ts";
