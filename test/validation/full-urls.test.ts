import t from "tap";
import { playTable } from "../support/validation.ts";

const URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
const patient = (versionId?: string) => ({ resourceType: "Patient", ...(versionId && { meta: { versionId } }) });
const bundle = (...resources: object[]) => ({
	resourceType: "Bundle",
	type: "collection",
	entry: resources.map((resource) => ({ fullUrl: URN, resource })),
});
const twice = (place: string, earlier: number) =>
	["invariant", place, new RegExp(`fulfil bdl-7: it is that of entry\\[${earlier}\\] too`)] as const;

playTable(t, {
	"versions of one resource": [bundle(patient("1"), patient("2"), patient())],
	"each entry that has the fullUrl of an earlier one": [
		bundle(patient("1"), patient(), patient("1"), patient()),
		twice("Bundle.entry[2].fullUrl", 0),
		twice("Bundle.entry[3].fullUrl", 1),
	],
	"one in a Bundle of a Bundle": [
		{
			resourceType: "Bundle",
			type: "collection",
			entry: [{ fullUrl: "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", resource: bundle(patient(), patient()) }],
		},
		twice("Bundle.entry[0].resource.entry[1].fullUrl", 0),
	],
});
