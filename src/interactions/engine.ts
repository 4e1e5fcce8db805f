import type { Definitions, Registry } from "../definitions/index.ts";
import type { Context, FhirRequest, FhirResponse } from "../kernel/index.ts";
import type { Pair, Restrict } from "../search/index.ts";
import type { Session, Store } from "../store/index.ts";
import type { OwnTerminology, Terminology } from "../terminology/index.ts";
import type { CodeCheck, Validate } from "../validation/index.ts";

/** What the interactions work with, made once by the composition root. */
export type Engine = {
	readonly registry: Registry;
	readonly store: Store;
	readonly validate: Validate;
	/** What resources must be: R4, our own and dropped-in packages; in a clinic's engine the clinic's own too. */
	readonly definitions: Definitions;
	/** The packages of one clinic above the common ones; `undefined` where it has none. Asked every few seconds. */
	packagesOf(tenantId: string): Promise<Definitions | undefined>;
	readonly terminology: Terminology;
	/** What a clinic has of its own beside `terminology`; absent where it has nothing, and in the common engine. */
	readonly ownTerminology?: OwnTerminology;
	/** Whether codes are in value sets, by both. */
	readonly codes: CodeCheck;
	/** What a caller may see of the clinic's data; `undefined`: all of it. */
	restrictionOf(context: Context): Restrict | undefined;
	/** 32 bytes that seal the links of pages; the same in every process of a deployment. */
	readonly linkKey: Buffer;
	/** Entries of a Bundle, and bytes of one resource. */
	readonly limits: { readonly bundleEntries: number; readonly resourceBytes: number };
	readonly software: { readonly name: string; readonly version: string; readonly released: string };
};

/** One request on its way through an interaction. `params` are the named parts of the path. */
export type Exchange = {
	readonly engine: Engine;
	readonly context: Context;
	readonly session: Session;
	readonly request: FhirRequest;
	readonly params: { readonly type: string; readonly id: string; readonly vid: string; readonly inner: string };
	readonly query: readonly Pair[];
	/** Everything the dispatcher answers, for the CapabilityStatement. */
	readonly served: readonly Interaction[];
	/** Runs another request, as the entries of a Bundle are; in a session of its own unless one is given. */
	dispatch(request: FhirRequest, session?: Session): Promise<FhirResponse>;
};

/** What a role may be allowed to do with a type. */
export type Action = "read" | "search" | "history" | "create" | "update" | "delete";

/**
 * A FHIR interaction: where it stands in the URL space, what permission it needs, and what it does.
 * Routes and the CapabilityStatement are read from these. https://hl7.org/fhir/R4/http.html
 */
export type Interaction = {
	/**
	 * Code of https://hl7.org/fhir/R4/valueset-restful-interaction.html; conditional forms share their verb's.
	 * What is none of these begins with `$`: an operation, or what belongs to one.
	 */
	readonly code: string;
	/** Canonical URL of its OperationDefinition, for an operation; `types`: the only ones that have it. */
	readonly operation?: {
		readonly definition: string;
		readonly documentation: string;
		readonly types?: readonly string[];
	};
	readonly level: "system" | "type" | "instance";
	readonly method: FhirRequest["method"];
	/** Path grammar under the base: `:type`, `:id` and `:vid` stand for values. */
	readonly path: string;
	/** `undefined`: whoever is signed in; the interaction decides for itself. */
	readonly action?: Action;
	handle(exchange: Exchange): Promise<FhirResponse>;
};
