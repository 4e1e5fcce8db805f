/** One JSON property of a type: a choice (`value[x]`) gives one for each of its types, under the concrete name. */
export type ElementModel = {
	/** JSON property name: `valueQuantity`. */
	readonly name: string;
	/** `value` when it is one of `value[x]`; then `min` and `max` count for the choice as a whole. */
	readonly choice?: string;
	/** `Quantity`, `code`, …; an element with elements of its own has its path as type: `Patient.contact`. */
	readonly type: string;
	readonly array: boolean;
	readonly min: number;
	/** `Infinity` for `*`. */
	readonly max: number;
	readonly summary: boolean;
	readonly modifier: boolean;
	/** Resource types a Reference or canonical may point to; absent: any. */
	readonly targets?: readonly string[];
	/** Only required bindings. `valueSet` is the url without version. */
	readonly binding?: { readonly strength: "required"; readonly valueSet: string };
	/** The code system a plain `code` is implied to be of, where its value set draws on exactly one. */
	readonly system?: string;
};

/** A resource type, data type, primitive, or nested element type (`backbone`) with all its elements, inherited ones too. */
export type TypeModel = {
	readonly name: string;
	readonly base?: string;
	readonly kind: "resource" | "complex" | "primitive" | "backbone";
	/** By JSON property name. Those of a primitive are what its `_x` twin may hold. */
	readonly elements: ReadonlyMap<string, ElementModel>;
};

export type SearchParameterType =
	| "number"
	| "date"
	| "string"
	| "token"
	| "reference"
	| "composite"
	| "quantity"
	| "uri"
	| "special";

/** A search parameter as it applies to one resource type. https://hl7.org/fhir/R4/searchparameter.html */
export type SearchParameter = {
	readonly code: string;
	readonly url: string;
	readonly type: SearchParameterType;
	readonly base: readonly string[];
	/** FHIRPath, only the alternatives that begin with this resource type; absent for `_text`, `_content`, `_query`. */
	readonly expression?: string;
	/** Resource types a reference parameter may point to: all of them where the standard names none. */
	readonly targets: readonly string[];
	readonly components?: readonly { readonly definition: string; readonly expression: string }[];
	/** Id of its SearchParameter resource, where a clinic has defined it. */
	readonly id?: string;
	/** Whether a clinic has defined it, not the standard. */
	readonly isOwn?: boolean;
	/** Only while its index is not complete: it is written with every resource, but cannot be searched by. */
	readonly indexing?: Indexing;
};

/** How far the index of a search parameter is, at the moment of asking. `stopped`: nothing goes on with it. */
export type Indexing = {
	readonly status: "open" | "stopped";
	readonly done: number;
	readonly total: number | undefined;
};

export type CompartmentName = "Patient" | "Encounter" | "RelatedPerson" | "Practitioner" | "Device";

/** What the standard says about types, search parameters, code lists and compartments. */
export interface Registry {
	/** The types a resource can be an instance of, by name: all but the abstract `Resource` and `DomainResource`. */
	readonly resourceTypes: readonly string[];
	isResourceType(name: string): boolean;
	type(name: string): TypeModel | undefined;
	/** By code; those of `Resource` and `DomainResource` too. Empty for an unknown type. */
	searchParameters(resourceType: string): ReadonlyMap<string, SearchParameter>;
	/** The registry whose search parameters of this type these are, where it is another one. */
	sharedBy?(resourceType: string): Registry | undefined;
	/**
	 * Resource type → codes of the parameters that place it in the compartment; `{def}` means the resource itself.
	 * As published: R4 gives `{def}` for neither Patient nor Device. https://hl7.org/fhir/R4/compartmentdefinition.html
	 */
	compartment(name: CompartmentName): ReadonlyMap<string, readonly string[]>;
	/** All codes of a value set that some element is bound to, by url without version; `undefined` where none are listed. */
	codes(valueSet: string): ReadonlySet<string> | undefined;
}
