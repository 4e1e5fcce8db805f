import { type Body, type FhirRequest, isObject, Problem, parseJson, type Resource } from "../../kernel/index.ts";
import type { Stored } from "../../store/index.ts";
import { type Admitted, admitTree } from "../admit.ts";
import type { Engine } from "../engine.ts";
import type { Place } from "../examine.ts";
import { fhirpathPatch } from "./fhirpath-patch.ts";
import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";

/** The media types a PATCH may carry. */
export const PATCH_TYPES = [
	"application/json-patch+json",
	"application/merge-patch+json",
	"application/fhir+json",
] as const;

/**
 * The resource that a patch makes of a stored version, checked as an update would be.
 * @throws Problem `unprocessable` where the patch does not apply or changes id or type. https://hl7.org/fhir/R4/http.html#patch
 */
export async function applyPatch(
	place: Place,
	current: Stored,
	{ body, conditions }: Pick<FhirRequest, "body" | "conditions">,
): Promise<Admitted> {
	if (body?.kind !== "json") {
		throw new Problem(
			"unsupported-media-type",
			`A patch must be sent as ${PATCH_TYPES.join(", ")} (a Parameters resource).`,
		);
	}
	const before = parseJson(current.text) as Resource;
	const after = patched(place.engine, before, body);
	if (!isObject(after) || after.resourceType !== current.type || after.id !== current.id) {
		throw new Problem("unprocessable", "A patch must not change resourceType or id. Nothing was changed.");
	}
	return admitTree(place, after, current.type, { conditions });
}

function patched(
	{ registry }: Engine,
	before: Resource,
	{ tree, mediaType }: Extract<Body, { kind: "json" }>,
): unknown {
	if (mediaType === "application/json-patch+json") return jsonPatch(before, tree);
	if (mediaType === "application/merge-patch+json") return mergePatch(before, tree);
	if (isObject(tree) && tree.resourceType === "Parameters") return fhirpathPatch(registry, before, tree as Resource);
	throw new Problem(
		"unsupported-media-type",
		`A FHIR body of a PATCH must be a Parameters resource (FHIRPath Patch); for JSON Patch send ${PATCH_TYPES[0]}.`,
	);
}
