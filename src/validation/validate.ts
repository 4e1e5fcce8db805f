import type { Definitions } from "../definitions/index.ts";
import type { Issue, Resource } from "../kernel/index.ts";

/** What becomes of faults against profiles: not looked for, told as warnings, or errors. Base rules are always on. */
export type ProfileMode = "off" | "warn" | "enforce";

/** How one resource is to be looked at, beyond the base rules of R4. */
export type ValidateOptions = {
	/** Canonicals it must conform to, beside those in its `meta.profile`. */
	readonly profiles: readonly string[];
	readonly mode: ProfileMode;
	/** Whether warnings and information are wanted too; a write wants errors only, which is quicker. */
	readonly advice: boolean;
	readonly definitions: Definitions;
	readonly codes: CodeCheck;
	/** Asked only where advice is wanted; without it codings are not looked up in their systems. */
	readonly codings?: CodingCheck;
	/** Where "today" is asked for, an IANA name; UTC where absent. */
	readonly timeZone?: string;
};

/** Whether a coding is in a value set, by the terminology of the server and of the clinic. `unknown` where it cannot be told. */
export type CodeCheck = (
	valueSet: string,
	coding: { readonly system?: string; readonly code: string },
) => Membership | Promise<Membership>;

export type Membership = "in" | "out" | "unknown";

/**
 * What the system of a coding says of it: that it has no such code, or what the code is called where `display` is none
 * of its names; `undefined` where that cannot be told.
 */
export type CodingCheck = (
	coding: CheckedCoding,
) => Promise<"fine" | "absent" | { readonly called: string } | undefined>;

export type CheckedCoding = {
	readonly system: string;
	readonly version?: string;
	readonly code: string;
	readonly display?: string;
};

/** Looks at a parsed resource and tells everything that is amiss; without an `error` among it, it may be stored. */
export type Validate = (resource: Resource, options: ValidateOptions) => Promise<Issue[]>;
