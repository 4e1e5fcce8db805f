import type { Issue } from "../kernel/index.ts";

/** A kind of finding: its stable code, what it counts as, and how it is told and mended in general. */
export type Message = {
	/** Stable: never given to another kind, even when this one is gone. */
	readonly rule: `PHC-V-${string}`;
	/** https://hl7.org/fhir/R4/valueset-issue-type.html */
	readonly code:
		| "structure"
		| "required"
		| "value"
		| "invariant"
		| "code-invalid"
		| "too-long"
		| "not-supported"
		| "not-found"
		| "informational"
		| "business-rule"
		| "extension";
	readonly severity: NonNullable<Issue["severity"]>;
	readonly meaning: string;
	readonly mend: string;
};

const message = (
	number: number,
	code: Message["code"],
	meaning: string,
	mend: string,
	severity: Message["severity"] = "error",
): Message => ({ rule: `PHC-V-${String(number).padStart(3, "0")}`, code, severity, meaning, mend });

/**
 * Every kind of finding of a validation; docs/errors.md lists them with an example each, and a test keeps the two
 * together.
 */
export const MESSAGES = {
	"resource-type": message(
		1,
		"structure",
		"`resourceType` is missing or no type of R4",
		"name one of the 146 types, in its own case",
	),
	"unknown-property": message(
		2,
		"structure",
		"a property that the type does not have",
		"correct its name, remove it, or carry it in an extension",
	),
	shape: message(
		3,
		"structure",
		"another JSON kind than the element has: an array for a single value, text for an object",
		"write it as the element is defined",
	),
	empty: message(4, "structure", "an empty array, object or element", "give it a value, or leave it out"),
	null: message(5, "structure", "`null` where no primitive extension keeps the place", "leave it out"),
	alignment: message(6, "structure", "`x` and `_x` are arrays of different length", "fill up the shorter with null"),
	"too-deep": message(7, "structure", "nested deeper than the server follows", "nest less: 200 steps are followed"),
	required: message(8, "required", "an element that R4 requires is missing", "add it"),
	"choice-clash": message(10, "structure", "more than one of a choice (`value[x]`)", "keep one"),
	primitive: message(
		11,
		"value",
		"a primitive that is not written as its type is",
		"write it in the form the message gives",
	),
	"required-code": message(
		12,
		"code-invalid",
		"a code outside the required value set of its element",
		"take a code of the set; `ValueSet/$expand?url=…` lists them",
	),
	"implicit-rules": message(
		13,
		"not-supported",
		"`implicitRules`: the server knows none and must not act without them",
		"leave it out, once you are sure the resource means the same without",
	),
	"primitive-empty": message(
		14,
		"invariant",
		"`_x` with neither a value beside it nor an extension (ele-1)",
		"give one of them",
	),
	"extension-content": message(
		15,
		"invariant",
		"an extension with both a value and extensions, or neither (ext-1)",
		"give it one of the two",
	),
	"local-reference": message(
		16,
		"invariant",
		"`#id` names no contained resource (ref-1)",
		"add the resource to `contained`",
	),
	contained: message(
		17,
		"invariant",
		"a contained resource breaks dom-2 to dom-5, or shares its id",
		"do as the message says",
	),
	narrative: message(
		18,
		"invariant",
		"a narrative outside the safe XHTML of txt-1 and txt-2",
		"use only the elements and attributes R4 allows",
	),
	unlisted: message(19, "too-long", "more than 200 findings: the rest are counted", "mend the listed ones first"),
	invariant: message(
		20,
		"invariant",
		"an invariant of R4 or of a profile does not hold",
		"change the resource so that it does: the message tells the rule and its key",
	),
	"invariant-advice": message(
		21,
		"business-rule",
		"an invariant that only warns, or good practice",
		"do as the rule says where you can; the resource is stored all the same",
		"warning",
	),
	"invariant-untold": message(
		22,
		"informational",
		"an invariant that could not be judged: its expression is no FHIRPath, or wants one value where there are several",
		"judge by the rule's words; if it is your profile's, mend its expression",
		"information",
	),
	"required-binding": message(
		23,
		"code-invalid",
		"no coding of the required value set: another code or system, or words alone",
		"give a code of the set, with its system; `ValueSet/$expand?url=…` lists them",
	),
	"extensible-binding": message(
		24,
		"code-invalid",
		"no coding of an extensible value set",
		"take a code of the set if any fits; else leave it so",
		"warning",
	),
	"unknown-binding": message(
		25,
		"not-found",
		"a code that could not be looked up: its system or value set is not here",
		"load the code system, or check the code yourself",
		"warning",
	),
	"beyond-binding": message(
		26,
		"code-invalid",
		"a code beyond the widest set that a profile allows",
		"take a code of that set",
	),
	"reference-type": message(
		27,
		"structure",
		"a reference to a type that may not stand there",
		"refer to one of the types the message lists",
	),
	"reference-profile": message(
		28,
		"structure",
		"the target of a reference conforms to none of the profiles asked for",
		"mend the target as the message says",
	),
	"extension-unknown": message(
		29,
		"informational",
		"an extension that no definition here describes",
		"add the package that defines it, or ignore this",
		"information",
	),
	"modifier-unknown": message(
		30,
		"extension",
		"a modifier extension that no definition here describes: it is stored, never acted on",
		"add the package that defines it, or make sure that all who read it know it",
		"warning",
	),
	"extension-context": message(
		31,
		"extension",
		"an extension where its definition does not let it stand",
		"move it to one of the places the message lists",
	),
	"profile-unknown": message(
		32,
		"not-found",
		"`meta.profile` names a profile that is not here",
		"add its package, or correct the canonical",
		"warning",
	),
	"profile-missing": message(
		33,
		"not-found",
		"a profile that was asked for, or that the clinic requires, is not here",
		"add its package, or correct the canonical",
	),
	"profile-type": message(
		34,
		"structure",
		"a profile that is for another type",
		"remove it, or name one for this type",
	),
	"profile-min": message(35, "required", "fewer values than the profile requires", "add them"),
	"profile-max": message(36, "structure", "more values than the profile allows", "leave some out"),
	fixed: message(37, "value", "another value than the profile fixes", "write exactly that value"),
	pattern: message(
		38,
		"value",
		"a value without the parts that the profile asks for",
		"add those parts as the message gives them",
	),
	"profile-value-type": message(
		39,
		"structure",
		"a type of value that the profile does not allow",
		"use one of the types the message lists",
	),
	"type-profile": message(
		40,
		"structure",
		"a value conforms to none of the profiles of its type",
		"mend it as the message says",
	),
	"min-value": message(41, "value", "a value below the least that the profile allows", "check the value"),
	"max-value": message(42, "value", "a value above the greatest that the profile allows", "check the value"),
	"max-length": message(43, "too-long", "text longer than the profile allows", "shorten it"),
	"slice-closed": message(
		44,
		"structure",
		"a value that fits none of the slices of a closed list",
		"make it fit one, or remove it",
	),
	"slice-order": message(
		45,
		"structure",
		"values that are not in the order of their slices",
		"put them in the order of the profile",
	),
	"slice-at-end": message(46, "structure", "a value outside the slices before one inside them", "move it to the end"),
	"slice-min": message(
		47,
		"required",
		"fewer values in a slice than the profile requires",
		"add one that fits the slice",
	),
	"slice-max": message(48, "structure", "more values in a slice than the profile allows", "leave some out"),
	aggregation: message(
		49,
		"structure",
		"a target that is not where the profile wants it: contained, bundled or apart",
		"move the target there",
	),
	versioning: message(
		50,
		"structure",
		"a reference with a version where none is allowed, or without where one is needed",
		"add or remove the version",
	),
	"full-url": message(
		51,
		"invariant",
		"`fullUrl` and the id of the resource do not agree",
		"make them agree, or use a urn:uuid",
	),
	"unresolved-entry": message(
		52,
		"not-found",
		"a reference in a document that leads to no entry of it",
		"add the resource to the Bundle, or refer to it by its full URL",
		"warning",
	),
	"reference-missing": message(
		53,
		"not-found",
		"a reference to what is not stored in this clinic",
		"store the target first, or correct the reference",
	),
	"profile-unusable": message(
		54,
		"not-supported",
		"a profile from which no snapshot can be made",
		"mend that profile, or add the package with what it is derived from",
		"warning",
	),
	"code-absent": message(
		55,
		"code-invalid",
		"a code that its system, which is here in full, does not have",
		"correct the code or the system; `CodeSystem/$lookup` tells what a code means",
		"warning",
	),
	display: message(
		56,
		"code-invalid",
		"a display that is none of the names of its code",
		"make sure that the code is the one you mean, and write one of its names",
		"warning",
	),
} satisfies Readonly<Record<string, Message>>;

export type MessageKind = keyof typeof MESSAGES;
