import type { Json, Resource } from "../kernel/index.ts";

/**
 * A StructureDefinition as validators are compiled from: its snapshot, and only what can be checked.
 * https://hl7.org/fhir/R4/structuredefinition.html
 */
export type Profile = {
	readonly url: string;
	readonly version?: string;
	readonly name: string;
	/** The type it describes: `Patient`, `Extension`, `Quantity`. */
	readonly type: string;
	readonly kind: "resource" | "complex-type" | "primitive-type" | "logical";
	readonly derivation: "specialization" | "constraint";
	readonly abstract: boolean;
	/** Canonical of what it was derived from. */
	readonly base?: string;
	/** Where an extension may stand; absent for all but extensions. */
	readonly contexts?: readonly ExtensionContext[];
	/** FHIRPath that must hold where an extension stands. */
	readonly contextInvariants?: readonly string[];
	/** The snapshot, in its order; the first is the root. */
	readonly elements: readonly ElementRule[];
};

export type ExtensionContext = { readonly type: "element" | "extension" | "fhirpath"; readonly expression: string };

/** An ElementDefinition of a snapshot. https://hl7.org/fhir/R4/elementdefinition.html */
export type ElementRule = {
	/** `Observation.component:systolic.value[x]`; unique in the snapshot. */
	readonly id: string;
	/** `Observation.component.value[x]`. */
	readonly path: string;
	readonly sliceName?: string;
	readonly slicing?: Slicing;
	readonly min: number;
	/** `Infinity` for `*`. */
	readonly max: number;
	/** Empty where `contentReference` names the element whose content it shares, and at the root. */
	readonly types: readonly TypeRule[];
	/** Id of an element of the same snapshot, without `#`. */
	readonly contentReference?: string;
	/** JSON as the instance would have it. */
	readonly fixed?: Json;
	readonly pattern?: Json;
	readonly minValue?: BoundValue;
	readonly maxValue?: BoundValue;
	readonly maxLength?: number;
	readonly binding?: Binding;
	/** Without `ele-1` and `ext-1`, which hold everywhere and are checked with the structure. */
	readonly constraints?: readonly Constraint[];
	readonly mustSupport?: true;
	readonly isModifier?: true;
};

export type TypeRule = {
	/** `Quantity`, `Reference`; `http://hl7.org/fhirpath/System.String` is given as `string`. */
	readonly code: string;
	/** One of which the value must conform to; any where empty. */
	readonly profiles: readonly string[];
	/** One of which the target of a Reference or canonical must conform to; any where empty. */
	readonly targetProfiles: readonly string[];
	readonly aggregation?: readonly ("contained" | "referenced" | "bundled")[];
	readonly versioning?: "either" | "independent" | "specific";
};

export type BoundValue = { readonly type: string; readonly value: Json };

/** https://hl7.org/fhir/R4/profiling.html#slicing */
export type Slicing = {
	readonly rules: "closed" | "open" | "openAtEnd";
	readonly ordered: boolean;
	readonly discriminators: readonly Discriminator[];
};

export type Discriminator = {
	readonly type: "value" | "exists" | "pattern" | "type" | "profile";
	/** Restricted FHIRPath relative to the element: `$this`, `code.coding`, `entry.resolve()`, `extension('url').value`. */
	readonly path: string;
};

export type Binding = {
	readonly strength: "required" | "extensible" | "preferred" | "example";
	/** Canonical, with `|version` where it names one. */
	readonly valueSet?: string;
	/** Of an extensible or preferred binding: beyond this a code is an error. */
	readonly maxValueSet?: string;
};

export type Constraint = {
	readonly key: string;
	readonly severity: "error" | "warning";
	readonly human: string;
	/** FHIRPath; without one only a human can judge. */
	readonly expression?: string;
	/** Good practice: at most a warning. */
	readonly bestPractice?: true;
};

/** What a place has of definitions: FHIR R4, our own, dropped-in packages, a clinic's own. */
export interface Definitions {
	/** By canonical, with or without `|version`; without one the newest. Its snapshot is made when first asked for. */
	profile(canonical: string): Profile | undefined;
	/** All canonicals (`url|version`) of profiles, for suggestions and lists. */
	readonly profiles: readonly string[];
	/** Another conformance resource by canonical: a CodeSystem, ValueSet, ConceptMap, SearchParameter. */
	resource(type: string, canonical: string): Resource | undefined;
	/** The urls of all those of a type, without versions; for suggestions. */
	urls(type: string): readonly string[];
}
