import type { Sample } from "../../support/validation.ts";
import type { Invariants } from "../../support/validation-invariants.ts";

const bundle = (type: string, members: object): Sample => ({ resourceType: "Bundle", type, ...members });
const patient = { resourceType: "Patient", id: "p" };
const fullUrl = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
const get = { request: { method: "GET", url: "Patient/p" } };
const composition = (members: object) => ({
	resourceType: "Composition",
	status: "final",
	type: { text: "x" },
	date: "2024",
	author: [{ display: "x" }],
	title: "x",
	...members,
});
const document = (members: object): Sample =>
	bundle("document", {
		identifier: { system: "http://x.example", value: "1" },
		timestamp: "2024-01-01T00:00:00Z",
		entry: [{ fullUrl, resource: composition({}) }],
		...members,
	});
const header = {
	resourceType: "MessageHeader",
	eventUri: "http://x.example",
	source: { endpoint: "http://x.example" },
};
const parameter = (members: object): Sample => ({ resourceType: "Parameters", parameter: [{ name: "a", ...members }] });

/** Invariants of bundles, documents and parameters. */
export const BUNDLE_INVARIANTS: Invariants = {
	"bdl-1": [[bundle("searchset", { total: 0 }), bundle("collection", { total: 0 }), "Bundle"]],
	"bdl-2": [
		[
			bundle("searchset", { entry: [{ fullUrl, resource: patient, search: { mode: "match" } }] }),
			bundle("collection", { entry: [{ fullUrl, resource: patient, search: { mode: "match" } }] }),
			"Bundle",
		],
	],
	"bdl-3": [
		[bundle("batch", { entry: [get] }), bundle("batch", { entry: [{ fullUrl, resource: patient }] }), "Bundle"],
		[
			bundle("collection", { entry: [{ fullUrl, resource: patient }] }),
			bundle("collection", { entry: [{ fullUrl, resource: patient, ...get }] }),
			"Bundle",
		],
	],
	"bdl-4": [
		[
			bundle("batch-response", { entry: [{ response: { status: "200" } }] }),
			bundle("batch-response", { entry: [{ fullUrl, resource: patient }] }),
			"Bundle",
		],
	],
	"bdl-5": [
		[
			bundle("collection", { entry: [{ fullUrl, resource: patient }] }),
			bundle("collection", { entry: [{ fullUrl }] }),
			"Bundle.entry[0]",
		],
	],
	"bdl-7": [
		[
			bundle("collection", {
				entry: [
					{ fullUrl, resource: { ...patient, meta: { versionId: "1" } } },
					{ fullUrl, resource: { ...patient, meta: { versionId: "2" } } },
				],
			}),
			bundle("collection", {
				entry: [
					{ fullUrl, resource: patient },
					{ fullUrl, resource: patient },
				],
			}),
			"Bundle.entry[1].fullUrl",
		],
	],
	"bdl-8": [
		[
			bundle("collection", { entry: [{ fullUrl: "http://x.example/Patient/p", resource: patient }] }),
			bundle("collection", { entry: [{ fullUrl: "http://x.example/Patient/p/_history/1", resource: patient }] }),
			"Bundle.entry[0]",
		],
	],
	"bdl-9": [
		[document({}), document({ identifier: undefined }), "Bundle"],
		[document({}), document({ identifier: { value: "1" } }), "Bundle"],
	],
	"bdl-10": [[document({}), document({ timestamp: undefined }), "Bundle"]],
	"bdl-11": [[document({}), document({ entry: [{ fullUrl, resource: patient }] }), "Bundle"]],
	"bdl-12": [
		[
			bundle("message", { entry: [{ fullUrl, resource: header }] }),
			bundle("message", { entry: [{ fullUrl, resource: patient }] }),
			"Bundle",
		],
	],
	"cmp-1": [
		[
			composition({ section: [{ title: "x", entry: [{ display: "x" }] }] }),
			composition({ section: [{ title: "x" }] }),
			"Composition.section[0]",
		],
	],
	"cmp-2": [
		[
			composition({ section: [{ emptyReason: { text: "x" }, section: [{ entry: [{ display: "x" }] }] }] }),
			composition({ section: [{ emptyReason: { text: "x" }, entry: [{ display: "x" }] }] }),
			"Composition.section[0]",
		],
	],
	"inv-1": [
		[parameter({ valueString: "x" }), parameter({}), "Parameters.parameter[0]"],
		[
			parameter({ part: [{ name: "b", resource: patient }] }),
			parameter({ valueString: "x", part: [{ name: "b", valueString: "x" }] }),
			"Parameters.parameter[0]",
		],
		[parameter({ resource: patient }), parameter({ resource: patient, valueString: "x" }), "Parameters.parameter[0]"],
	],
};
