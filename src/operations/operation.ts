import type { Action, Exchange } from "../interactions/index.ts";
import type { FhirResponse, Json, Role } from "../kernel/index.ts";

/** What the client gave, by parameter name: a value, a resource, or the parts of a parameter that has parts. */
export type Input = ReadonlyMap<string, readonly Json[]>;

/** A parameter as OperationDefinition.parameter has it. https://hl7.org/fhir/R4/operationdefinition.html */
export type OperationParameter = {
	readonly name: string;
	readonly use: "in" | "out";
	readonly min: number;
	/** A number, or `*`. */
	readonly max: string;
	/** A FHIR type: `string`, `code`, `Coding`, a resource type. */
	readonly type: string;
	readonly documentation: string;
};

/**
 * An operation that describes itself: routes, the check of its input and the CapabilityStatement are read from it.
 * POST is always answered, GET where it changes nothing and no input that must be there is a resource or data type.
 * https://hl7.org/fhir/R4/operations.html
 */
export type Operation = {
	/** Its name without `$`. */
	readonly code: string;
	/** Canonical URL of its OperationDefinition. */
	readonly definition: string;
	readonly documentation: string;
	readonly levels: readonly ("system" | "type" | "instance")[];
	/** The only types that have it, at the levels type and instance; absent: all of them. */
	readonly types?: readonly string[];
	readonly affectsState: boolean;
	readonly parameters: readonly OperationParameter[];
	/** Names beside `parameters` are the operation's own affair, as those of a search. */
	readonly isOpen?: boolean;
	/** What a caller needs: one of these roles, or the right to do `action` with the type of the URL. */
	readonly access: { readonly roles: readonly Role[] } | { readonly action: Action };
	handle(exchange: Exchange, input: Input): Promise<FhirResponse>;
};

/** Canonical URL of an operation that the standard does not define. */
export const ownDefinition = (code: string): string => `urn:phc-commons:operation:${code}`;
