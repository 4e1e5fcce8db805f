const CORE = "http://hl7.org/fhir/StructureDefinition/";

/**
 * Where extensions of R4 may stand beside the places their definitions name: R4's own definitions use them there, or a
 * later release has said so. By url.
 */
export const ALSO_FOR: Readonly<Record<string, readonly string[]>> = {
	/** In every StructureDefinition of R4 for a primitive. */
	[`${CORE}structuredefinition-fhir-type`]: ["ElementDefinition.type"],
	[`${CORE}regex`]: ["ElementDefinition.type"],
	/** In R4's own code systems, value sets and operations; R5 names every canonical resource. */
	[`${CORE}structuredefinition-normative-version`]: [
		"CapabilityStatement",
		"CodeSystem",
		"ElementDefinition",
		"OperationDefinition",
		"SearchParameter",
		"ValueSet",
	],
	/** In R4's own DICOM codes; R5 names it too. */
	[`${CORE}valueset-concept-comments`]: ["CodeSystem.concept"],
};
