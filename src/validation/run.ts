import type { Registry } from "../definitions/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import type { Codings } from "./codings.ts";
import type { Budget, Node, Scope } from "./fhirpath/index.ts";
import type { Meanings } from "./meaning.ts";
import type { Memberships } from "./memberships.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { ValidateOptions } from "./validate.ts";
import type { Step, Walk } from "./walk.ts";

/** What one validation knows beside the place where it stands: how to look, and what is still to be looked at. */
export type Run = {
	readonly registry: Registry;
	readonly options: ValidateOptions;
	readonly meanings: Meanings;
	readonly memberships: Memberships;
	readonly codings: Codings;
	/** Resources that claim profiles, or are asked to conform to some; looked at after the base rules. */
	readonly claims: Claim[];
	/** Answers about codes that have to be waited for. */
	readonly pending: Promise<void>[];
	/** Faults of a value against a profile, as short texts; `undefined` where the profile is not known. */
	conforms(walk: RunWalk, node: Node, canonical: string): readonly string[] | undefined;
	/** What FHIRPath may still cost in this run. */
	readonly budget: Budget;
	/** Targets whose faults have been told at a reference to them. */
	readonly told: Set<JsonObject>;
	/** A walk at the same place, whose findings count as those of profiles. */
	profileWalk(walk: RunWalk): RunWalk;
	readonly scopes: Map<JsonObject, Scope>;
	/** Where each resource of the run lies, to resolve references from it. */
	readonly neighbourhoods: Map<JsonObject, Neighbourhood>;
};

export type Claim = {
	readonly resource: JsonObject;
	readonly steps: readonly Step[];
	readonly canonical: string;
	/** Whether the caller or the clinic asks for it, and not the resource itself. */
	readonly isAsked: boolean;
};

/** A walk that is part of a run. */
export type RunWalk = Walk & {
	readonly run: Run;
	/** Of the nearest resource around. */
	scope: Scope;
	/** How many of the steps lead to that resource. */
	resourceDepth: number;
};
