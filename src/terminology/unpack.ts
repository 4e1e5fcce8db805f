import type { JsonObject } from "../kernel/index.ts";
import type { PackedInclude, PackedValueSet } from "./packed.ts";

/** A packed value set as a ValueSet resource, with what is known of it. https://hl7.org/fhir/R4/valueset.html */
export const unpackValueSet = (
	url: string,
	{ version, include, exclude, inactive, title: own }: PackedValueSet,
	title = own,
): JsonObject & { resourceType: string } => ({
	resourceType: "ValueSet",
	url,
	...(version !== undefined && { version }),
	...(title !== undefined && { title }),
	status: "active",
	compose: {
		...(inactive === false && { inactive }),
		include: include.map(unpackInclude),
		...(exclude && { exclude: exclude.map(unpackInclude) }),
	},
});

const unpackInclude = ({ system, version, codes, filters, valueSets }: PackedInclude): JsonObject => ({
	...(system !== undefined && { system }),
	...(version !== undefined && { version }),
	...(codes && { concept: codes.map((code) => ({ code })) }),
	...(filters && { filter: filters.map(([property, op, value]) => ({ property, op, value })) }),
	...(valueSets && { valueSet: [...valueSets] }),
});
